"""`openmo export NOTEBOOK`: a notebook as a script that runs under plain Python."""

import json
import os
from pathlib import Path

import click

from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.paths import write_atomic
from openmo.core.messages import message
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.export import GENERATED_MARK, convert_notebook
from openmo.notebooks.reading import MAX_NOTEBOOK


@click.command("export")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; by default NOTEBOOK's name with .py."
)
@click.option("--force", is_flag=True, help="Replace the file even when it was not made by an export.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the file and what was changed.")
def command(notebook: Path, *, output: Path | None, force: bool, as_json: bool) -> None:
    """Write NOTEBOOK as a Python script beside it, which runs under plain Python.

    Commands such as `!pip` and `%cd` become plain equivalents, or comments that give the reason.
    """
    target = output or notebook.with_suffix(".py")
    text = _read(notebook)
    if target.resolve() == notebook.resolve():
        raise InvalidInput(message("%(target)s is the notebook itself; name another file with -o.", target=target))
    if not force:
        _check_replaceable(target)
    export = convert_notebook(text, notebook.name)
    _write(target, export.source)
    if as_json:
        changes = [{"cell": each.cell, "line": each.line, "what": each.what} for each in export.changes]
        click.echo(json.dumps({"file": str(target), "changes": changes}, ensure_ascii=False))
        return
    click.echo(f"Wrote {target}")
    for change in export.changes:
        if change.outcome.is_left_out:
            click.echo(f"  cell {change.cell}: {change.line.splitlines()[0]}: {change.what}", err=True)


def _read(notebook: Path) -> str:
    try:
        with notebook.open("rb") as file:
            data = file.read(MAX_NOTEBOOK + 1)
    except OSError as error:
        raise NotFound(
            message("%(notebook)s cannot be read: %(reason)s.", notebook=notebook, reason=error.strerror)
        ) from error
    if len(data) > MAX_NOTEBOOK:
        raise NotebookError(
            message(
                "%(notebook)s is over 100 MB; clear its outputs (Edit > Clear All Outputs) and save it.",
                notebook=notebook,
            )
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookError(
            message("%(notebook)s is not a notebook: it is not UTF-8 text.", notebook=notebook)
        ) from error


def _check_replaceable(target: Path) -> None:
    """Nothing, when the target is absent or an earlier export; raises Conflict for a file somebody wrote."""
    try:
        with target.open("rb") as file:
            start = file.read(len(GENERATED_MARK))
    except FileNotFoundError:
        return
    except OSError as error:
        raise Conflict(
            message("%(target)s cannot be replaced: %(reason)s.", target=target, reason=error.strerror)
        ) from error
    if start and start != GENERATED_MARK.encode():
        raise Conflict(
            message(
                "%(target)s exists and was not made by an export; choose another name with -o, or add --force.",
                target=target,
            )
        )


def _write(target: Path, source: str) -> None:
    mask = os.umask(0)
    os.umask(mask)
    try:
        write_atomic(target, source.encode(), mode=0o666 & ~mask)
    except OSError as error:
        raise InvalidInput(
            message("%(target)s cannot be written: %(reason)s.", target=target, reason=error.strerror)
        ) from error
