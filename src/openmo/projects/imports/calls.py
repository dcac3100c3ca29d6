"""Where a project's notebooks and scripts name a version of a module, and the same text with another version; pure.

Meant are texts of Python that are the identifier and nothing else (`predict('openmo/iris/1.0.0', conf)`), and the
comment that stands above inserted code (`# openmo/iris 1.0.0 · predict`). Everything else stays as it is, to the byte.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from openmo.core.references import Reference

_INDENT = re.compile(r"\{\r?\n( +)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChange:
    """A line that names another version."""

    cell: int | None
    """The number of the notebook's cell, from 1; None in a script."""
    line: int
    """From 1, in the cell or script."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A text with the new version, and what differs."""

    text: str
    changes: tuple[CallChange, ...]


class _Rewrite(Protocol):
    def __call__(self, text: str) -> str: ...


def change_script(text: str, before: Reference, after: Reference) -> Changed:
    """The source of a script with `after` where it names `before`."""
    rewrite = _rewrite(before, after)
    return Changed(rewrite(text), tuple(_changes(text, rewrite, cell=None)))


def change_notebook(text: str, before: Reference, after: Reference) -> Changed:
    """The text of an .ipynb with `after` where its code cells name `before`; raises ValueError for what is none.

    Outputs and Markdown cells stay: they tell what was.
    """
    try:
        document = json.loads(text)
        style = _style(text, document)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    cells = document.get("cells") if isinstance(document, dict) else None
    if not isinstance(cells, list):
        raise ValueError("no cells")  # noqa: TRY004 (what is wrong is the text)
    rewrite = _rewrite(before, after)
    changes: list[CallChange] = []
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            changes += _changes(_source(cell), rewrite, cell=number)
            cell["source"] = _rewritten(cell.get("source"), rewrite)
    return Changed(style(document) if changes else text, tuple(changes))


def _rewrite(before: Reference, after: Reference) -> _Rewrite:
    quoted = re.compile(rf"(?<=(['\"])){re.escape(str(before))}(?=\1)")
    name = re.escape(f"{before.owner}/{before.name}")
    headed = re.compile(rf"^([ \t]*#[ \t]*{name}[ \t]+){re.escape(before.version)}(?=[ \t\r]|$)", re.MULTILINE)

    def rewrite(text: str) -> str:
        return headed.sub(lambda found: found[1] + after.version, quoted.sub(lambda _: str(after), text))

    return rewrite


def _changes(source: str, rewrite: _Rewrite, *, cell: int | None) -> Iterator[CallChange]:
    for number, line in enumerate(source.split("\n"), start=1):
        changed = rewrite(line)
        if changed != line:
            yield CallChange(cell=cell, line=number, before=line.strip(), after=changed.strip())


def _source(cell: Mapping[str, object]) -> str:
    source = cell.get("source")
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _rewritten(source: object, rewrite: _Rewrite) -> object:
    if isinstance(source, list):
        return [rewrite(line) if isinstance(line, str) else line for line in source]
    return rewrite(source) if isinstance(source, str) else source


class _Style(Protocol):
    def __call__(self, document: object) -> str: ...


def _style(text: str, document: object) -> _Style:
    """How the file is laid out: that of its own text where it can be told, else as Jupyter writes notebooks."""
    found = _INDENT.match(text)
    indents = (len(found[1]) if found else None, 1)
    end = "\n" if text.endswith("\n") else ""
    for indent in indents:
        for ascii_only in (False, True):
            style = _styled(indent, end, ascii_only=ascii_only)
            if style(document) == text:
                return style
    as_jupyter = _styled(1, "\n", ascii_only=text.isascii())
    return as_jupyter if _is_whole(as_jupyter(document)) else _styled(1, "\n", ascii_only=True)


def _is_whole(text: str) -> bool:
    """Whether a file can hold it as it stands: half a character, which JSON can spell, is held as an escape alone."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _styled(indent: int | None, end: str, *, ascii_only: bool) -> _Style:
    def style(document: object) -> str:
        return json.dumps(document, indent=indent, ensure_ascii=ascii_only) + end

    return style
