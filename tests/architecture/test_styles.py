"""The style sheets: one owner for each name."""

import re
from collections import defaultdict
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "web-assets" / "styles"
_CLASS = re.compile(r"^\.([\w-]+)\s*[{,]\s*$")


def test_no_class_is_styled_by_two_sheets() -> None:
    """The second would change what the first one draws, on pages that nobody looks at while writing it."""
    owners: dict[str, set[str]] = defaultdict(set)
    for sheet in STYLES.rglob("*.scss"):
        for line in sheet.read_text("utf-8").splitlines():  # what is nested is indented
            if found := _CLASS.match(line):
                owners[found[1]].add(str(sheet.relative_to(STYLES)))
    assert owners, "no sheet was read"
    assert {name: sheets for name, sheets in owners.items() if len(sheets) > 1} == {}
