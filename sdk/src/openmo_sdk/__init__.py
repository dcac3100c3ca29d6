"""What OpenMo offers inside notebooks, jobs and handlers. It needs the standard library only, and no server."""

from openmo_sdk.calls.arrays import shared_array
from openmo_sdk.client import Client, Controller, Module
from openmo_sdk.errors import (
    BadIdentifier,
    BadParameters,
    CannotPass,
    EnvironmentMissing,
    MissingParameter,
    ModuleBroken,
    ModuleEnded,
    ModuleNotImported,
    RaisedInModule,
    SdkError,
)
from openmo_sdk.metrics import log
from openmo_sdk.parameters import json_parser
from openmo_sdk.stopping import on_terminate

__all__ = [
    "BadIdentifier",
    "BadParameters",
    "CannotPass",
    "Client",
    "Controller",
    "EnvironmentMissing",
    "MissingParameter",
    "Module",
    "ModuleBroken",
    "ModuleEnded",
    "ModuleNotImported",
    "RaisedInModule",
    "SdkError",
    "json_parser",
    "log",
    "on_terminate",
    "shared_array",
]
