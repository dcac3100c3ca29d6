"""Sources of others are parsed within bounds."""

import ast

import pytest

from openmo.system.python_parsing import FREE_LENGTH, TooCostly, parse

LONG = "x = 1\n" * (FREE_LENGTH // 3)
"""Ordinary code of more than may be parsed at once."""


def test_what_is_parsed_is_what_python_parses() -> None:
    for text in ("x = 1", LONG, "x = '手'\n" * FREE_LENGTH):
        assert ast.dump(parse(text)) == ast.dump(ast.parse(text))
    assert isinstance(parse("[1, 2]", mode="eval").body, ast.List)
    assert isinstance(parse("[" + "1," * FREE_LENGTH + "]", mode="eval").body, ast.List)


@pytest.mark.parametrize("text", ["x = (", LONG + "x = (", "\0", LONG + "\0", "x = '\ud800'", LONG + "'\ud800'"])
def test_what_is_no_python_is_said_as_python_says_it(text: str) -> None:
    with pytest.raises((SyntaxError, ValueError)) as ours:
        parse(text)
    with pytest.raises((SyntaxError, ValueError)) as pythons:
        ast.parse(text)
    assert type(ours.value) is type(pythons.value)


def test_what_grows_with_the_square_of_its_length_is_refused() -> None:
    with pytest.raises(TooCostly):
        parse("x = f'" + "{a}" * 300_000 + "'")
