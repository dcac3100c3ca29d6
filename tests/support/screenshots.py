"""Pictures of what a browser test ends with, for people to look at."""

import os
from pathlib import Path

from playwright.sync_api import Page


def keep_picture(page: Page, name: str) -> None:
    """In the folder that `SCREENSHOTS` names; nothing where it names none."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"e2e-{name}.png")
