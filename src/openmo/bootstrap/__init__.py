"""The only package that knows everything: one module per process, which wires settings, engines, slices and servers.

A module per process, and nothing here, so that a process imports only what it runs: five processes start at once, and
what each imports decides how long `openmo up` takes.
"""
