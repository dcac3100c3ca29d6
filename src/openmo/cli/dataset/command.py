"""`openmo dataset`: folders of files that projects import."""

import click

from openmo.cli.dataset import importing, looking, owning
from openmo.cli.upload.command import COMMANDS as MAKING


@click.group("dataset")
def command() -> None:
    """Make datasets, find them, look into them, import them, and look after your own."""


for each in (*MAKING, *looking.COMMANDS, *importing.COMMANDS, *owning.COMMANDS):
    command.add_command(each)
