"""Turns a notebook into a script that does the same under plain Python."""

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from openmo.core.messages import message
from openmo.notebooks.cells import CellConverter
from openmo.notebooks.displays import calls_display
from openmo.notebooks.edits import edit_of, edited
from openmo.notebooks.errors import NotebookError
from openmo.notebooks.helpers import helpers_for
from openmo.notebooks.names import NamesBound
from openmo.notebooks.needs import Needs
from openmo.notebooks.outcomes import Outcome
from openmo.notebooks.python import all_compile, compiles
from openmo.notebooks.reading import Cell, CellKind, read_cells
from openmo.notebooks.results import Results, reads_results

GENERATED_MARK = "# Made by OpenMo from a notebook; exporting the notebook again replaces this file."
DEEP = message("A cell of the notebook is nested too deeply, such as thousands of commands in one another: split it.")
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


def export_notebook(notebook: Mapping[str, object] | str, name: str, *, shows_results: bool = False) -> str:
    """The notebook (parsed, or the text of an .ipynb) as a script that runs under plain Python.

    `name` is what the script calls its notebook. Commands for the shell and for IPython become plain equivalents, or
    comments with the reason; so does a cell that is not Python. With `shows_results` it prints the value of a cell's
    last line, as the notebook does. Raises NotebookError for what is no notebook.
    """
    return convert_notebook(notebook, name, shows_results=shows_results).source


def convert_notebook(notebook: Mapping[str, object] | str, name: str, *, shows_results: bool = False) -> Export:
    """As `export_notebook`, with the list of what was changed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Python thinks of the author's "\d" belongs in the author's run
        try:
            return _convert(read_cells(notebook), name, shows_results=shows_results)
        except RecursionError as error:
            raise NotebookError(DEEP) from error


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


def _convert(cells: Sequence[Cell], name: str, *, shows_results: bool) -> Export:
    sources = [cell.source for cell in cells if cell.kind is CellKind.CODE]
    results = Results.of(kept=reads_results(sources), shown=shows_results)
    draft = _draft(cells, NamesBound(sources), results, trusting=True)
    if not draft.is_python():
        draft = _draft(cells, NamesBound(sources), results, trusting=False)
    parts = draft.parts
    body = _joined(parts)
    if "global" in body and not compiles(body):
        _drop_globals(parts)
        body = _joined(parts)
    if calls_display(body):
        draft.needs.helpers.add("display")
    return Export(source=_head(name, draft.needs) + body, changes=tuple(draft.changes))


def _draft(cells: Sequence[Cell], knows: NamesBound, results: Results, *, trusting: bool) -> _Draft:
    converter = CellConverter(Needs(knows=knows), trusting=trusting, results=results)
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


def _drop_globals(parts: list[_Part]) -> None:
    """Takes `global x` out of where all names are global: no word there, but an error behind the name's first use."""
    for part in parts:
        if part.is_code and "global" in part.text and compiles(part.text):
            edits = [edit_of(node, "pass") for node in _outside_functions(ast.parse(part.text))]
            part.text = edited(part.text, [edit for edit in edits if edit])


def _outside_functions(node: ast.AST) -> Iterator[ast.Global]:
    if isinstance(node, ast.Global):
        yield node
    elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)


def _head(name: str, needs: Needs) -> str:
    """The script's first lines; the mark and a blank line keep a cell's comment from being read as an encoding."""
    shown = "".join(each if each.isprintable() else "?" for each in name[:_MAX_NAME])
    sections = [f"{GENERATED_MARK}\n\n# Notebook: {shown}\n"]
    if needs.futures:
        sections.append(f"from __future__ import {', '.join(needs.futures)}\n")
    sections.extend(f"import {module}\n" for module in sorted(needs.modules))
    return "\n".join(sections) + "".join(f"\n{text}" for text in helpers_for(needs.helpers))
