"""The import name of the documented notebooks: `from modules import json_parser, Client`.

A project's own folder `modules/`, which holds the imported modules, has no `__init__.py`, so Python prefers this one.
"""

from openmo_sdk import Client, Controller, json_parser, log

__all__ = ["Client", "Controller", "json_parser", "log"]
