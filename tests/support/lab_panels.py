"""JupyterLab's panels at the left."""

import contextlib

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout


def open_modules(lab: Page, name: str) -> Locator:
    """The panel of modules, which the page calls `name`, in sight."""
    panel = lab.get_by_role("region", name=name, exact=True)
    for _ in range(5):  # JupyterLab may show it by itself at the moment of the click, which then hides it
        if panel.is_visible():
            break
        lab.locator(".jp-SideBar [data-id=openmo-modules]").click()
        with contextlib.suppress(PlaywrightTimeout):
            panel.wait_for(timeout=10_000)
    panel.wait_for()
    return panel
