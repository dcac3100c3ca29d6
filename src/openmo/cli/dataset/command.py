"""`openmo dataset`: folders of files that projects import."""

import click

from openmo.cli.dataset import importing, looking, owning


@click.group("dataset")
def command() -> None:
    """Find datasets, look into them, import them, and look after your own."""


for each in (*looking.COMMANDS, *importing.COMMANDS, *owning.COMMANDS):
    command.add_command(each)
