"""Stored cross-site scripting: READMEs, notebooks, file names and data blocks."""

import json
import re
from html.parser import HTMLParser

import pytest

from openmo.web.documents.markdown import render_markdown
from openmo.web.documents.notebook import notebook_cells
from openmo.web.documents.source import highlight, numbered
from openmo.web.pages.rendering import data_json

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></ScRiPt>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa\tScript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "[x](javascript:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x><base href=//evil.example>",
    "<form action=//evil.example><button formaction=//evil.example>x</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>*{display:none}</style><p style='position:fixed'>x</p>",
    "<div hx-get='/api/v1/projects' hx-trigger=load data-hx-post=/x>x</div>",
    "<form data-confirm=x></form><p data-job='//evil.example'>x</p>",
    '<span class="topbar dialog">x</span><div class="page">x</div>',
    "<p id=content name=csrf-token>x</p>",
    "```html\n<script>alert(1)</script>\n```",
    "```<img/src=x onerror=alert(1)>\nx\n```",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<template><script>alert(1)</script></template>",
    "<details open ontoggle=alert(1)>x</details>",
    "https://evil.example/<script>alert(1)</script>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
]
TAGS = {
    "script", "style", "iframe", "object", "embed", "base", "form", "input", "button", "meta", "link", "svg", "math",
    "template", "noscript", "textarea", "select", "video", "audio",
}  # fmt: skip
SCHEMES = ("http://", "https://", "mailto:", "/", "#")


class Witness(HTMLParser):
    """Notes every element and attribute that a browser would build."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def check(html: str) -> None:
    seen = Witness(html)
    assert not seen.tags & TAGS
    for name, value in seen.attributes:
        assert not name.startswith(("on", "hx-", "data-", "form"))
        assert name not in ("style", "id", "srcdoc", "name", "action")
        if name in ("href", "src") and ":" in value:
            assert value.lower().startswith(SCHEMES)
        if name == "class":
            assert all(re.fullmatch(r"hl|[a-z][a-z0-9]{0,2}", word) for word in value.split())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_readme_can_act(payload: str) -> None:
    check(render_markdown(payload))
    check(render_markdown(f"| a |\n| - |\n| {payload} |\n\n> {payload}\n\n- {payload}"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_a_notebook_can_act(payload: str) -> None:
    outputs = [
        {"output_type": "display_data", "data": {"text/html": payload, "image/svg+xml": payload}},
        {"output_type": "display_data", "data": {"application/javascript": payload, "text/plain": payload}},
        {"output_type": "display_data", "data": {"image/png": f'" onerror="{payload}'}},
    ]
    cells = notebook_cells(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "markdown", "source": payload},
                    {"cell_type": "raw", "source": payload},
                    {"cell_type": "code", "source": payload, "outputs": outputs},
                ]
            }
        )
    )
    assert cells is not None
    for cell in cells:
        check(cell.html)
    assert [output.kind for output in cells[2].outputs] == ["text", "image"]  # HTML, SVG and scripts are never shown


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", ["a.py", "a.html", "a.md", "a.<script>", ""])
def test_source_is_text(payload: str, name: str) -> None:
    for html in (highlight(payload, filename=name), numbered(payload, filename=name or "x")):
        assert Witness(html).tags <= {"pre", "span", "table", "tr", "td"}


def test_a_data_block_cannot_be_ended_from_inside() -> None:
    value = {"name": "</script><script>alert(1)</script>", "other": "<!-- & \u2028"}
    text = str(data_json(value))
    assert "<" not in text
    assert json.loads(text) == value


def test_links_of_users_give_nothing_away() -> None:
    assert 'rel="noopener noreferrer nofollow ugc"' in render_markdown("[x](https://example.org)")


def test_a_huge_readme_and_a_deep_one_are_rendered_in_bounded_work() -> None:
    assert len(render_markdown("a" * 10_000_000)) < 1_000_000
    check(render_markdown(">" * 5_000 + "x"))
    check(render_markdown("[" * 5_000 + "](x)" * 10))
