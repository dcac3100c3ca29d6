"""The inputs that a function's body reads from its one mapping parameter (`conf` by custom)."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from openmo.core.messages import message
from openmo.specs.annotations import MISSING, SILENCE, Annotation, literal, merged, read_comment, type_of_value
from openmo.specs.source import Function, Source

_DOCSTRING_LINE = (
    r"""\s*{name}\s*\[\s*(?P<quote>['"])(?P<key>.+?)(?P=quote)\s*\]\s*(?P<rest>(?:=[^#＃]*)?)(?P<comment>[#＃].*)?"""
)
_BEHIND_ALL = 1 << 31
_MAX_DOCSTRING_LINE = 2000  # the pattern's cost grows with the square of a hostile line
_READING_METHODS = ("get", "pop", "setdefault")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where the source names a key of the mapping; `line` is the physical line where the expression ends."""

    key: str
    position: tuple[int, int]
    line: int
    annotation: Annotation = SILENCE
    stores: bool = False
    tests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a body reads, by key in order of appearance, and what could not be told from the source."""

    annotations: Mapping[str, Annotation]
    problems: tuple[str, ...] = ()


def read_inputs(source: Source, function: Function, mapping: str, output_lines: frozenset[int]) -> Inputs:
    """The keys that `function` reads from its parameter `mapping`, in its docstring or its code.

    On `output_lines` a comment speaks of an output first; it is taken for an input only where nothing better is said.
    """
    uses = list(_docstring_uses(function, mapping))
    code, problems = _code_uses(function, mapping)
    uses.extend(_with_comments(source, code, output_lines))
    uses.sort(key=lambda use: use.position)
    by_key: dict[str, list[Use]] = {}
    for use in uses:
        by_key.setdefault(use.key, []).append(use)
    found = {key: _one_input(own) for key, own in by_key.items() if _is_input(own)}
    return Inputs(annotations=found, problems=tuple(problems))


def _is_input(uses: list[Use]) -> bool:
    """A key that the handler sets before it ever looks at it is the handler's own."""
    first = uses[0]
    return not first.stores and any(not use.stores and not use.tests for use in uses)


def _one_input(uses: list[Use]) -> Annotation:
    sure = [use.annotation for use in uses if not use.annotation.unsure]
    annotation = merged(sure)
    if annotation.value_type is None:
        annotation = merged([annotation, *(use.annotation for use in uses if use.annotation.unsure)])
    if any(use.tests for use in uses):
        annotation = replace(annotation, optional=True)
    return annotation


def _docstring_uses(function: Function, mapping: str) -> Iterator[Use]:
    """Lines such as `conf['photo'] = value # value_type: img` in the docstring."""
    body = function.body
    documented = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    text = ast.get_docstring(function, clean=False) if documented else None
    pattern = re.compile(_DOCSTRING_LINE.format(name=re.escape(mapping)))
    for offset, line in enumerate((text or "").split("\n")):
        match = pattern.fullmatch(line) if len(line) <= _MAX_DOCSTRING_LINE else None
        if match and (match["rest"] or match["comment"]):
            at = body[0].lineno
            yield Use(key=match["key"], position=(at, offset), line=at, annotation=read_comment(match["comment"] or ""))


def _code_uses(function: Function, mapping: str) -> tuple[list[Use], list[str]]:
    uses: list[Use] = []
    problems: list[str] = []
    always_run = {id(node) for each in function.body if isinstance(each, ast.Assign) for node in ast.walk(each)}
    for node in _nodes_that_see(function, mapping):
        if isinstance(node, ast.Subscript) and _is_name(node.value, mapping):
            key = _text(node.slice)
            if key is not None:
                stores = isinstance(node.ctx, ast.Store)
                tests = isinstance(node.ctx, ast.Del) or (stores and id(node) not in always_run)
                uses.append(_use(key, node, stores=stores and not tests, tests=tests))
            elif isinstance(node.ctx, ast.Load):
                problems.append(
                    message(
                        "line %(line)s reads %(name)s by a computed key, which cannot be declared from the source",
                        line=node.lineno,
                        name=mapping,
                    )
                )
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
            key = _text(node.target.slice)
            if key is not None and _is_name(node.target.value, mapping):
                uses.append(_use(key, node.target))
        elif isinstance(node, ast.Call):
            uses.extend(_method_use(node, mapping))
        elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            key = _text(node.left)
            if key is not None and _is_name(node.comparators[0], mapping):
                uses.append(_use(key, node, tests=True))
    return uses, problems


def _method_use(call: ast.Call, mapping: str) -> Iterator[Use]:
    """`conf.get('c', 3)` and its like: the input may be left out, and a plain second argument is its default."""
    method = call.func
    if not (isinstance(method, ast.Attribute) and _is_name(method.value, mapping) and call.args):
        return
    key = _text(call.args[0])
    if key is None or method.attr not in _READING_METHODS:
        return
    default = literal(call.args[1]) if len(call.args) > 1 else MISSING
    if default is None:
        default = MISSING  # `get(k, None)` says no more than `get(k)`
    mandatory = method.attr == "pop" and len(call.args) == 1
    yield _use(
        key,
        call,
        annotation=Annotation(
            optional=None if mandatory else True,
            default_value=default,
            guessed_type=None if default is MISSING else type_of_value(default),
        ),
    )


def _nodes_that_see(function: Function, mapping: str) -> Iterator[ast.AST]:
    """The nodes of the body, inner functions included, except those whose own parameter hides `mapping`."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        inner = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if not (inner and mapping in _parameter_names(node)):
            stack.extend(ast.iter_child_nodes(node))


def _parameter_names(node: ast.AST) -> set[str]:
    arguments = getattr(node, "args", None)
    return {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)} if arguments else set()


def _with_comments(source: Source, uses: list[Use], output_lines: frozenset[int]) -> Iterator[Use]:
    """The uses with what the comment on their line, or else at the end of their statement, says."""
    keys_on_line: dict[int, set[str]] = {}
    for use in uses:
        keys_on_line.setdefault(use.line, set()).add(use.key)
    for use in uses:
        annotation, sharers = read_comment(source.comments.get(use.line, "")), keys_on_line[use.line]
        end = source.logical_ends.get(use.line, use.line)
        comment_line = use.line
        if not annotation.says_something and end not in keys_on_line:
            annotation, comment_line = read_comment(source.comments.get(end, "")), end
        if annotation.says_something and (len(sharers) > 1 or comment_line in output_lines):
            annotation = replace(annotation, unsure=True)
        # An assignment stores after its whole right side is read, so it sorts behind its statement.
        position = (end, _BEHIND_ALL) if use.stores else use.position
        yield replace(use, position=position, annotation=annotation.or_else(use.annotation))


def _use(
    key: str, node: ast.expr, *, annotation: Annotation = SILENCE, stores: bool = False, tests: bool = False
) -> Use:
    position = (node.lineno, node.col_offset)
    line = node.end_lineno or node.lineno
    return Use(key=key, position=position, line=line, annotation=annotation, stores=stores, tests=tests)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
