"""Calls of modules in environments of their own: another interpreter, frames over a socket pair, arrays as memory."""
