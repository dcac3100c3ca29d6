"""`openmo app call`: one call of a deployed app, its outputs as they come."""

import contextlib
import json
import mimetypes
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from openmo.cli.client import Answer, CallInputs, Values, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import json_option, print_json, table
from openmo.core.errors import InvalidInput
from openmo.core.messages import message


@click.command("call")
@click.argument("app")
@click.argument("inputs", nargs=-1)
@data_option
@json_option
def command(*, app: str, inputs: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """Call APP (OWNER/NAME or OWNER/NAME@VERSION) with INPUTS.

    Each of INPUTS is `length=5.1`, `photo=@cat.png` (a file), a JSON object such as `'{"length": 5.1}'`, or
    `@inputs.json` (`@-`: standard input). What a generator yields is printed as it comes.
    """
    client = connect(data)
    values, files = read_inputs(inputs)
    with contextlib.ExitStack() as opened:
        parts = {
            name: (path.name, opened.enter_context(_open(path)), mimetypes.guess_type(path.name)[0] or "")
            for name, path in files.items()
        }
        as_form = bool(parts) or any(isinstance(value, FromText) for value in values.values())
        called_with = CallInputs(values=values, files=parts, as_form=as_form)
        with client.call(full_name(client, app), called_with) as answers:
            if as_json:
                print_json(_gathered(answers))
            else:
                for name, answer in answers:
                    if name == "output":
                        _show(answer.values())


class FromText(str):
    """A value that came without its type, as `key=value`."""

    __slots__ = ()


def read_inputs(inputs: tuple[str, ...]) -> tuple[Values, dict[str, Path]]:
    """Values and files; raises InvalidInput for what is neither a pair nor a JSON object."""
    values: Values = {}
    files: dict[str, Path] = {}
    for text in inputs:
        name, equals, value = text.partition("=")
        if text.startswith("{"):
            values |= _object(text, "This")
        elif text.startswith("@"):
            values |= _object(_read(text[1:]), text)
        elif not equals or not name:
            raise InvalidInput(
                message(
                    "%(text)s is no input: write key=value, key=@file, a JSON object or @file.json.",
                    text=repr(text[:80]),
                ),
                field="inputs",
            )
        elif value.startswith("@"):
            files[name] = Path(value[1:])
        else:
            values[name] = FromText(value)
    return values, files


def _object(text: str, what: str) -> Values:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            message("%(what)s is no JSON: %(error)s.", what=what, error=str(error)), field="inputs"
        ) from error
    if not isinstance(found, dict):
        raise InvalidInput(
            message("%(what)s must be a JSON object with the inputs by name.", what=what), field="inputs"
        )
    return found


def _read(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    with _open(Path(name)) as file:
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidInput(message("%(name)s is not UTF-8 text.", name=name), field="inputs") from error


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(
            message("%(path)s cannot be read: %(reason)s.", path=path, reason=error.strerror), field="inputs"
        ) from error


def _gathered(answers: Iterator[tuple[str, Answer]]) -> Values:
    """The answer as one document; of a generator all its outputs."""
    outputs: list[object] = []
    done: Values = {}
    for name, answer in answers:
        if name == "output":
            outputs.append(answer.value)
        else:
            done = answer.values()
    return done if "output" in done else {"outputs": outputs, **done}


def _show(output: Values) -> None:
    click.echo(table([(name, json.dumps(value, ensure_ascii=False)) for name, value in output.items()]))
