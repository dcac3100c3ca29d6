"""What OpenMo offers inside notebooks, jobs and handlers. It needs the standard library only, and no server."""

from openmo_sdk.client import Client, Controller, Module
from openmo_sdk.errors import (
    BadIdentifier,
    BadParameters,
    MissingParameter,
    ModuleBroken,
    ModuleNotImported,
    SdkError,
)
from openmo_sdk.metrics import log
from openmo_sdk.parameters import json_parser
from openmo_sdk.stopping import on_terminate

__all__ = [
    "BadIdentifier",
    "BadParameters",
    "Client",
    "Controller",
    "MissingParameter",
    "Module",
    "ModuleBroken",
    "ModuleNotImported",
    "SdkError",
    "json_parser",
    "log",
    "on_terminate",
]
