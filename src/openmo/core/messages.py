"""Messages: sentences with values in them, which pages can show in the reader's language."""

from collections.abc import Callable, Mapping
from typing import Self


class Message(str):
    """An English sentence with its values filled in, which still knows the sentence and the values.

    To code that does not ask it is plain text: an error's message, a member of JSON, a line of a log.
    """

    __slots__ = ("sentence", "values")

    sentence: str
    values: Mapping[str, object]

    def __new__(cls, sentence: str, values: Mapping[str, object] | None = None) -> Self:
        """Without `values` the sentence is as it is, signs of per cent and all."""
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence = sentence
        made.values = values or {}
        return made


def message(sentence: str, /, **values: object) -> Message:
    """`message("After %(last)s, %(next)s would do.", last=…, next=…)`; catalogues hold the first argument."""
    return Message(sentence, values)


def as_message(text: str) -> Message:
    """The text as a message; one without values, where it is not a message yet."""
    return text if isinstance(text, Message) else Message(text)


def as_plain(text: str) -> dict[str, object]:
    """The message as JSON can carry it to another process, which shows it in its readers' languages."""
    found = as_message(text)
    values = {name: _plain(value) for name, value in found.values.items()}
    return {"sentence": found.sentence, "values": values}


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return as_plain(value)
    return value if type(value) in (str, int, float) else str(value)  # of paths, errors and the like the text alone


def from_plain(value: Mapping[str, object]) -> Message:
    """What `as_plain` made; raises LookupError, TypeError or ValueError for anything else."""
    values = value["values"]
    if not isinstance(values, Mapping):
        raise TypeError("a message's values have names")
    read = {str(name): from_plain(each) if isinstance(each, Mapping) else each for name, each in values.items()}
    return Message(str(value["sentence"]), read)


def translated(text: str, translate: Callable[[str], str]) -> str:
    """The text in the language of `translate`, with the same values; what no catalogue knows stays as it is."""
    if not text:
        return ""
    if not isinstance(text, Message):
        return translate(text)
    values = {
        name: translated(value, translate) if isinstance(value, Message) else value
        for name, value in text.values.items()
    }
    sentence = translate(text.sentence)
    return sentence % values if values else sentence
