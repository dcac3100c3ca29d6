"""How every command answers: for people by default, as one JSON document with `--json`."""

import json
import sys
from collections.abc import Callable, Sequence

import click
from pydantic_core import ValidationError

from openmo.core.errors import InvalidInput, NotSignedIn, OpenMoError, Unavailable
from openmo.core.problems import problem

EXIT_ERROR = 1
EXIT_USAGE = 2
_NEXT_STEPS: dict[type[OpenMoError], str] = {
    Unavailable: "Look at `openmo status`; `openmo up` starts it.",
    NotSignedIn: "Give a token in OPENMO_TOKEN; of your own OpenMo, restarting it makes a new one.",
}

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def answer(value: object, *, as_json: bool, text: Callable[[], str]) -> None:
    """`value` as JSON, or what `text` makes of it."""
    if as_json:
        print_json(value)
    else:
        click.echo(text())


def table(rows: Sequence[Sequence[str]], *, head: Sequence[str] = ()) -> str:
    """Columns as wide as their widest cell."""
    lines = [head, *rows] if head else list(rows)
    if not lines:
        return ""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def as_openmo_error(error: OpenMoError | ValidationError) -> OpenMoError:
    """The error; InvalidInput for what was given to a command and cannot stand in a request."""
    if isinstance(error, OpenMoError):
        return error
    return InvalidInput.of_fields((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors())


def report_error(error: OpenMoError, *, as_json: bool) -> int:
    """Says what happened and what to do next; the exit code."""
    if as_json:
        print_json(problem(error))
    else:
        heading, entries = _wording(error)
        click.echo(f"{click.style('Error:', fg='red', bold=True)} {heading}", err=True)
        for entry in entries:
            click.echo(f"  - {entry}", err=True)
        for kind, step in _NEXT_STEPS.items():
            if isinstance(error, kind):
                click.echo(step, err=True)
    sys.stdout.flush()
    return EXIT_USAGE if isinstance(error, InvalidInput) else EXIT_ERROR


def _wording(error: OpenMoError) -> tuple[str, list[str]]:
    """A sentence, and what is wrong one by one where it does not say that already."""
    entries = [f"{each['name']}: {each['message']}" if each.get("name") else each["message"] for each in error.wrong]
    if not entries or (len(entries) == 1 and error.wrong[0].get("name") == error.fields.get("field")):
        return error.message, []
    if not error.fields.get("summary"):
        return error.message, entries
    return (entries[0], []) if len(entries) == 1 else (f"{error.title}:", entries)
