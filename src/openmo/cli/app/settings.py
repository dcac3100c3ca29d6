"""`openmo app settings`: who may call an app, within which limits."""

from dataclasses import asdict
from pathlib import Path

import click

from openmo.apps.owner.schemas import AppSettingsDraft, AppSettingsView
from openmo.cli.client import connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.core.amounts import memory_text, parse_memory, parse_seconds, time_text
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.serving.directory import AppAccess, AppLimits

ACCESS = ("project", *(each.value for each in AppAccess))
"""`click.Choice` takes an enum by its members' names, so the values are given as plain text."""


@click.command("settings")
@click.argument("project")
@click.option("--access", type=click.Choice(ACCESS), default=None, help="Who may call it.")
@click.option("--new-link", is_flag=True, help="Make another secret link; the one before opens nothing any more.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=AMOUNT",
    help="Such as timeout=2m; empty: the default; repeatable.",
)
@click.option(
    "--origin", "origins", multiple=True, metavar="ORIGIN", help="A web site that may call it; repeatable; '': none."
)
@click.option("--keep-inputs/--forget-inputs", default=None, help="Keep what recent calls sent, or delete it.")
@data_option
@json_option
def command(
    *,
    project: str,
    access: str | None,
    new_link: bool,
    limits: tuple[str, ...],
    origins: tuple[str, ...],
    keep_inputs: bool | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Show the settings of the app of PROJECT, or change those that are named."""
    client = connect(data)
    path = path_of(client, project)
    changes: dict[str, object] = {"access": access, "keep_inputs": keep_inputs}
    if limits:
        changes["limits"] = read_limits(limits)
    if origins:
        changes["origins"] = [origin for origin in origins if origin]
    changes = {name: value for name, value in changes.items() if value is not None}
    draft = AppSettingsDraft.model_validate(changes)
    found = client.patch(f"{path}/app/settings", draft) if changes else client.get(f"{path}/app/settings")
    if new_link:
        found = client.post(f"{path}/app/link")
    answer(found.value, as_json=as_json, text=lambda: _text(found.read(AppSettingsView), client.url))


def read_limits(options: tuple[str, ...]) -> dict[str, float | None]:
    """Those that are named, as the API takes them; None: the default."""
    names = asdict(AppLimits())
    limits: dict[str, float | None] = {}
    for text in options:
        name, equals, value = text.partition("=")
        if not equals or name not in names:
            raise InvalidInput(
                message(
                    "%(text)s is no limit: write %(names)s as NAME=AMOUNT.",
                    text=repr(text[:60]),
                    names=", ".join(names),
                ),
                field="limits",
            )
        limits[name] = _amount(name, value)
    return limits


def _amount(name: str, text: str) -> float | None:
    if name.endswith("_bytes"):
        return parse_memory(text)
    if _is_time(name):
        return parse_seconds(text)
    if not text.strip():
        return None
    try:
        return int(text)
    except ValueError as error:
        raise InvalidInput(message("%(text)s is no whole number.", text=repr(text[:40])), field="limits") from error


def _is_time(name: str) -> bool:
    return name == "timeout" or name.endswith("_seconds")


def _shown(name: str, value: float) -> str:
    if name.endswith("_bytes"):
        return memory_text(value)
    return time_text(value) if _is_time(name) else f"{value:g}"


def _text(found: AppSettingsView, url: str) -> str:
    rows = [
        ("Access", found.access),
        ("Link", f"{url}{found.link}" if found.link else "-"),
        ("Answers", "nobody: it is suspended" if found.suspended else found.active_version or "the newest release"),
        ("Web sites", ", ".join(found.origins) or "-"),
        ("Keeps inputs", "yes" if found.keep_inputs else "no"),
    ]
    highest = dict(found.highest_limits)
    limits = [(name, _shown(name, value), _shown(name, highest[name])) for name, value in found.limits]
    return f"{table(rows)}\n\n{table(limits, head=('LIMIT', 'HOLDS', 'AT MOST'))}"
