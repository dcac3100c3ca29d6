"""What `modules` offers, under the name that older handlers import."""

from modules import Client, Controller, json_parser, log

__all__ = ["Client", "Controller", "json_parser", "log"]
