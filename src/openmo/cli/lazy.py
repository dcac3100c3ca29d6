"""Commands that are loaded when they are called: `--help`, and each of the others, stay quick."""

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import click

from openmo.config.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not loaded yet."""

    target: str
    """`module:attribute`: a click command, or a function that runs a process with given settings."""
    help: str
    hidden: bool = False


class LazyGroup(click.Group):
    """A group that imports a command's module only to run it; commands of its own stand among those."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted((*self.entries, *super().list_commands(ctx))) if self.commands else list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.entries.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = entry.target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        return found if isinstance(found, click.Command) else _process_command(cmd_name, entry, found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name in self.list_commands(ctx) if (text := self._help(name))])

    def _help(self, name: str) -> str:
        """Empty for one that is hidden."""
        entry = self.entries.get(name)
        if entry is None:
            return self.commands[name].get_short_help_str(limit=80)
        return "" if entry.hidden else entry.help


def _process_command(name: str, entry: Entry, run_process: Callable[[Settings], None]) -> click.Command:
    """A process of an installation as a command: it takes its settings from the environment."""
    return click.Command(name, callback=lambda: run_process(load_settings(os.environ)), help=entry.help, hidden=True)
