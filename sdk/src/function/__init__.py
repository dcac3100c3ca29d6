"""The import name of older handlers: `from function.modules import ...`."""
