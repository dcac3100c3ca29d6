"""The `openmo` command: a table of commands, each loaded when it is called."""

import os
import sys
from collections.abc import Sequence

import click
from pydantic_core import ValidationError

from openmo import __version__
from openmo.cli.lazy import Entry, LazyGroup
from openmo.cli.output import EXIT_ERROR, as_openmo_error, report_error
from openmo.core.errors import OpenMoError
from openmo.core.space import storage_full
from openmo.installation.child import die_with_parent

COMMANDS: dict[str, Entry] = {
    "up": Entry("openmo.cli.server:up", "Start OpenMo."),
    "status": Entry("openmo.cli.server:status", "Show the address, a sign-in link and what runs."),
    "down": Entry("openmo.cli.server:down", "Stop OpenMo; running jobs go on."),
    "doctor": Entry("openmo.cli.doctor:doctor", "Check everything that OpenMo needs."),
    "demo": Entry("openmo.cli.demo:command", "Walk from a dataset to a working app."),
    "project": Entry("openmo.cli.project:command", "Create, list, show and delete projects."),
    "dataset": Entry("openmo.cli.dataset.command:command", "Make datasets, find and import them, look after your own."),
    "module": Entry("openmo.cli.module.command:command", "Make modules, publish them and import those of others."),
    "job": Entry("openmo.cli.job.command:command", "Run scripts in the background and watch them."),
    "notices": Entry("openmo.cli.notices:notices", "Show which jobs ended, and how."),
    "spec": Entry("openmo.cli.spec:command", "Show the inputs and outputs that a source file declares."),
    "app": Entry("openmo.cli.app.command:command", "Deploy a project as an app and call it."),
    "export": Entry("openmo.cli.export:command", "Write a notebook as a Python script."),
    "hub": Entry("openmo.bootstrap.hub:run_hub", "Run JupyterHub alone.", hidden=True),
    "proxy": Entry("openmo.bootstrap.proxy:run_proxy", "Run the proxy alone.", hidden=True),
    "web": Entry("openmo.bootstrap.web:run_web", "Run the pages and the REST API alone.", hidden=True),
    "gateway": Entry("openmo.bootstrap.gateway:run_gateway", "Run the deployed apps' gateway alone.", hidden=True),
    "runner": Entry("openmo.bootstrap.runner:run_runner", "Run the job runner alone.", hidden=True),
    "prepare": Entry("openmo.bootstrap.prepare:prepare", "Bring the data folder up to date.", hidden=True),
}


class _Commands(LazyGroup):
    entries = COMMANDS


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"openmo {__version__}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def cli() -> None:
    """OpenMo: datasets, notebooks, jobs, modules and apps in one place."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command; its exit code: 0 done, 1 failed, 2 wrong use."""
    own = list(arguments)[: list(arguments).index("--")] if "--" in arguments else arguments
    try:
        code = cli.main(list(arguments), prog_name="openmo", standalone_mode=False)
    except (OpenMoError, ValidationError) as error:
        return report_error(as_openmo_error(error), as_json="--json" in own)
    except click.exceptions.Abort:
        return EXIT_ERROR
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        if full := storage_full(error):
            return report_error(full, as_json="--json" in own)
        if not isinstance(error, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left: nothing more to say
        return EXIT_ERROR
    return code if isinstance(code, int) else 0


def main() -> None:
    """The entry point of the `openmo` script."""
    die_with_parent(os.environ)
    sys.exit(run(sys.argv[1:]))
