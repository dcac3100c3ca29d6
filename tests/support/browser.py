"""The system's Chromium, driven by Playwright."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable  # what `playwright` itself runs
from playwright.sync_api import Browser, expect, sync_playwright
from support.processes import wait_for
from support.run import Run, lives

TIMEOUT_MS = 120_000
"""How long an expectation may take on a busy machine, where a first call imports its libraries."""
expect.set_options(timeout=TIMEOUT_MS)

# The background switches keep the browser from asking for hosts that tests must not need.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-audio-output",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Where the browser is; None: not installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the run, as good as fresh: what is opened in it is closed with it."""
    address = str(Run.current().shared("browser", _start)["address"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect(address)
        try:
            yield browser
        finally:
            browser.close()


def _start(folder: Path) -> dict[str, Any]:
    """A server whose clients each have contexts of their own in one browser."""
    settings = folder / "settings.json"
    settings.write_text(json.dumps({"executablePath": chromium_path(), "args": _ARGUMENTS, "headless": True}))
    command = [*compute_driver_executable(), "launch-server", "--browser", "chromium", "--config", settings]
    log = folder / "log"
    pid = Run.current().start(command, log=log)

    def address() -> str:
        found = log.read_text()
        assert lives(pid), found
        return found.strip() if found.startswith("ws://") and found.endswith("\n") else ""

    return {"address": wait_for(address), "pid": pid}
