"""What the templates and scripts say, and that they keep the content security policy."""

import re
from pathlib import Path

import pytest
from support.checkout import ROOT

from openmo.web.presentation.script_texts import SCRIPT_TEXTS

TEMPLATES = sorted((ROOT / "src" / "openmo" / "web" / "templates").rglob("*.html"))
SCRIPTS = sorted(path for name in ("web-assets", "ts-shared") for path in (ROOT / name / "src").rglob("*.ts"))


def test_every_text_of_the_scripts_is_offered_for_translation() -> None:
    said = {text for path in SCRIPTS for text in re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))}
    assert said == set(SCRIPT_TEXTS)


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
