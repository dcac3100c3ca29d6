"""A project whose modules run in processes of their own."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openmo_sdk import Client, Module
from openmo_sdk.calls import remote
from support.module_calls import add_echo


@pytest.fixture
def echo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Module]:
    """`ann/echo`, in a process of its own; the project is the working directory."""
    monkeypatch.chdir(tmp_path)
    yield Client().module(add_echo(tmp_path), environment=sys.executable)
    remote.close_all()
