"""What forms send, and what is wrong with it."""

import shlex
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from fastapi.responses import RedirectResponse

from openmo.core.errors import InvalidInput, OpenMoError
from openmo.core.messages import translated
from openmo.languages.language import Language, translations

Option = TypeVar("Option", bound=StrEnum)


def field_errors(error: OpenMoError, language: Language) -> dict[str, str]:
    """The error's messages by the field that they are about; under `form` what is about none."""
    say = translations(language).gettext
    found: dict[str, str] = {}
    for entry in error.wrong:
        name = entry.get("field") or entry.get("name") or "form"
        found[name] = translated(entry.get("message") or entry.get("why") or error.message, say)
    if not found:
        found[str(error.fields.get("field") or "form")] = translated(error.message, say)
    return found


def go(address: str) -> RedirectResponse:
    """To that page, by GET, after a form has done its work."""
    return RedirectResponse(address, status_code=303)


def own_path(address: str, *, otherwise: str = "/") -> str:
    """`address` when it is a path on this site, else `otherwise`: links must not lead elsewhere through us."""
    printable = address.isprintable() and "\\" not in address
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    local = address.startswith("/") and not address.startswith("//") and not parts.scheme and not parts.netloc
    return address if printable and local else otherwise


def split_arguments(text: str) -> tuple[str, ...]:
    """A command line as a shell splits it; raises InvalidInput for an open quote."""
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise InvalidInput("A quotation mark in the arguments is never closed.", field="args") from error


def chosen(options: type[Option], value: str, *, field: str) -> Option:
    """The option of that value; raises InvalidInput for what the form does not offer."""
    try:
        return options(value)
    except ValueError as error:
        raise InvalidInput("Choose one of the options.", field=field) from error
