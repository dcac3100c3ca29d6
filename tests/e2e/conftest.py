"""One running OpenMo with its sample content, and a browser, for all end-to-end tests."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from support.browser import TIMEOUT_MS, chromium, chromium_path
from support.installation import Installation, shared_installation


@pytest.fixture(scope="session")
def openmo() -> Installation:
    return shared_installation()


@pytest.fixture
def browser() -> Iterator[Browser]:
    # For one test only: while Playwright's synchronous API is open, no other test of this process can run a loop.
    if chromium_path() is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium: `make test` installs it when it runs as root.")
        pytest.skip("No Chromium is installed.")
    with chromium() as opened:
        yield opened


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    opened.set_default_timeout(TIMEOUT_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def signed_in(page: Page, openmo: Installation) -> Page:
    """A page whose browser has signed in by the one-time link."""
    page.goto(str(openmo.status()["sign_in_link"]))
    page.wait_for_url("**/workspace")
    return page
