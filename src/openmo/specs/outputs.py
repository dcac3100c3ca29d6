"""The outputs that a function returns: the keys of its dictionaries."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from openmo.core.messages import message
from openmo.specs.annotations import SILENCE, Annotation, merged, read_comment
from openmo.specs.source import Function, Source, own_nodes
from openmo.specs.warnings import SpecWarning, WarningKind

ERROR = "error"
"""The key under which handlers tell what went wrong, instead of their outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What a body returns, by key in order of appearance, the lines that speak of it, and what could not be told."""

    annotations: Mapping[str, Annotation]
    lines: frozenset[int]
    warnings: tuple[SpecWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    key: str
    first_line: int
    last_line: int
    position: tuple[int, int]


def read_outputs(source: Source, function: Function) -> Outputs:
    """The keys of all dictionaries that `function` returns or yields, written in place or held by a local name."""
    nodes = list(own_nodes(function))
    returned = [node for node in nodes if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None]
    held = _dictionaries_by_name(nodes)
    entries: list[_Entry] = []
    seen: set[str] = set()
    for node in returned:
        entries.extend(_entries(node.value, held, seen))
    if _reports_failures(returned, held):
        entries = [entry for entry in entries if entry.key != ERROR]
    entries.sort(key=lambda entry: entry.position)
    nothing = message("no output could be read: end the handler with `return {'name': value}`")
    warnings = () if entries else (SpecWarning(message=nothing, kind=WarningKind.NO_OUTPUT),)
    sharers = _keys_by_line(source, entries)
    annotations: dict[str, list[Annotation]] = {}
    for entry in entries:
        annotations.setdefault(entry.key, []).append(_annotation(source, entry, sharers))
    lines = frozenset(line for entry in entries for line in (entry.first_line, entry.last_line))
    ends = frozenset(source.logical_ends.get(line, line) for line in lines)
    return Outputs(
        annotations={key: merged(each) for key, each in annotations.items()}, lines=lines | ends, warnings=warnings
    )


def _reports_failures(returned: list[ast.Return | ast.Yield], held: Mapping[str, list[ast.AST]]) -> bool:
    """Whether `{"error": …}` is what comes instead of outputs, since other returns have outputs and no error."""
    keys = [{entry.key for entry in _entries(node.value, held, set())} for node in returned]
    return any(each and ERROR not in each for each in keys)


def _dictionaries_by_name(nodes: list[ast.AST]) -> dict[str, list[ast.AST]]:
    """What is assigned to each local name, and the keys stored into it (`result['k'] = v`)."""
    held: dict[str, list[ast.AST]] = {}
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and node.value is not None and isinstance(node.target, ast.Name):
            held.setdefault(node.target.id, []).append(node.value)
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name):
                held.setdefault(target.id, []).append(node.value)
            elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                held.setdefault(target.value.id, []).append(_Stored(target, node.value))
    return held


class _Stored(ast.AST):
    """`result['k'] = v`, seen as one entry of the dictionary `result`."""

    def __init__(self, target: ast.Subscript, value: ast.expr) -> None:
        super().__init__()
        self.target = target
        self.value = value


def _entries(node: ast.AST | None, held: Mapping[str, list[ast.AST]], seen: set[str]) -> Iterator[_Entry]:
    own: list[_Entry] = []
    parts: list[ast.AST] = []
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            own.extend(_entry(key, key, value) if key else ())
        parts.extend(value for key, value in zip(node.keys, node.values, strict=True) if key is None)
    elif isinstance(node, _Stored):
        own.extend(_entry(node.target.slice, node.target, node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        own.extend(_keyword_entry(keyword) for keyword in node.keywords if keyword.arg is not None)
        parts.extend([*node.args, *(keyword.value for keyword in node.keywords if keyword.arg is None)])
    elif isinstance(node, ast.Name) and node.id not in seen:
        seen.add(node.id)
        parts.extend(held.get(node.id, []))
    elif isinstance(node, (ast.IfExp, ast.BoolOp, ast.BinOp, ast.NamedExpr)):
        parts.extend(_parts(node))
    yield from own
    for part in parts:
        yield from _entries(part, held, seen)


def _keyword_entry(keyword: ast.keyword) -> _Entry:
    last_line = keyword.end_lineno or keyword.lineno
    position = (keyword.lineno, keyword.col_offset)
    return _Entry(key=keyword.arg or "", first_line=keyword.lineno, last_line=last_line, position=position)


def _parts(node: ast.IfExp | ast.BoolOp | ast.BinOp | ast.NamedExpr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.NamedExpr):
        return [node.value]
    return [node.left, node.right] if isinstance(node.op, ast.BitOr) else []


def _entry(key: ast.expr, start: ast.expr, value: ast.expr) -> Iterator[_Entry]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield _Entry(
            key=key.value,
            first_line=start.lineno,
            last_line=value.end_lineno or value.lineno,
            position=(start.lineno, start.col_offset),
        )


@dataclass(frozen=True, slots=True)
class _Sharers:
    """Which keys touch a physical line, and which end in the statement that ends on a line."""

    on_line: Mapping[int, set[str]]
    in_statement: Mapping[int, set[str]]


def _keys_by_line(source: Source, entries: list[_Entry]) -> _Sharers:
    on_line: dict[int, set[str]] = {}
    in_statement: dict[int, set[str]] = {}
    for entry in entries:
        on_line.setdefault(entry.first_line, set()).add(entry.key)
        on_line.setdefault(entry.last_line, set()).add(entry.key)
        end = source.logical_ends.get(entry.last_line, entry.last_line)
        in_statement.setdefault(end, set()).add(entry.key)
    return _Sharers(on_line, in_statement)


def _annotation(source: Source, entry: _Entry, sharers: _Sharers) -> Annotation:
    """The comment behind the entry's value, or at its key, or behind the closing bracket of a lone entry."""
    for line in (entry.last_line, entry.first_line):
        annotation = read_comment(source.comments.get(line, ""))
        if annotation.says_something:
            return replace(annotation, unsure=True) if len(sharers.on_line[line]) > 1 else annotation
    end = source.logical_ends.get(entry.last_line, entry.last_line)
    alone = sharers.in_statement[end] == {entry.key}
    return read_comment(source.comments.get(end, "")) if alone else SILENCE
