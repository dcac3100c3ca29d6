"""Command texts with Python values in them (`echo {name} $path`), written as Python expressions."""

import ast
import builtins
import re
import string
from collections.abc import Callable

_DOLLAR = re.compile(r"\$(?P<double>\$?)(?P<name>[^\W\d][\w.]*)(?=(?:[^']*'[^']*')*[^']*$)")
_SIMPLE = re.compile(r"[\w.\[\]()+*/ -]+")
_BUILTINS = frozenset(dir(builtins))
_MAX_COMMAND = 10_000  # longer commands are taken as they are: the dollar pattern looks ahead to the end each time

Knows = Callable[[str], bool]


def literal(text: str) -> str:
    """The text as a Python string literal, in double quotes where that reads well."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text else plain


def command_expression(command: str, knows: Knows) -> str:
    """A Python expression whose value is `command` with its `{expression}` and `$name` parts filled in.

    As in IPython: a name that Python does not know (by `knows`) is left to the shell, and when any `{...}` is no Python
    expression, as in `awk '{print $1}'`, the whole command stays as it is.
    """
    if len(command) > _MAX_COMMAND or not ("{" in command or "}" in command or "$" in command):
        return literal(command)
    parts = _parts(command, knows)
    if parts is None:
        return literal(command)
    if not any(expression for _, expression, _ in parts):
        return literal("".join(text for text, _, _ in parts))
    if all(_SIMPLE.fullmatch(expression) for _, expression, _ in parts if expression):
        template = "".join(_braced(text) + (f"{{{expr}{how}}}" if expr else "") for text, expr, how in parts)
        return "f" + literal(template)
    template = "".join(_braced(text) + (f"{{{how}}}" if expr else "") for text, expr, how in parts)
    values = ", ".join(f"({expr})" for _, expr, _ in parts if expr)
    return f"{literal(template)}.format({values})"


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _parts(command: str, knows: Knows) -> list[tuple[str, str, str]] | None:
    """(text before, expression or "", conversion and format) for each part; None when the command is no template."""
    parts: list[tuple[str, str, str]] = []
    try:
        fields = list(string.Formatter().parse(command))
    except ValueError:
        return None
    for text, between, style, conversion in fields:
        parts.extend(_dollars(text, knows))
        if between is None:
            continue
        expression = between.strip()
        if not _is_expression(expression, knows) or "{" in (style or "") or conversion not in (None, "r", "s", "a"):
            return None
        how = (f"!{conversion}" if conversion else "") + (f":{style}" if style else "")
        parts.append(("", expression, how))
    return parts


def _is_expression(text: str, knows: Knows) -> bool:
    try:
        tree = ast.parse(f"({text})", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    whole = text and "#" not in text and "\n" not in text and not isinstance(tree.body, (ast.Yield, ast.YieldFrom))
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return bool(whole) and all(knows(name.id) or name.id in _BUILTINS for name in names)


def _dollars(text: str, knows: Knows) -> list[tuple[str, str, str]]:
    parts: list[tuple[str, str, str]] = []
    done = 0
    pending = ""
    for match in _DOLLAR.finditer(text):
        pending += text[done : match.start()]
        done = match.end()
        name = match["name"].rstrip(".")
        rest = match["name"][len(name) :]
        if match["double"]:
            pending += f"${match['name']}"
        elif knows(name.partition(".")[0]) and _is_expression(name, knows):
            parts.append((pending, "", ""))
            parts.append(("", name, ""))
            pending = rest
        else:
            pending += match[0]
    return [*parts, (pending + text[done:], "", "")]
