"""`openmo app prepare`: from a notebook's cells to handler.py and app_spec.yml."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import click

from openmo.apps.schemas import AppFiles, AppFilesDraft, PreparationDraft, PreparationView
from openmo.cli.client import ApiClient, connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, json_option, print_json, table
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.messages import message
from openmo.specs.mistakes import Severity
from openmo.specs.schemas import ParameterData

_MAX_CELLS = 100_000


@click.command("prepare")
@click.argument("project")
@click.argument("notebook")
@click.option("--cells", default="", metavar="1,3-5", help="The cells to deploy.  [default: those that handle needs]")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option(
    "--force", is_flag=True, help="Replace a handler.py that says something else, and write despite mistakes."
)
@data_option
@json_option
def command(
    *, project: str, notebook: str, cells: str, dry_run: bool, force: bool, data: Path | None, as_json: bool
) -> int:
    """Write handler.py and app_spec.yml of PROJECT from the cells of NOTEBOOK.

    NOTEBOOK is a path in the project; `@NOTEBOOK` is a local file.
    """
    client = connect(data)
    path = path_of(client, project)
    draft = PreparationDraft(notebook=_notebook(client, path, notebook), cells=read_cells(cells))
    answered = client.post(f"{path}/app/prepare", draft)
    made = answered.read(PreparationView)
    wrong = [each for each in made.problems if each.severity is Severity.ERROR]
    if not dry_run:
        if wrong and not force:
            if not as_json:
                _show(made)
            raise InvalidInput(
                "Nothing was written: mend what is wrong in the notebook, choose other --cells, or add --force.",
                errors=[{"name": "", "message": each.message} for each in wrong],
            )
        _check_replaceable(client.get(f"{path}/app/files").read(AppFiles), made, force=force)
        client.put(f"{path}/app/files", AppFilesDraft(handler=made.handler, app_spec=made.spec_yaml))
    if as_json:
        print_json(answered.values() | {"written": not dry_run})
        return EXIT_ERROR if wrong else 0
    _show(made)
    if dry_run:
        click.echo(f"\n# handler.py\n{made.handler}\n# app_spec.yml\n{made.spec_yaml}", nl=False)
    else:
        click.echo(f"Wrote handler.py and app_spec.yml. Next: openmo app deploy {project}")
    return EXIT_ERROR if wrong else 0


def read_cells(text: str) -> list[int | str] | None:
    """Cells as people count them, from 1, as the API counts them, from 0; None for none."""
    if not text.strip():
        return None
    chosen: list[int] = []
    for part in text.split(","):
        first, dash, last = (each.strip() for each in part.partition("-"))
        if not first.isdecimal() or (dash and not last.isdecimal()) or len(part) > 20:
            raise InvalidInput(
                message("%(part)s names no cells: write --cells 1,3-5.", part=repr(part[:20])), field="cells"
            )
        begin, end = int(first), int(last or first)
        if not 1 <= begin <= end <= _MAX_CELLS:
            raise InvalidInput(
                message(
                    "%(part)s names no cells: they are counted from 1, as --dry-run shows, the smaller one first.",
                    part=repr(part.strip()),
                ),
                field="cells",
            )
        chosen += range(begin, end + 1)
    return [number - 1 for number in dict.fromkeys(chosen)]


def _notebook(client: ApiClient, path: str, notebook: str) -> dict[str, object]:
    data = _local(notebook[1:]) if notebook.startswith("@") else client.get_bytes(f"{path}/files/{quote(notebook)}")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _no_notebook(notebook, str(error)) from error
    if not isinstance(found, dict):
        raise _no_notebook(notebook, "no JSON object")
    return found


def _no_notebook(notebook: str, error: str) -> InvalidInput:
    return InvalidInput(
        message("%(notebook)s is not a notebook: %(error)s.", notebook=notebook, error=error), field="notebook"
    )


def _local(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InvalidInput(
            message("%(name)s cannot be read: %(reason)s.", name=name, reason=error.strerror), field="notebook"
        ) from error


def _check_replaceable(present: AppFiles, made: PreparationView, *, force: bool) -> None:
    """A file that somebody wrote by hand is not lost unasked."""
    if present.handler in (None, made.handler) or force:
        return
    raise Conflict("The project has another handler.py. Look with --dry-run at what would replace it; --force does.")


def _show(made: PreparationView) -> None:
    rows = [
        ("x" if cell.ticked else "", str(cell.index + 1), cell.source_head[:60], cell.why or cell.problem)
        for cell in made.cells
    ]
    click.echo(table(rows, head=("", "CELL", "BEGINS WITH", "WHY")))
    for each in made.problems:
        line = f"handler.py line {each.line}: " if each.line else ""
        click.echo(f"{each.severity.capitalize()}: {line}{each.message}", err=True)
    click.echo(f"Inputs: {_names(made.spec.get('input', {}))}")
    click.echo(f"Outputs: {_names(made.spec.get('output', {}))}")


def _names(parameters: Mapping[str, ParameterData]) -> str:
    return ", ".join(f"{each.get('name', key)} ({each['value_type']})" for key, each in parameters.items()) or "-"
