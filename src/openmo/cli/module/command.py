"""`openmo module`: algorithms that others import, call and train again."""

import click

from openmo.cli.module import calling, editing, making, running, using


@click.group("module")
def command() -> None:
    """Make modules, publish them and import those of others."""


for each in (*making.COMMANDS, *using.COMMANDS, *running.COMMANDS, *calling.COMMANDS, *editing.COMMANDS):
    command.add_command(each)
