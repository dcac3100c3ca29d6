"""READMEs and files whose formatting would take minutes cost a second each, in a confined child, and pages go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openmo.sandbox.detect import detect_sandbox
from openmo.web.documents.process import FormattingProcess
from openmo.web.documents.renderer import DocumentRenderer
from openmo.web.documents.values import Document

COSTLY = {
    "nested quotes of Perl": "```perl\n" + "s{" * 40_000,
    "addresses without an end": "http://a." * 20_000,
    "open brackets": "[" * 200_000,
    "nested elements": "<div>" * 40_000,
}


@pytest.fixture
def formatter(tmp_path: Path) -> Iterator[FormattingProcess]:
    process = FormattingProcess(detect_sandbox(), tmp_path / "home")
    yield process
    process.close()


@pytest.mark.parametrize("name", COSTLY)
def test_what_would_take_minutes_is_shown_plainly(formatter: FormattingProcess, name: str) -> None:
    renderer = DocumentRenderer(formatter)
    shown = renderer.markdown(COSTLY[name])
    assert shown.html
    assert "<script" not in shown.html
    assert "<h1>After</h1>" in renderer.markdown("# After").html, "the next document has a child"


def test_a_killed_child_costs_no_document(formatter: FormattingProcess) -> None:
    assert formatter.format(Document(form="markdown", text="# One")) is not None
    assert formatter._child is not None
    formatter._child.kill()
    formatter._child.wait()
    # What the sandbox started dies a moment after it, so the next two may meet it alive, dying or dead.
    for text in ("Two", "Three"):
        found = formatter.format(Document(form="markdown", text=f"# {text}"))
        assert found is not None
        assert f"<h1>{text}</h1>" in found.html


def test_every_form_comes_back_as_it_was_made(formatter: FormattingProcess) -> None:
    renderer = DocumentRenderer(formatter)
    notebook = (
        '{"cells": [{"cell_type": "code", "source": "1", "outputs": [{"output_type": "stream", "text": "é\\ud800"}]}]}'
    )
    cells = renderer.notebook(notebook).cells
    assert cells is not None
    assert [output.kind for output in cells[0].outputs] == ["text"]
    assert renderer.notebook("no notebook").cells is None
    assert "linenos" in renderer.source("x = 1\n", name="a.py", numbered=True).html
