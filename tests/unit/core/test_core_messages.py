"""Sentences that can be told again in another language."""

import json

from openmo.core.errors import InvalidInput
from openmo.core.messages import message, translated
from openmo.core.problems import problem

CHINESE = {
    "After %(last)s comes %(next)s.": "%(last)s 之后是 %(next)s。",
    "nothing": "没有",
    "Wrong: %(why)s": "错误：%(why)s",
}


def to_chinese(text: str) -> str:
    return CHINESE.get(text, text)


def test_a_sentence_is_a_plain_text_to_whoever_does_not_ask() -> None:
    error = InvalidInput(message("After %(last)s comes %(next)s.", last="1.0.0", next="100%"), field="version")
    assert str(error) == error.message == "After 1.0.0 comes 100%."
    assert json.loads(json.dumps(problem(error)))["detail"] == "After 1.0.0 comes 100%."


def test_it_is_told_in_another_language_with_the_same_values() -> None:
    sentence = message("After %(last)s comes %(next)s.", last="%(next)s", next="2")
    assert translated(sentence, to_chinese) == "%(next)s 之后是 2。"
    assert translated(message("Wrong: %(why)s", why=sentence), to_chinese) == "错误：%(next)s 之后是 2。"
    assert translated(message("Unknown to the catalogue: %(x)s", x=1), to_chinese) == "Unknown to the catalogue: 1"
    assert translated("nothing", to_chinese) == "没有"
    assert translated("", to_chinese) == ""
