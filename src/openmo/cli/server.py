"""`openmo up`, `status` and `down`."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from openmo.cli.output import EXIT_ERROR, answer, json_option, table
from openmo.config.settings import Settings, load_settings
from openmo.core.amounts import memory_text
from openmo.core.clock import SystemClock
from openmo.core.space import free_bytes, storage_full
from openmo.identity.sign_in_link import new_link
from openmo.installation.detach import run_detached
from openmo.installation.running_jobs import farewell
from openmo.installation.state import RunState, load_running
from openmo.installation.up import Banner, Installation, sign_in_link
from openmo.signalling.reports import ServiceReport

_DOWN_SECONDS = 15.0
data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder.")


@click.command()
@data_option
@click.option(
    "--host", help="Address to listen on; anything but loopback needs an authenticator.  [default: 127.0.0.1]"
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any free one.  [default: 8000]")
@click.option("--database-url", help="SQLAlchemy URL of the database.  [default: SQLite in the data folder]")
@click.option("--no-samples", is_flag=True, help="Build no sample datasets and modules.")
@click.option("--detach", is_flag=True, help="Return when everything is ready, and run on in the background.")
def up(*, no_samples: bool, detach: bool, **options: Any) -> None:
    """Start OpenMo and print where it is; Ctrl-C stops it."""
    settings = load_settings(os.environ, samples=False if no_samples else None, **options)
    if options.get("database_url") and urlsplit(options["database_url"]).password:
        click.echo("Others on this machine can see the password in --database-url: use OPENMO_DATABASE_URL.", err=True)
    if detach:
        settings.folder.prepare()
        run_detached(lambda ready: _serve(settings, ready), settings.folder.logs / "up.log")
    else:
        _serve(settings, lambda: None)


def _serve(settings: Settings, ready: Any) -> None:
    def announce(running: Banner) -> None:
        click.echo(banner(running))
        sys.stdout.flush()
        ready()

    asyncio.run(Installation(settings).serve(announce))
    click.echo(farewell(settings.folder.jobs))


def banner(running: Banner) -> str:
    """What `openmo up` prints when everything is ready."""
    rows = [
        ("Open" if running.laptop else "Address", running.link),
        ("Data", running.data),
        ("Isolation", running.isolation),
        ("Projects", running.addresses),
        ("Runs", ", ".join(running.services)),
    ]
    if running.laptop:
        notes = "The link signs you in once; `openmo status` makes another.\nSee it work: openmo demo      "
    else:
        notes = f"For commands, make a token at {running.url}/hub/token, and set OPENMO_URL and OPENMO_TOKEN.\n"
    return f"\nOpenMo is ready.\n\n{table(rows)}\n\n{notes}Stop it: Ctrl-C, or openmo down\n"


@click.command()
@data_option
@json_option
def status(data: Path | None, as_json: bool) -> int:
    """Show the address, a new sign-in link, the data folder, the isolation and each process."""
    settings = load_settings(os.environ, data=data)
    running = load_running(settings.folder)
    value = describe(settings, running)
    answer(value, as_json=as_json, text=lambda: _status_text(value))
    return 0 if running else EXIT_ERROR


def describe(settings: Settings, running: RunState | None) -> dict[str, Any]:
    """The installation as `openmo status --json` prints it."""
    if running is None:
        return {"running": False, "url": None, "sign_in_link": None, "data": str(settings.data), "processes": []}
    link, problem = None, None
    if running.laptop and running.account:
        try:
            link = sign_in_link(running.url, new_link(settings.folder.run, SystemClock()))
        except OSError as error:
            problem = f"No sign-in link could be made: {(storage_full(error) or error)}"
    return {
        "running": True,
        "url": running.url or None,
        "sign_in_link": link,
        "problem": problem,
        "account": running.account or None,
        "data": running.data or None,
        "isolation": running.isolation or None,
        "free_bytes": free_bytes(settings.data),
        "processes": [_process(report) for report in running.reports()],
    }


def _process(report: ServiceReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "pid": report.pid,
        "state": report.state.value,
        "since": report.since,
        "restarts": report.restarts,
        "detail": report.detail or report.describe(),
        "last_end": msgspec.to_builtins(report.last_end),
        "last_problem": report.last_end.describe() if report.last_end else "",
    }


def _status_text(value: dict[str, Any]) -> str:
    if not value["running"]:
        return f"OpenMo does not run on {value['data']}. Start it with `openmo up`."
    if not value["url"]:
        pid = value["processes"][0]["pid"]
        return (
            f"OpenMo runs on {value['data']} (process {pid}), but does not say more: it is just starting, its disk is "
            f"full, or it hangs. See {value['data']}/logs."
        )
    rows = [("Address", value["url"]), ("Data", value["data"] or ""), ("Isolation", value["isolation"] or "")]
    if value["sign_in_link"]:
        rows.insert(1, ("Sign in", value["sign_in_link"]))
    if value["free_bytes"] is not None:
        rows.append(("Disk", f"{memory_text(value['free_bytes'])} free"))
    if value["problem"]:
        rows.insert(1, ("Sign in", value["problem"]))
    processes = [(p["name"], str(p["pid"] or "-"), p["state"], _note(p)) for p in value["processes"]]
    return f"{table(rows)}\n\n{table(processes, head=('PROCESS', 'PID', 'STATE', ''))}"


def _note(process: Mapping[str, Any]) -> str:
    """Why it is not ready; of one that is, why it was started anew last."""
    if process["detail"] or not process["last_end"]:
        return str(process["detail"])
    return f"Started anew at {process['last_end']['at'][:19]}Z: {process['last_problem']}"


@click.command()
@data_option
def down(data: Path | None) -> int:
    """Stop OpenMo on a data folder; running jobs go on."""
    settings = load_settings(os.environ, data=data)
    running = load_running(settings.folder)
    if running is None:
        click.echo(f"OpenMo does not run on {settings.data}.")
        return 0
    os.kill(running.supervisor.pid, signal.SIGTERM)
    deadline = time.monotonic() + _DOWN_SECONDS
    while running.supervisor.process.alive():
        if time.monotonic() > deadline:
            click.echo(f"Process {running.supervisor.pid} does not end. See {settings.folder.logs}.", err=True)
            return EXIT_ERROR
        time.sleep(0.05)
    click.echo(farewell(settings.folder.jobs))
    return 0
