"""Problem details in the reader's language (RFC 9457, 3.1.3); programs go by `code`."""

from collections.abc import Callable, Mapping

from openmo.core.errors import OpenMoError
from openmo.core.messages import translated
from openmo.core.problems import problem
from openmo.core.text import whole
from openmo.languages.language import Language, translations


def problem_in(language: Language, error: OpenMoError) -> dict[str, object]:
    """The error as problem details, its sentences in that language."""
    return in_language(language, problem(error))


def in_language(language: Language, document: Mapping[str, object]) -> dict[str, object]:
    """The same problem details with their sentences in that language."""
    say = translations(language).gettext
    spoken = dict(document)
    for name in ("title", "detail"):
        spoken[name] = _spoken(document[name], say)
    if isinstance(errors := document.get("errors"), list | tuple):
        spoken["errors"] = [
            {name: _spoken(value, say if name == "message" else str) for name, value in each.items()} for each in errors
        ]
    return spoken


def _spoken(text: object, say: Callable[[str], str]) -> object:
    """Also what somebody sent and is told of: half a character would be no JSON that can be answered."""
    return whole(translated(text, say)) if isinstance(text, str) else text
