"""Pieces of a valid source replaced in place, so that the rest keeps its comments and its look."""

import ast
from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """A piece of the source, as `ast` counts (lines from 1, bytes of UTF-8 from 0), and what stands there instead."""

    line: int
    start: int
    end_line: int
    end: int
    text: str


def edit_of(node: ast.AST, text: str) -> Edit | None:
    """The edit that puts `text` where `node` is; None for a node that has no place of its own."""
    if not isinstance(node, (ast.stmt, ast.expr)) or node.end_lineno is None or node.end_col_offset is None:
        return None
    return Edit(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text)


def edited(source: str, edits: Iterable[Edit]) -> str:
    """The source with all edits made; they must not overlap."""
    lines = [line.encode() for line in source.split("\n")]
    for edit in sorted(edits, reverse=True):
        first, last = lines[edit.line - 1], lines[edit.end_line - 1]
        lines[edit.line - 1 : edit.end_line] = [first[: edit.start] + edit.text.encode() + last[edit.end :]]
    return b"\n".join(lines).decode("utf-8", "replace")
