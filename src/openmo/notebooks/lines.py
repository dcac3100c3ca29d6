"""Where statements begin: the one thing to know before a `!` or `%` can be taken for a command.

A line inside a string, inside brackets or after a backslash continues a statement, so nothing in it is a command.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<comment>\#.*)
    | (?P<triple>\"{3}|'{3})
    | (?P<string>"(?:\\.|[^"\\])*(?:"|\\?$)|'(?:\\.|[^'\\])*(?:'|\\?$))
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    """,
    re.VERBOSE,
)
_CLOSING = {'"""': re.compile(r'(?:\\.|[^"\\]|"(?!""))*"""'), "'''": re.compile(r"(?:\\.|[^'\\]|'(?!''))*'''")}
_COMMAND = re.compile(r"[ \t]*[!%]")


def statements(source: str) -> Iterator[str]:
    """The physical lines of `source`, those of one statement or one command joined by line breaks."""
    held: list[str] = []
    depth, quote, continued = 0, "", False
    for line in source.split("\n"):
        command = not held and _COMMAND.match(line) is not None
        if command or (continued and held and _COMMAND.match(held[0])):
            depth, quote = 0, ""
        else:
            depth, quote = _scan(line, depth, quote)
        continued = not quote and line.endswith("\\") and not line.endswith("\\\\")
        held.append(line)
        if depth <= 0 and not quote and not continued:
            yield "\n".join(held)
            held, depth = [], 0
    if held:
        yield "\n".join(held)


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """The bracket depth and the open triple quote ("" for none) at the end of `line`."""
    position = 0
    while True:
        if quote:
            closing = _CLOSING[quote].match(line, position)
            if closing is None:
                return depth, quote
            position, quote = closing.end(), ""
        token = _TOKEN.search(line, position)
        if token is None or token["comment"] is not None:
            return depth, quote
        position = token.end()
        if token["triple"]:
            quote = token["triple"]
        elif token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
