"""`openmo up`, `status` and `down`."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
import msgspec

from openmo.cli.output import EXIT_ERROR, answer, json_option, table
from openmo.config.settings import Settings, load_settings
from openmo.core.amounts import memory_text
from openmo.core.clock import SystemClock
from openmo.core.space import DiskSpace, free_bytes, storage_full
from openmo.identity.sign_in_link import new_link
from openmo.installation.detach import run_detached
from openmo.installation.running_jobs import farewell
from openmo.installation.state import RunState, load_running
from openmo.installation.up import Banner, Installation, sign_in_link
from openmo.signalling.reports import ServiceEnd, ServiceReport, ServiceState

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
def up(
    *,
    data: Path | None,
    host: str | None,
    port: int | None,
    database_url: str | None,
    no_samples: bool,
    detach: bool,
) -> None:
    """Start OpenMo and print where it is; Ctrl-C stops it."""
    samples = False if no_samples else None
    settings = load_settings(os.environ, data=data, host=host, port=port, database_url=database_url, samples=samples)
    if database_url and urlsplit(database_url).password:
        click.echo("Others on this machine can see the password in --database-url: use OPENMO_DATABASE_URL.", err=True)
    if detach:
        settings.folder.prepare()
        run_detached(lambda ready: _serve(settings, ready), settings.folder.logs / "up.log")
    else:
        _serve(settings, lambda: None)


def _serve(settings: Settings, ready: Callable[[], None]) -> None:
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


class ProcessStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One process of the installation, as `openmo status --json` prints it."""

    name: str
    pid: int | None
    state: ServiceState
    since: str
    restarts: int
    detail: str
    """Why it is not ready."""
    last_end: ServiceEnd | None
    last_problem: str

    @classmethod
    def of(cls, report: ServiceReport) -> "ProcessStatus":
        return cls(
            name=report.name,
            pid=report.pid,
            state=report.state,
            since=report.since,
            restarts=report.restarts,
            detail=str(report.detail or report.describe()),
            last_end=report.last_end,
            last_problem=str(report.last_end.describe()) if report.last_end else "",
        )


class InstallationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The installation, as `openmo status --json` prints it."""

    running: bool
    url: str | None = None
    sign_in_link: str | None = None
    problem: str | None = None
    account: str | None = None
    data: str | None = None
    isolation: str | None = None
    free_bytes: int | None = None
    disk_problem: str | None = None
    """What to do where little is left."""
    processes: tuple[ProcessStatus, ...] = ()


@click.command()
@data_option
@json_option
def status(data: Path | None, as_json: bool) -> int:
    """Show the address, a new sign-in link, the data folder, the isolation and each process."""
    settings = load_settings(os.environ, data=data)
    running = load_running(settings.folder)
    found = describe(settings, running)
    answer(msgspec.to_builtins(found), as_json=as_json, text=lambda: _status_text(found))
    return 0 if running else EXIT_ERROR


def describe(settings: Settings, running: RunState | None) -> InstallationStatus:
    """What runs on the data folder."""
    if running is None:
        return InstallationStatus(running=False, data=str(settings.data))
    link, problem = None, None
    if running.laptop and running.account:
        try:
            link = sign_in_link(running.url, new_link(settings.folder.run, SystemClock()))
        except OSError as error:
            problem = f"No sign-in link could be made: {(storage_full(error) or error)}"
    return InstallationStatus(
        running=True,
        url=running.url or None,
        sign_in_link=link,
        problem=problem,
        account=running.account or None,
        data=running.data or None,
        isolation=running.isolation or None,
        free_bytes=free_bytes(settings.data),
        disk_problem=str(DiskSpace(settings.data, settings.low_space_mb << 20).problem()) or None,
        processes=tuple(map(ProcessStatus.of, running.reports())),
    )


def _status_text(found: InstallationStatus) -> str:
    if not found.running:
        return f"OpenMo does not run on {found.data}. Start it with `openmo up`."
    if not found.url:
        return (
            f"OpenMo runs on {found.data} (process {found.processes[0].pid}), but does not say more: "
            f"it is just starting, its disk is full, or it hangs. See {found.data}/logs."
        )
    rows = [("Address", found.url), ("Data", found.data or ""), ("Isolation", found.isolation or "")]
    if found.sign_in_link:
        rows.insert(1, ("Sign in", found.sign_in_link))
    if found.disk_problem:
        rows.append(("Disk", found.disk_problem))
    elif found.free_bytes is not None:
        rows.append(("Disk", f"{memory_text(found.free_bytes)} free"))
    if found.problem:
        rows.insert(1, ("Sign in", found.problem))
    processes = [(each.name, str(each.pid or "-"), each.state, _note(each)) for each in found.processes]
    return f"{table(rows)}\n\n{table(processes, head=('PROCESS', 'PID', 'STATE', ''))}"


def _note(process: ProcessStatus) -> str:
    """Why it is not ready; of one that is, why it was started anew last."""
    if process.detail or process.last_end is None:
        return process.detail
    return f"Started anew at {process.last_end.at[:19]}Z: {process.last_problem}"


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
