"""Code that calls a module's method, for a notebook's cell; pure."""
