"""Options that several commands share."""

from pathlib import Path

import click

data_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder of the running OpenMo."
)
