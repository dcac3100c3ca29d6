"""The languages that OpenMo speaks, which one a reader wants, and the texts in it."""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_FOLDER = Path(__file__).resolve().with_name("locale")
SCRIPT_FLAG = "script"
"""Marks a text of the pages' scripts in a catalogue."""
LANGUAGE_COOKIE = "openmo-language"
_ACCEPT_MAX = 1000  # characters of an Accept-Language header that are looked at


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which every page and every error can be read."""

    tag: str
    """BCP 47, for `lang` attributes and cookies: `en`, `zh-CN`."""
    own_name: str
    """What its readers call it."""
    locale: Locale
    """Babel's name for it, for dates and numbers."""


ENGLISH = Language("en", "English", Locale("en"))
CHINESE = Language("zh-CN", "简体中文", Locale("zh", "CN", script="Hans"))
LANGUAGES = (ENGLISH, CHINESE)


def language_of(tag: str | None) -> Language | None:
    """The language with that tag (any Chinese is ours, any English too); None when we don't speak it."""
    primary = (tag or "").strip().lower().replace("_", "-").split("-")[0]
    return {"en": ENGLISH, "zh": CHINESE}.get(primary)


def choose_language(*, cookie: str | None = None, account: str | None = None, accept: str | None = None) -> Language:
    """The reader's language: what they chose here, then what their account says, then what their browser asks for."""
    for tag in (cookie, account):
        if found := language_of(tag):
            return found
    for tag in _accepted(accept or ""):
        if found := language_of(tag):
            return found
    return ENGLISH


def _accepted(header: str) -> list[str]:
    """Language tags of an Accept-Language header, the most wanted first; malformed weights count as 0.

    Babel's negotiate_locale begins behind this: it wants the tags in order and knows nothing of weights.
    """
    weighted: list[tuple[float, str]] = []
    for part in header[:_ACCEPT_MAX].split(","):
        tag, _, parameters = part.strip().partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            weight = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            weighted.append((weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The texts in that language, read from the catalogue's source, so that none can be stale; English needs none."""
    catalog = _catalog(language)
    if catalog is None:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def script_texts(language: Language) -> Mapping[str, str]:
    """What the pages' scripts say, in that language, by the English that stands in them; empty for English.

    The catalogue marks these texts: `tools/translations.py` finds them in the scripts' sources.
    """
    entries = _catalog(language) or ()
    return {str(each.id): str(each.string) for each in entries if SCRIPT_FLAG in each.flags and each.string}


@cache
def _catalog(language: Language) -> Catalog | None:
    path = LOCALE_FOLDER / f"{language.tag}.po"
    if not path.is_file():
        return None
    with path.open("rb") as source:
        return read_po(source, locale=language.locale)
