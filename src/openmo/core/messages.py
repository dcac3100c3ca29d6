"""Sentences with values in them, which pages can show in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Any, Self


class Said(str):
    """An English sentence with its values filled in, which still knows the sentence and the values.

    To whoever does not ask it is a plain text: an error's message, a member of JSON, a line of a log.
    """

    __slots__ = ("sentence", "values")

    sentence: str
    values: Mapping[str, Any]

    def __new__(cls, sentence: str, values: Mapping[str, Any] | None = None) -> Self:
        """Without `values` the sentence is as it is, signs of per cent and all."""
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence = sentence
        made.values = values or {}
        return made


def said(sentence: str, /, **values: Any) -> Said:
    """`said("After %(last)s, %(next)s would do.", last=…, next=…)`; the catalogues are made from the first argument."""
    return Said(sentence, values)


def translated(text: str, translate: Callable[[str], str]) -> str:
    """The text in the language of `translate`, with the same values; what no catalogue knows stays as it is."""
    if not text:
        return ""
    if not isinstance(text, Said):
        return translate(text)
    values = {
        name: translated(value, translate) if isinstance(value, Said) else value for name, value in text.values.items()
    }
    sentence = translate(text.sentence)
    return sentence % values if values else sentence
