"""`openmo app token`: tokens that can call one app and do nothing else."""

from pathlib import Path
from urllib.parse import quote

import click

from openmo.cli.client import connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table


@click.group("token")
def command() -> None:
    """Let programs call one app of yours, without the rest of your rights."""


@command.command()
@click.argument("project")
@click.option("--note", required=True, help="What it is for, so that you know it again.")
@click.option("--days", type=int, default=None, help="It ends after so many days.  [default: the most, ten years]")
@data_option
@json_option
def create(*, project: str, note: str, days: int | None, data: Path | None, as_json: bool) -> None:
    """Make a token that can call PROJECT's app. It is shown this once."""
    client = connect(data)
    name = full_name(client, project)
    made = client.post(f"/projects/{name}/app/tokens", {"note": note, "days": days})
    answer(
        made,
        as_json=as_json,
        text=lambda: table(
            [
                ("Token", made["token"]),
                ("Id", made["id"]),
                ("Use", f"curl -H 'authorization: Bearer {made['token']}' {client.url}/run/{name} ..."),
            ]
        ),
    )


@command.command("list")
@click.argument("project")
@data_option
@json_option
def list_tokens(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show your tokens that can call PROJECT's app."""
    client = connect(data)
    found = client.get(f"/projects/{full_name(client, project)}/app/tokens")
    rows = [
        (item["id"], item["note"], *(item[when] or "-" for when in ("created_at", "last_used_at", "expires_at")))
        for item in found["items"]
    ]
    head = ("ID", "NOTE", "CREATED", "LAST USED", "EXPIRES")
    nothing = "You have no token for this app alone."
    answer(found, as_json=as_json, text=lambda: table(rows, head=head) if rows else nothing)


@command.command()
@click.argument("project")
@click.argument("token_id")
@data_option
@json_option
def revoke(*, project: str, token_id: str, data: Path | None, as_json: bool) -> None:
    """Withdraw the token TOKEN_ID of PROJECT's app; calls with it end within 30 seconds."""
    client = connect(data)
    client.delete(f"/projects/{full_name(client, project)}/app/tokens/{quote(token_id, safe='')}")
    answer({"revoked": token_id}, as_json=as_json, text=lambda: f"Withdrew {token_id}.")
