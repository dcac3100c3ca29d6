"""`openmo app token`: tokens that can call one app and do nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click

from openmo.apps.owner.token_schemas import AppTokenDraft, AppTokenList, NewAppTokenView
from openmo.cli.client import connect, full_name, path_of
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.identity.app_tokens import DAYS


@click.group("token")
def command() -> None:
    """Let programs call one app of yours, without the rest of your rights."""


@command.command()
@click.argument("project")
@click.option("--note", required=True, help="What it is for, so that you know it again.")
@click.option("--days", type=int, default=DAYS, show_default=True, help="It ends after so many days; 3650 at most.")
@data_option
@json_option
def create(*, project: str, note: str, days: int, data: Path | None, as_json: bool) -> None:
    """Make a token that can call PROJECT's app. It is shown this once."""
    client = connect(data)
    name = full_name(client, project)
    made = client.post(f"/projects/{name}/app/tokens", AppTokenDraft(note=note, days=days))
    address = f"{client.url}/run/{name}"
    answer(made.value, as_json=as_json, text=lambda: _made(made.read(NewAppTokenView), address))


def _made(token: NewAppTokenView, address: str) -> str:
    use = f"curl -H 'authorization: Bearer {token.token}' {address} ..."
    return table([("Token", token.token), ("Id", token.id), ("Use", use)])


@command.command("list")
@click.argument("project")
@data_option
@json_option
def list_tokens(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show your tokens that can call PROJECT's app."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app/tokens")
    answer(found.value, as_json=as_json, text=lambda: _listed(found.read(AppTokenList)))


def _listed(found: AppTokenList) -> str:
    rows = [
        (item.id, item.note, *(map(_at, (item.created_at, item.last_used_at, item.expires_at)))) for item in found.items
    ]
    head = ("ID", "NOTE", "CREATED (UTC)", "LAST USED (UTC)", "EXPIRES (UTC)")
    return table(rows, head=head) if rows else "You have no token for this app alone."


def _at(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


@command.command()
@click.argument("project")
@click.argument("token_id")
@data_option
@json_option
def revoke(*, project: str, token_id: str, data: Path | None, as_json: bool) -> None:
    """Withdraw the token TOKEN_ID of PROJECT's app; calls with it end within 30 seconds."""
    client = connect(data)
    client.delete(f"{path_of(client, project)}/app/tokens/{quote(token_id, safe='')}")
    answer({"revoked": token_id}, as_json=as_json, text=lambda: f"Withdrew {token_id}.")
