"""Requests that wait for an environment."""

import time

import click
from pydantic import BaseModel

from openmo.cli.client import Answer, ApiClient, Refused
from openmo.environments.service import EnvironmentBuilding

_MAX_PAUSE = 30.0


def post_when_built(client: ApiClient, path: str, body: BaseModel) -> Answer:
    """The answer, once the environment that it needs is built; says on standard error what is waited for."""
    says_so = False
    while True:
        try:
            return client.post(path, body)
        except Refused as error:
            if error.code != EnvironmentBuilding.code:
                raise
            if not says_so:
                click.echo("Building a module's environment from its requirements: a minute or two, once ...", err=True)
                says_so = True
            pause = error.fields.get("retry_after")
            time.sleep(min(pause, _MAX_PAUSE) if isinstance(pause, int | float) else 1.0)
