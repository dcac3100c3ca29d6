"""Writes the generated pages of docs/reference; with `--check` it only says which are out of date."""

import ast
import sys
from pathlib import Path

import click

from openmo.cli.main import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
SETTINGS = ROOT / "src" / "openmo" / "config" / "settings.py"


def pages() -> dict[Path, str]:
    """The text of each generated page."""
    return {REFERENCE / "cli.md": cli_page(), REFERENCE / "settings.md": settings_page()}


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
