"""Who may call is asked of the table once for each state of a release, and never once too few."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from support.served_apps import make_release

from openmo.core.errors import NotFound, NotSignedIn
from openmo.gateway.access import Access
from openmo.serving.directory import AppAccess, AppSuspended

_STRANGER = {"type": "http", "headers": []}


def test_what_was_open_is_refused_as_soon_as_its_owner_closes_it(tmp_path: Path) -> None:
    access, release = Access(None), make_release(tmp_path, "def handle(conf): ...")
    for _ in range(2):
        assert asyncio.run(access.check(_STRANGER, release)) is None
    with pytest.raises(NotFound):
        asyncio.run(access.check(_STRANGER, replace(release, access=AppAccess.PRIVATE)))
    with pytest.raises(NotSignedIn):
        asyncio.run(access.check(_STRANGER, replace(release, access=AppAccess.SIGNED_IN)))
    with pytest.raises(NotFound):
        asyncio.run(access.check(_STRANGER, replace(release, channel="dev")))
    with pytest.raises(AppSuspended):
        asyncio.run(access.check(_STRANGER, replace(release, suspended=True)))
    assert asyncio.run(access.check(_STRANGER, release)) is None


def test_what_was_closed_opens_to_those_who_bring_its_link(tmp_path: Path) -> None:
    access, release = (
        Access(None),
        make_release(tmp_path, "def handle(conf): ...", access=AppAccess.LINK, link="s3cret"),
    )
    for _ in range(2):
        with pytest.raises(NotFound):
            asyncio.run(access.check(_STRANGER, release, "another"))
        assert asyncio.run(access.check(_STRANGER, release, "s3cret")) is None
