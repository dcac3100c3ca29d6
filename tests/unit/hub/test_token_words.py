"""The page of tokens says in people's words what JupyterHub's and our own notes stand for."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

import openmo.hub

TEMPLATES = Path(openmo.hub.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("note", "shown", "hidden"),
    [
        ("JupyterHub service openmo-web", ("The pages of this site", "本站页面"), "JupyterHub"),
        ("Server at /user/ada/digits-1x/", ("JupyterLab of the project", "digits-1x"), "/user/"),
        ("openmo command line", ("The command line on this machine", "本机的命令行"), "openmo"),
        ("Requested via token page", ("without a note", "未填写用途"), "Requested"),
        ("my <laptop>", ("my &lt;laptop&gt;",), "<laptop>"),
    ],
)
def test_notes_are_said_in_words(note: str, shown: tuple[str, ...], hidden: str) -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    page = environment.from_string('{% from "texts.html" import what_for %}{{ what_for(note) }}')
    text = page.render(note=note)
    assert [part for part in shown if part not in text] == []
    assert hidden not in text
