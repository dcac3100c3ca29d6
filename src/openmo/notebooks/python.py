"""Whether a text is Python, asked of Python itself without running it."""

import ast
from collections.abc import Sequence
from itertools import accumulate, islice


def compiles(text: str, *, top_level_await: bool = False) -> bool:
    """Whether `text` is a valid script; callers silence SyntaxWarning around many questions."""
    return problem(text, top_level_await=top_level_await) is None


def problem(text: str, *, top_level_await: bool = False) -> str | None:
    """What keeps `text` from being a valid script; None when nothing does."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if top_level_await else 0
    try:
        compile(text, "<cell>", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        return error.msg or "syntax error"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return str(error) or type(error).__name__
    return None


def all_compile(texts: Sequence[str]) -> bool:
    """Whether each text is a valid script of its own; several times faster than asking one by one.

    The texts are compiled as one, with a `pass` between them that no text can swallow: it is an error inside brackets,
    its first column ends every block, and inside a string its line would be missing from the compiled code.
    """
    if any(text.endswith("\\") for text in texts):
        return False
    try:
        code = compile("".join([f"pass\n{text}\n" for text in texts]), "<cells>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    lines = {line for _, _, line in code.co_lines()}
    fences = accumulate((text.count("\n") + 2 for text in texts), initial=1)
    return lines.issuperset(islice(fences, len(texts)))
