"""The app's page asks for a token exactly where a call needs one."""

import pytest
from support.asgi import Client, cookie
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.apps.settings import SettingsChange
from openmo.core.visibility import Visibility


@pytest.mark.parametrize(
    ("access", "asks"), [("project", False), ("public", False), ("signed_in", True), ("private", True), ("link", True)]
)
def test_the_page_of_a_public_project(platform: Platform, access: str, asks: bool) -> None:
    project = platform.project("ada", "digits", files={"handler.py": HANDLER}, visibility=Visibility.PUBLIC)
    actor = platform.actor("ada")
    platform.apps.deploy(actor, project)
    platform.serving.change(actor, project, SettingsChange(access=access))
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    page = client.get("/projects/ada/digits/use", headers={**cookie(identity.token("bob")), "accept": "text/html"})
    assert page.status == 200
    assert ("/api/v1/projects/ada/digits/call-token" in page.text) is asks
    client.close()
