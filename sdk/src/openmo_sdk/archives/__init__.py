"""Reads archives from anywhere and writes what they hold below one folder, and nowhere else.

An archive is planned as a whole before its first byte is written: `entries` says what an archive may hold, `plan`
checks it against the limits, `destination` writes it. One reader for each format turns its records into entries.
"""
