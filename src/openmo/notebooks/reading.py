"""The cells of a notebook, formats 1 to 4 alike."""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from openmo.core.messages import message
from openmo.notebooks.errors import NotebookError

MAX_NOTEBOOK = 100 << 20  # characters; larger files hold outputs that no export needs

_SURROGATES = re.compile("[\ud800-\udfff]")


class CellKind(StrEnum):
    """What a cell holds; headings of format 3 are markdown."""

    CODE = "code"
    MARKDOWN = "markdown"
    RAW = "raw"


class Cell(NamedTuple):
    """One cell: its kind, and its source with line feeds for line ends."""

    kind: CellKind
    source: str


def read_cells(notebook: Mapping[str, object] | str) -> list[Cell]:
    """The cells of `notebook` (parsed, or the text of an .ipynb) in order; raises NotebookError for anything else."""
    document = _parse(notebook) if isinstance(notebook, str) else notebook
    if not isinstance(document, Mapping):
        raise NotebookError("This is not a notebook: an .ipynb file holds one JSON object.")
    _check_language(document)
    old = document.get("nbformat") in (1, 2, 3) or "cells" not in document
    return [_cell(raw, number, old=old) for number, raw in enumerate(_raw_cells(document), start=1)]


def _parse(text: str) -> object:
    if len(text) > MAX_NOTEBOOK:
        raise NotebookError("The notebook is over 100 MB; clear its outputs (Edit > Clear All Outputs) and save it.")
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise NotebookError(message("This is not a notebook: not valid JSON (%(error)s).", error=str(error))) from error


def _check_language(document: Mapping[str, object]) -> None:
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping):
        return
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        values = metadata.get(place)
        language = values.get(key) if isinstance(values, Mapping) else None
        if isinstance(language, str) and language:
            if "python" not in language.lower():
                raise NotebookError(
                    message(
                        "This notebook is written in %(language)s; only Python can be exported.",
                        language=repr(language[:40]),
                    )
                )
            return


def _raw_cells(document: Mapping[str, object]) -> Iterator[object]:
    if "cells" in document:
        yield from _list(document["cells"], "cells")
        return
    if "worksheets" not in document:
        raise NotebookError("This is not a notebook: it has no `cells`.")
    for sheet in _list(document["worksheets"], "worksheets"):
        yield from _list(sheet.get("cells", []) if isinstance(sheet, Mapping) else None, "cells")


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise NotebookError(message("This is not a notebook: `%(name)s` must be a list.", name=name))
    return value


def _cell(raw: object, number: int, *, old: bool) -> Cell:
    if type(raw) is not dict and not isinstance(raw, Mapping):  # the first question is ten times faster
        raise NotebookError(message("Cell %(number)s is not an object.", number=number))
    kind = raw.get("cell_type")
    source = raw.get("source")
    if source is None:
        source = raw.get("input", raw.get("code", ""))
    if isinstance(source, list):
        try:
            source = _joined(source, old=old)
        except TypeError:
            source = None
    if not isinstance(source, str):
        raise NotebookError(
            message("Cell %(number)s has no readable text: `source` must be text or a list of lines.", number=number)
        )
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    if not source.isascii():
        source = _SURROGATES.sub("\ufffd", source)
    if kind == "code":
        return Cell(CellKind.CODE, source)
    if kind == "heading":
        level = raw.get("level")
        marks = "#" * level if isinstance(level, int) and 1 <= level <= 6 else "#"
        return Cell(CellKind.MARKDOWN, f"{marks} {source}")
    return Cell(CellKind.MARKDOWN if kind == "markdown" else CellKind.RAW, source)


def _joined(lines: list[str], *, old: bool) -> str:
    """One text; formats before 4 may hold lines without their ends, which is told by the first, as nbformat does."""
    lacks_ends = old and lines and isinstance(lines[0], str) and not lines[0].endswith(("\n", "\r"))
    return ("\n" if lacks_ends else "").join(lines)
