"""What the documentation of the code names is there."""

import re
from pathlib import Path

import pytest
from sources import ROOT

PAGES = [
    *(ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs" / "howto").glob("add-*.md")),
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
_TOPS = "src|sdk|lab|web-assets|ts-shared|tests|tools|docs|benchmarks|templates|examples|requirements"
_PATH = re.compile(rf"`((?:{_TOPS})/[\w./-]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def _named(page: Path) -> list[Path]:
    text = page.read_text()
    return [*(ROOT / name for name in _PATH.findall(text)), *(page.parent / name for name in _LINK.findall(text))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    assert [str(path) for path in _named(page) if not path.exists()] == []
