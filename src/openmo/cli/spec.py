"""`openmo spec FILE.py`: what a handler or module takes and gives."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from openmo.core.errors import NotFound
from openmo.core.messages import message
from openmo.specs.errors import SpecError
from openmo.specs.files import app_spec_data, dump_app_spec, dump_module_spec, module_spec_data
from openmo.specs.handler import read_handler
from openmo.specs.module import is_module, read_module
from openmo.specs.source import MAX_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """What the command prints: YAML for people, `data` for machines, `warnings` for the person's eye."""

    yaml: str
    data: dict[str, object]
    warnings: tuple[str, ...]


@click.command("spec")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the spec.")
def command(file: Path, *, as_json: bool) -> None:
    """Show the inputs and outputs that FILE's handler (`handle`) or module class declares, without running it."""
    report = _report(_read(file), str(file))
    if as_json:
        click.echo(json.dumps(report.data | {"warnings": list(report.warnings)}, ensure_ascii=False))
        return
    click.echo(report.yaml, nl=False)
    for warning in report.warnings:
        click.echo(f"Please check: {warning}.", err=True)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(4 * MAX_SOURCE + 4)
    except OSError as error:
        raise NotFound(message("%(file)s cannot be read: %(reason)s.", file=file, reason=error.strerror)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError("the file is not UTF-8 text; save it as UTF-8.", file=str(file)) from error


def _report(source: str, filename: str) -> _Report:
    if is_module(source, filename):
        module = read_module(source, filename)
        data: dict[str, object] = {
            "kind": str(module.kind),
            "class": module.class_name,
            **module_spec_data(module.spec),
        }
        return _Report(
            yaml=dump_module_spec(module.spec), data=data, warnings=tuple(each.message for each in module.warnings)
        )
    handler = read_handler(source, filename)
    parameters = handler.spec.inputs + handler.spec.outputs
    check = [each.name for each in parameters if each.check]
    data = {"kind": "handler", "mode": str(handler.mode), **app_spec_data(handler.spec), "check": check}
    return _Report(
        yaml=dump_app_spec(handler.spec), data=data, warnings=tuple(each.message for each in handler.warnings)
    )
