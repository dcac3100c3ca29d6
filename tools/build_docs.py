"""Writes the generated pages of docs/reference; with `--check` it only says which are out of date."""

import ast
import inspect
import sys
from pathlib import Path
from typing import Any

import click

from openmo.cli.main import COMMANDS, cli
from openmo.core.problems import EXTENSIONS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also when it runs as a script
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))
from openmo_lab import problems as lab_problems

from tools.error_classes import error_classes

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
_ERRORS_HEAD = """# Errors

Made by `make docs` from the classes themselves.

Every answer that is an error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document
(`application/problem+json`), whoever answers: the web service, the gateway, the proxy, the tools of language models,
the JupyterLab extension. `code` is stable: programs branch on it. `type` is `urn:openmo:error:` with the code. `detail`
is for people: it says what happened and what to do, in English or 简体中文. `openmo … --json` prints the same document.
"""
_ERROR_TABLE = ("| status | code | title | what it means | what to do |", "| --- | --- | --- | --- | --- |")
SETTINGS = ROOT / "src" / "openmo" / "config" / "settings.py"


def pages() -> dict[Path, str]:
    """The text of each generated page."""
    return {
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "settings.md": settings_page(),
    }


def cli_page() -> str:
    """Every command with its help, as the command line prints it."""
    parts = ["# The command line\n\nMade by `make docs` from the commands themselves.\n"]
    context = click.Context(cli, info_name="openmo", terminal_width=100, max_content_width=100)
    for name, entry in COMMANDS.items():
        if not entry.hidden:
            command = cli.get_command(context, name)
            if command is not None:
                parts += _sections(command, context, name)
    return "\n".join(parts)


def _sections(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    found = [f"## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            child = command.get_command(context, inner)
            if child is not None:
                found += _sections(child, context, inner)
    return found


def errors_page() -> str:
    """Every error by its code, from the classes themselves, and what the members of problem details mean."""
    parts = [_ERRORS_HEAD, "## Of the server, the gateway and the command line\n", *_ERROR_TABLE]
    parts += [
        _error_row(kind.status, kind.code, kind.title, kind.__doc__, kind.remedy)
        for kind in sorted(error_classes().values(), key=lambda each: (each.status, each.code))
        if "code" in vars(kind)
    ]
    parts += ["\n## Of the JupyterLab extension\n", *_ERROR_TABLE]
    for problem in _lab_problems():
        parts.append(
            _error_row(problem.status_code, problem.code, problem.title, type(problem).__doc__, problem.detail)
        )
    parts += ["\n## Members\n", "| member | what it says |", "| --- | --- |"]
    parts += [f"| `{name}` | {meaning} |" for name, meaning in EXTENSIONS.items()]
    return "\n".join([*parts, ""])


def _error_row(status: int, code: str, title: str, meaning: str | None, remedy: str) -> str:
    first = " ".join((meaning or "").strip().partition("\n\n")[0].split())
    return f"| {int(status)} | `{code}` | {title} | {first} | {remedy} |"


def _lab_problems() -> list[lab_problems.Problem]:
    """One of each kind that the extension's server half raises by itself, with stand-ins for what it is about."""
    kinds = [each for each in vars(lab_problems).values() if isinstance(each, type)]
    found = []
    for kind in kinds:
        if issubclass(kind, lab_problems.Problem) and kind is not lab_problems.Problem:
            stand_ins: list[Any] = [f"({name})" for name in inspect.signature(kind).parameters]
            found.append(kind(*stand_ins))
    return sorted(found, key=lambda each: (each.status_code, each.code))


def settings_page() -> str:
    """Every setting with its variable, its default and what it means, from the source of `Settings`."""
    module = ast.parse(SETTINGS.read_text("utf-8"))
    definition = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for node, after in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(after, ast.Expr):
            meaning = " ".join(str(ast.literal_eval(after.value)).split())
            default = f"`{ast.unparse(node.value)}`" if node.value is not None else "see `openmo up --help`"
            rows.append(f"| `OPENMO_{node.target.id.upper()}` | {default} | {meaning} |")
    return (
        "# Settings\n\nMade by `make docs` from `openmo.config.settings`. Options of `openmo up` go before.\n\n"
        + "\n".join([*rows, ""])
    )


def main() -> int:
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" not in sys.argv:
            path.write_text(pages()[path], "utf-8")
        print(f"{'out of date' if '--check' in sys.argv else 'wrote'}: {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
