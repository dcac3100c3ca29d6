"""Turns a notebook into a script that does the same under plain Python."""

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openmo.notebooks.cells import CellConverter
from openmo.notebooks.helpers import HELPERS
from openmo.notebooks.magics import Needs
from openmo.notebooks.names import NamesBound
from openmo.notebooks.outcomes import Outcome
from openmo.notebooks.python import all_compile, compiles
from openmo.notebooks.reading import Cell, CellKind, read_cells

GENERATED_MARK = "# Made by OpenMo from a notebook; exporting the notebook again replaces this file."
_FUTURE = re.compile(r"^from __future__ import ([\w, ]+?)[ \t]*(?:#.*)?$", re.MULTILINE)
_DISPLAY = re.compile(r"(?<![\w.])display\s*\(")
_MAX_NAME = 200
_MARKERS = {CellKind.MARKDOWN: "# %% [markdown]", CellKind.RAW: "# %% [raw]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that the script says otherwise: the cell (counted from 1), the line as it was, and what was done."""

    cell: int
    line: str
    outcome: Outcome

    @property
    def what(self) -> str:
        return self.outcome.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A script made from a notebook, and every change that was made on the way."""

    source: str
    changes: tuple[Change, ...]


def export_notebook(notebook: Mapping[str, Any] | str, name: str) -> str:
    """The notebook (parsed, or the text of an .ipynb) as a script that runs under plain Python.

    `name` is what the script calls its notebook. Commands for the shell and for IPython become plain equivalents, or
    comments with the reason; so does a cell that is not Python. Raises NotebookError for what is no notebook.
    """
    return convert_notebook(notebook, name).source


def convert_notebook(notebook: Mapping[str, Any] | str, name: str) -> Export:
    """As `export_notebook`, with the list of what was changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of the author's "\d" belongs in the author's run
        return _convert(read_cells(notebook), name)


@dataclass(slots=True)
class _Part:
    """One cell of the script: its separator line and its text."""

    marker: str
    text: str
    is_code: bool


@dataclass(slots=True)
class _Draft:
    """A script in the making."""

    needs: Needs
    parts: list[_Part] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def is_python(self) -> bool:
        return all_compile([part.text for part in self.parts if part.is_code])


def _convert(cells: Sequence[Cell], name: str) -> Export:
    draft = _draft(cells, trusting=True)
    if not draft.is_python():
        draft = _draft(cells, trusting=False)
    parts = draft.parts
    futures = _hoist_futures(parts)
    body = _joined(parts)
    if ("__future__" in body or "global" in body) and not compiles(body):
        _comment_clashes(parts)
        body = _joined(parts)
    if "display" in body and _DISPLAY.search(body):
        draft.needs.helpers.add("display")
    return Export(source=_head(name, draft.needs, futures) + body, changes=tuple(draft.changes))


def _draft(cells: Sequence[Cell], *, trusting: bool) -> _Draft:
    sources = [cell.source for cell in cells if cell.kind is CellKind.CODE]
    converter = CellConverter(NamesBound(sources), trusting=trusting)
    draft = _Draft(needs=converter.needs)
    for number, (kind, source) in enumerate(cells, start=1):
        if kind is not CellKind.CODE:
            draft.parts.append(_Part(_MARKERS[kind], _comment(source), is_code=False))
        elif converted := converter.convert(source):
            draft.parts.append(_Part("# %%", converted.text, is_code=True))
            for line, outcome in converted.changes:
                draft.changes.append(Change(cell=number, line=line, outcome=outcome))
    return draft


def _joined(parts: list[_Part]) -> str:
    return "".join([f"\n\n{part.marker}\n{part.text}\n" for part in parts])


def _comment(text: str) -> str:
    """Markdown as comment lines; no character in it can end a comment but a line break."""
    text = text.strip("\n").replace("\0", "")
    return ("# " + text.replace("\n", "\n# ")).replace("# \n", "#\n").rstrip() if text else "#"


def _hoist_futures(parts: list[_Part]) -> list[str]:
    """Takes `from __future__` imports, which Python allows at the top only, out of the cells; returns their names."""
    names: dict[str, None] = {}
    for part in parts:
        if part.is_code and "__future__" in part.text and _FUTURE.search(part.text):
            text = _FUTURE.sub(lambda line: f"# {line[0]}  # moved to the top", part.text)
            if ast.dump(ast.parse(text)) == _without_futures(part.text):
                names.update(
                    (name.strip(), None) for line in _FUTURE.finditer(part.text) for name in line[1].split(",")
                )
                part.text = text
    return list(names)


def _without_futures(text: str) -> str:
    tree = ast.parse(text)
    tree.body = [each for each in tree.body if not (isinstance(each, ast.ImportFrom) and each.module == "__future__")]
    return ast.dump(tree)


def _comment_clashes(parts: list[_Part]) -> None:
    """Comments out the cells that are fine alone but clash with earlier ones (a late `global` or `from __future__`)."""
    for part in parts:
        if part.is_code and ("__future__" in part.text or "global" in part.text):
            part.text = "# Left out: it clashes with an earlier cell in one file.\n" + _comment(part.text)


def _head(name: str, needs: Needs, futures: list[str]) -> str:
    """The script's first lines; the mark and a blank line keep a cell's comment from being read as an encoding."""
    shown = "".join(each if each.isprintable() else "?" for each in name[:_MAX_NAME])
    sections = [f"{GENERATED_MARK}\n\n# Notebook: {shown}\n"]
    if futures:
        sections.append(f"from __future__ import {', '.join(futures)}\n")
    sections.extend(f"import {module}\n" for module in sorted(needs.modules))
    head = "\n".join(sections)
    return head + "".join(f"\n{text}" for helper, text in HELPERS.items() if helper in needs.helpers)
