"""Problem details in the reader's language (RFC 9457, 3.1.3); programs go by `code`."""

from collections.abc import Mapping
from typing import Any

from openmo.core.errors import OpenMoError
from openmo.core.messages import translated
from openmo.core.problems import problem
from openmo.languages.language import Language, translations


def problem_in(language: Language, error: OpenMoError) -> dict[str, Any]:
    """The error as problem details, its sentences in that language."""
    return in_language(language, problem(error))


def in_language(language: Language, document: Mapping[str, Any]) -> dict[str, Any]:
    """The same problem details with their sentences in that language."""
    say = translations(language).gettext
    spoken = {**document, "title": translated(document["title"], say), "detail": translated(document["detail"], say)}
    if "errors" in document:
        spoken["errors"] = [
            {**each, "message": translated(each.get("message", ""), say)} for each in document["errors"]
        ]
    return spoken
