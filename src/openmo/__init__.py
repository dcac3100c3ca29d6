"""OpenMo: from data to a running app in one place."""

__version__ = "0.1.0"
