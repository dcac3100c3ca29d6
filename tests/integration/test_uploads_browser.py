"""The pages on which files become a dataset, in a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from support.browsed_site import Served
from support.browser import chromium
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform
from support.served_pages import served_pages

from openmo.core.visibility import Visibility
from openmo.db.engine import Database

pytestmark = [pytest.mark.e2e]

PART = 8 << 20


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Served]:
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    platform = Platform(database, tmp_path / "data")
    platform.account("ada")
    identity = MemoryIdentity()
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        yield Served(url, platform, identity)
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def content(platform: Platform) -> dict[str, bytes]:
    folder = platform.datasets.path(platform.datasets.get(platform.actor("ada"), "ada", "digits"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_goes_on_after_a_reload_and_becomes_a_dataset(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "digits"
    write_files(folder, {"README.md": "# Digits", "images/0/1.txt": "one", "images/1/2.txt": "two"})
    big = os.urandom(2 * PART + 1000)
    (folder / "big.bin").write_bytes(big)
    page = served.page(browser)
    page.on("dialog", lambda dialog: dialog.accept())  # "leave this page?"

    def first_part_alone(route: Route) -> None:
        offset = int(route.request.headers.get("upload-offset", "0"))
        route.abort() if route.request.method == "PATCH" and offset >= PART else route.continue_()

    page.route("**/api/v1/uploads/*/files/*", first_part_alone)
    page.goto(f"{served.url}/datasets/new")
    page.get_by_label("Choose a folder").set_input_files(folder)
    uploads, ada = served.platform.uploads, served.platform.actor("ada")
    expect(page.locator("[data-upload-summary]")).to_contain_text("3 of 4 files")
    expect(page.locator("[data-path='big.bin']")).to_contain_text("%")
    upload = uploads.list_open(ada)[0].session.id

    page.reload()
    expect(page.get_by_role("status").first).to_contain_text("You have begun an upload: 3 of 4 files")
    page.unroute("**/api/v1/uploads/*/files/*")
    offsets: list[int] = []
    page.on(
        "request",
        lambda request: offsets.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else None,
    )
    page.get_by_label("Choose a folder").set_input_files(folder)
    page.get_by_label("Title").fill("Digits")
    expect(page.get_by_label("Name in addresses")).to_have_value("digits")
    expect(page.locator("[data-upload-summary]")).to_contain_text("4 of 4 files")
    assert offsets
    assert min(offsets) >= PART  # nothing was sent twice
    assert [each.session.id for each in uploads.list_open(ada)] == [upload]
    page.get_by_role("button", name="Make the dataset").click()
    page.wait_for_url("**/datasets/ada/digits")
    expect(page.get_by_role("heading", name="Digits").first).to_be_visible()
    images = {"images/0/1.txt": b"one", "images/1/2.txt": b"two"}
    assert content(served.platform) == {"README.md": b"# Digits", **images, "big.bin": big}
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('tus::'))") == []


def test_the_next_version_with_a_file_that_fails_first(served: Served, browser: Browser, tmp_path: Path) -> None:
    files = {"README.md": "# Digits", "a.txt": "one", "old/b.txt": "two"}
    served.platform.dataset("ada", "digits", files=files, visibility=Visibility.PRIVATE)
    write_files(tmp_path, {"a.txt": "changed", "bad.txt": "bad"})
    page = served.page(browser, width=390)
    page.goto(f"{served.url}/datasets/ada/digits")
    page.get_by_role("link", name="New version").click()
    page.get_by_label("Leave out").fill("nothing/like/this")
    page.route("**/api/v1/uploads/*/files", lambda route: route.fulfill(status=422, json={"detail": "No such file."}))
    page.get_by_label("Choose files").set_input_files([tmp_path / "a.txt", tmp_path / "bad.txt"])
    expect(page.locator("[data-path='a.txt'] [role=alert]")).to_have_text("No such file.")
    expect(page.get_by_role("button", name="Make version 2")).to_be_disabled()
    page.unroute("**/api/v1/uploads/*/files")
    page.get_by_role("button", name="Take out: bad.txt").click()
    page.get_by_role("button", name="Try again: a.txt").press("Enter")
    expect(page.locator("[data-upload-summary]")).to_contain_text("1 of 1 files")

    page.get_by_role("button", name="Make version 2").click()
    expect(page.locator(".field-error")).to_contain_text("nothing/like/this")
    page.get_by_label("Leave out").fill("old")
    page.get_by_label("What is new?").fill("Less.")
    page.get_by_role("button", name="Make version 2").click()
    page.wait_for_url("**/datasets/ada/digits")
    assert content(served.platform) == {"README.md": b"# Digits", "a.txt": b"changed"}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_an_upload_is_discarded(served: Served, browser: Browser, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "one"})
    page = served.page(browser)
    page.goto(f"{served.url}/datasets/new")
    page.get_by_label("Choose files").set_input_files(tmp_path / "a.txt")
    expect(page.locator("[data-upload-summary]")).to_contain_text("1 of 1 files")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.locator("[data-upload-progress]")).to_be_hidden()
    assert served.platform.uploads.list_open(served.platform.actor("ada")) == ()
    assert [*served.platform.folder.uploads.iterdir()] == []
