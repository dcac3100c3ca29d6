"""Signing in as a person does: open the link, press its button."""

import re

import httpx


def sign_in(browser: httpx.Client, link: str, next_url: str = "/projects") -> str:
    """Where the sign-in leads; the browser holds its cookies."""
    page = browser.get(f"{link}&next={next_url}").text
    fields = {name: _field(page, name) for name in ("_xsrf", "key", "next")}
    headers = {"Origin": str(browser.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    answer = browser.post("/hub/sign-in", data=fields, headers=headers)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found, f"no field {name} in the page"
    return found[1]
