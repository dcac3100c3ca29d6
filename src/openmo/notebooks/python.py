"""Whether a text is Python, asked of Python itself without running it."""

import ast


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
