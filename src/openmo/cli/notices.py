"""`openmo notices`: which jobs ended, and how."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import click

from openmo.cli.client import connect
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.notices.schemas import NoticeCountView, NoticeList, NoticesRead, NoticeView


@click.command("notices")
@click.option("--all", "everything", is_flag=True, help="Show those that are read, too.")
@click.option("--read", is_flag=True, help="Mark them as read.")
@data_option
@json_option
def notices(*, everything: bool, read: bool, data: Path | None, as_json: bool) -> None:
    """Show which jobs ended and how, newest first: those that are not read yet."""
    client = connect(data)
    found = client.get("/notices", limit=200).read(NoticeList)
    shown = [item for item in found.items if everything or not item.read]
    count: NoticeCountView = found
    if read and found.items:
        count = client.post("/notices/read", NoticesRead(last=found.items[0].number)).read(NoticeCountView)
    empty = "No notices." if everything else "Nothing new: `openmo notices --all` shows what is read."
    now = NoticeList(items=shown, unread=count.unread, last=count.last)
    answer(now.model_dump(mode="json"), as_json=as_json, text=lambda: _listed(shown) or empty)


def _listed(notices: Sequence[NoticeView]) -> str:
    rows = [
        (
            f"{item.at.astimezone(UTC):%Y-%m-%d %H:%M}",
            f"{item.owner}/{item.project}",
            f"{item.title}: {item.text}" if item.text else item.title,
        )
        for item in notices
    ]
    return table(rows, head=("ENDED (UTC)", "PROJECT", "WHAT")) if rows else ""
