"""Source code with colours, as classes that the theme defines."""

from markupsafe import Markup, escape
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

_COLOURED_MAX = 200_000
"""Characters: beyond that the colouring would take seconds, and the text is shown plain."""


def _lexer(*, language: str = "", filename: str = "") -> Lexer:
    try:
        return get_lexer_for_filename(filename) if filename else get_lexer_by_name(language or "text")
    except ClassNotFound:
        return TextLexer()


def highlight(text: str, *, language: str = "", filename: str = "") -> Markup:
    """The text as a `<pre>` with colours; the language by its name or by the file's name."""
    if len(text) > _COLOURED_MAX:
        return verbatim(text)
    formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
    coloured = pygments_highlight(text, _lexer(language=language, filename=filename), formatter)
    return Markup('<pre class="hl">{}</pre>').format(Markup(coloured))  # noqa: S704 (Pygments escapes text)


def verbatim(text: str) -> Markup:
    """The text as it is."""
    return Markup('<pre class="hl">{}</pre>').format(text)


def numbered(text: str, *, filename: str) -> Markup:
    """The text with colours beside its line numbers."""
    lines = text.count("\n") + (0 if text.endswith("\n") else 1)
    numbers = "\n".join(map(str, range(1, lines + 1)))
    return Markup(
        '<table role="presentation"><tr><td class="linenos" aria-hidden="true"><pre>{}</pre></td>'
        '<td class="code">{}</td></tr></table>'
    ).format(escape(numbers), highlight(text, filename=filename))
