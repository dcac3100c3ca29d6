"""Screenshots of every page from a running server: languages x widths x modes, for the documentation and for reviewers.

Run as: python tools/screenshots.py http://127.0.0.1:8000 OUT --sign-in LINK --project lin/digits --job 4
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, sync_playwright
from playwright.sync_api import Error as PlaywrightError

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {1280: 860, 390: 844}
MODES = ("light", "dark")
LANGUAGES = ("en", "zh-CN")


@dataclass(frozen=True)
class Shot:
    """One page to look at."""

    name: str
    path: str
    wait_for: str = "main"
    """A selector that shows that the page is whole."""
    click: str = ""
    """What to press before the picture is taken."""
    then: str = ""
    """What appears after the press."""


def shots(project: str, job: int, dataset: str, module: str) -> list[Shot]:
    """The pages, by name."""
    base = f"/projects/{quote(project)}"
    return [
        Shot("home", "/"),
        Shot("workspace", "/workspace"),
        Shot("new-project", "/projects/new"),
        Shot("new-module", "/projects/new", "[name=kind]", "[name=kind][value=module]", "[name=module_kind]"),
        Shot("publish", f"{base}/publish", "#publish"),
        Shot("overview", base),
        Shot("files", f"{base}/files"),
        Shot("notebook", f"{base}/files/coding_here.ipynb"),
        Shot("source", f"{base}/files/train.py"),
        Shot("use", f"{base}/use", "#call-code"),
        Shot("jobs", f"{base}/jobs?new=1"),
        Shot("job", f"{base}/jobs/{job}", ".chart-card canvas"),
        Shot("settings", f"{base}/settings"),
        Shot("deploy", f"{base}/deploy"),
        Shot("datasets", "/datasets"),
        Shot("dataset", f"/datasets/{dataset}"),
        Shot("modules", "/modules"),
        Shot("module", f"/modules/{module}"),
        Shot("not-found", "/projects/nobody/nothing"),
    ]


def signed_in(browser: Browser, link: str) -> StorageState | None:
    """The cookies of a session; a sign-in link is good once, so all pictures share it."""
    if not link:
        return None
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.wait_for_url("**/workspace")
    state = context.storage_state()
    context.close()
    return state


def contexts(browser: Browser, options: argparse.Namespace) -> Iterator[tuple[str, BrowserContext]]:
    """A signed-in browser for each language, width and mode, with the suffix of its files."""
    session = signed_in(browser, options.sign_in)
    for language, width, mode in product(options.languages, options.widths, options.modes):
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 860)},
            color_scheme=mode,
            locale=language,
            device_scale_factor=options.scale,
            reduced_motion="reduce",
            storage_state=session,
        )
        context.add_cookies([{"name": "openmo-language", "value": language, "url": options.url}])
        yield f"{language}-{width}-{mode}", context
        context.close()


def take(page: Page, shot: Shot, options: argparse.Namespace, path: Path) -> list[str]:
    """Takes the picture; returns what the page complained of, and whether it is wider than its window."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:
            complaints.append(f"{shot.name}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(f"{shot.name}: {error}"))
    page.goto(options.url + shot.path, wait_until="domcontentloaded")
    try:
        page.wait_for_selector(shot.wait_for, timeout=10_000)
    except PlaywrightError as error:
        complaints.append(f"{shot.name}: {error}")
    page.wait_for_load_state("load")
    if shot.click:
        page.click(shot.click)
        page.wait_for_selector(shot.then)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if over > 0:
        complaints.append(f"{shot.name}: {over} px wider than the window in {path.name}")
    page.screenshot(path=path, full_page=options.full)
    return complaints


def main() -> int:
    """Takes all pictures; the exit status tells whether any page complained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--sign-in", default="", help="a sign-in link, opened first")
    parser.add_argument("--project", default="openmo/digits")
    parser.add_argument("--job", type=int, default=1)
    parser.add_argument("--dataset", default="openmo/digits")
    parser.add_argument("--module", default="openmo/iris_classifier")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--languages", nargs="*", default=list(LANGUAGES))
    parser.add_argument("--widths", nargs="*", type=int, default=list(WIDTHS))
    parser.add_argument("--modes", nargs="*", default=list(MODES))
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--full", action="store_true", help="whole pages instead of the first screen")
    parser.add_argument("--chromium", default=CHROMIUM)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [
        shot
        for shot in shots(options.project, options.job, options.dataset, options.module)
        if not options.only or shot.name in options.only
    ]
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=ARGUMENTS)
        for suffix, context in contexts(browser, options):
            for shot in wanted:
                page = context.new_page()
                complaints += take(page, shot, options, options.out / f"{shot.name}-{suffix}.png")
                page.close()
        browser.close()
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
