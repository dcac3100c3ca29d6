"""A Python source taken apart without running it: its syntax tree and the comments that the tree leaves out."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openmo.core.messages import message
from openmo.specs.errors import SpecError
from openmo.specs.values import MODULE_METHODS
from openmo.system.python_parsing import TooCostly, parse

MAX_SOURCE = 256 << 10
"""Characters: more is data, or a mistake, and whoever waits for a page would wait for it to be read."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A parsed file: `comments` by line, and for each line the last line of the logical line that it belongs to."""

    filename: str
    tree: ast.Module
    comments: Mapping[int, str]
    logical_ends: Mapping[int, int]

    def error(self, problem: str, node: ast.AST | None = None) -> SpecError:
        return SpecError(problem, file=self.filename, line=getattr(node, "lineno", None))


def parse_source(text: str, filename: str) -> Source:
    """The parts of `text`; raises SpecError for what is not Python, naming the line."""
    if len(text) > MAX_SOURCE:
        raise SpecError(
            message("the file has more than %(most)s KiB; keep data out of the source.", most=MAX_SOURCE >> 10),
            file=filename,
        )
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    try:
        tree = parse(text)
        comments, ends = _comments(text)
    except SyntaxError as error:
        raise SpecError(_mend(error), file=filename, line=error.lineno) from error
    except TooCostly as error:
        raise SpecError(
            "it takes longer than a second to read: split what is long, and keep data out of the source.", file=filename
        ) from error
    except (ValueError, RecursionError, MemoryError, OverflowError, tokenize.TokenError) as error:
        raise SpecError(
            message("this is not readable as Python (%(error)s).", error=str(error)), file=filename
        ) from error
    return Source(filename=filename, tree=tree, comments=comments, logical_ends=ends)


def _mend(error: SyntaxError) -> str:
    line = (error.text or "").strip()
    if line[:1] in ("!", "%") or line[:1] == "?" or line[-1:] == "?":
        return message(
            "%(line)s works in notebooks only; leave it out of the handler's cells or export the notebook first.",
            line=repr(line[:60]),
        )
    return message("syntax error: %(error)s. Correct this line and read again.", error=error.msg)


def _comments(text: str) -> tuple[dict[int, str], dict[int, int]]:
    comments: dict[int, str] = {}
    ends: dict[int, int] = {}
    first = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.string
        elif token.type == tokenize.NEWLINE:
            last = token.start[0]
            ends.update(dict.fromkeys(range(first or last, last + 1), last))
            first = None
        elif first is None and token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            first = token.start[0]
    return comments, ends


def top_level_statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run on import, those inside `if`, `try` and `with` included."""
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        if isinstance(statement, (ast.If, ast.Try, ast.With)):
            for block in ("finalbody", "orelse", "body"):
                stack.extend(reversed(getattr(statement, block, [])))


def functions_named(name: str, body: list[ast.stmt]) -> list[Function]:
    """Every definition of `name` among the statements that run on import; the last one is the one that counts."""
    found = top_level_statements(body)
    return [each for each in found if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name == name]


def methods_of(node: ast.ClassDef) -> dict[str, Function]:
    """The methods of a module that the class has, by name; of several the last one, which is the one that counts."""
    found = {name: functions_named(name, node.body) for name in MODULE_METHODS}
    return {name: each[-1] for name, each in found.items() if each}


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of the function's own body, inner functions and classes left out, in no promised order."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))
