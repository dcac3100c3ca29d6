"""`openmo notices`: which jobs ended, and how."""

from pathlib import Path

import click

from openmo.cli.client import connect
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table


@click.command("notices")
@click.option("--all", "everything", is_flag=True, help="Show those that are read, too.")
@click.option("--read", is_flag=True, help="Mark them as read.")
@data_option
@json_option
def notices(*, everything: bool, read: bool, data: Path | None, as_json: bool) -> None:
    """Show which jobs ended and how, newest first: those that are not read yet."""
    client = connect(data)
    found = client.get("/notices", limit=200)
    shown = [item for item in found["items"] if everything or not item["read"]]
    if read and found["items"]:
        found |= client.post("/notices/read", {"last": found["items"][0]["number"]})
    rows = [(item["at"][:16].replace("T", " "), f"{item['owner']}/{item['project']}", _what(item)) for item in shown]
    head = ("ENDED (UTC)", "PROJECT", "WHAT")
    empty = "No notices." if everything else "Nothing new: `openmo notices --all` shows what is read."
    answer({**found, "items": shown}, as_json=as_json, text=lambda: table(rows, head=head) if rows else empty)


def _what(item: dict[str, str]) -> str:
    return f"{item['title']}: {item['text']}" if item["text"] else item["title"]
