"""What the templates and scripts say, and that they keep the content security policy."""

import re
from pathlib import Path

import pytest
from support.checkout import ROOT

from openmo.languages.language import CHINESE, SCRIPT_FLAG, script_texts
from tools.translations import all_texts

TEMPLATES = sorted((ROOT / "src" / "openmo" / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted(path for folder in ROOT.glob("*/src") for path in folder.rglob("*.ts"))


def test_every_text_of_the_scripts_is_offered_for_translation() -> None:
    written = {text for path in SCRIPTS for text in re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))}
    assert written
    assert written == {each.id for each in all_texts() if SCRIPT_FLAG in each.flags}
    assert written == script_texts(CHINESE).keys()


def test_scripts_mark_texts_with_t_and_a_plain_literal_alone() -> None:
    calls = [call for path in SCRIPTS for call in re.findall(r"(?<![\w.])t\(\s*(.)", path.read_text("utf-8"))]
    assert set(calls) <= {'"', "t"}  # the second is where t itself is defined


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"\sstyle=", text) == []
    assert re.findall(r"\son[a-z]+=", text) == []
    scripts = re.findall(r"<script([^>]*)>", text)
    assert [one for one in scripts if "src=" not in one and 'type="application/json"' not in one] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_changes_something_carries_the_token(path: Path) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text("utf-8"), re.DOTALL):
        assert "csrf()" in form or "csrf_token" in form


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_only_known_things_escape_the_escaping(path: Path) -> None:
    safe = re.findall(r"[^{}]*\|\s*safe", path.read_text("utf-8"))
    assert all("field.id" in one for one in safe)
