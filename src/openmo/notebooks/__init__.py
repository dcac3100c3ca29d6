"""Notebooks as text: cells read from .ipynb files of any age, and turned into scripts that run under plain Python.

Everything here is pure, and a notebook is hostile input: nothing in it is ever run.
"""
