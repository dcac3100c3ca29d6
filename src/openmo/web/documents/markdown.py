"""Markdown that users wrote, as HTML that is safe on our origin."""

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from openmo.web.documents.source import highlight

_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "del", "details", "div", "dd", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"class"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_SYNTAX_CLASS = re.compile(r"[a-z][a-z0-9]{0,2}")  # Pygments' short names; a class of the shell is longer
_MAX_CHARACTERS = 400_000


def _colour(code: str, language: str, _attributes: str) -> str:
    return str(highlight(code, language=language)) if language else ""


def _align(state: StateCore) -> None:
    """Says by attribute how table cells align: the parser's inline styles are forbidden on our pages."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrSet("align", str(style).rpartition(":")[2])


def _parser(options: dict[str, object]) -> MarkdownIt:
    parser = MarkdownIt("gfm-like", {"html": True, **options})
    parser.core.ruler.push("align", _align)
    return parser


_PARSER = _parser({"linkify": True, "highlight": _colour})
_PLAIN_PARSER = _parser({"linkify": False})


def _attribute(tag: str, attribute: str, value: str) -> str | None:
    """Keeps the classes of coloured code alone: with a class of the shell a README could imitate the page."""
    if attribute != "class":
        return value
    kept = [name for name in value.split() if (name == "hl" if tag == "pre" else _SYNTAX_CLASS.fullmatch(name))]
    return " ".join(kept) or None


def sanitise(html: str) -> Markup:
    """HTML with what could act removed: scripts, styles, forms, frames, event handlers, foreign schemes, ids."""
    return Markup(  # noqa: S704 (nh3's output is the point of this function)
        nh3.clean(
            html,
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            attribute_filter=_attribute,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow ugc",
            strip_comments=True,
        )
    )


def render_markdown(text: str, *, plain: bool = False) -> Markup:
    """A README as safe HTML: GitHub-flavoured, at most 400,000 characters of it.

    Unless `plain`, code is coloured and bare addresses are links; both can take time quadratic in the text's length.
    """
    return sanitise((_PLAIN_PARSER if plain else _PARSER).render(text[:_MAX_CHARACTERS]))
