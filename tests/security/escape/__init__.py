"""Attempts to get out of a sandbox; `support.escapes` makes their targets and judges them."""
