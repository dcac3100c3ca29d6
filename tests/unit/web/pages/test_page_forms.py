import pytest

from openmo.core.errors import InvalidInput
from openmo.core.visibility import Visibility
from openmo.languages.language import CHINESE, ENGLISH
from openmo.web.pages.forms import chosen, field_errors, own_path, split_arguments

ELSEWHERE = [
    "//evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n//evil.example",
    "http:evil.example",
    "evil.example",
    "///evil.example/%2f..",
    "http://[",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_links_back_stay_on_this_site(address: str) -> None:
    assert own_path(address, otherwise="/home") == "/home"


def test_own_paths_keep_their_query() -> None:
    assert own_path("/datasets?q=a%20b") == "/datasets?q=a%20b"


def test_arguments_are_split_as_a_shell_splits_them() -> None:
    assert split_arguments("--epochs 30 --name 'two words' \"\"") == ("--epochs", "30", "--name", "two words", "")
    with pytest.raises(InvalidInput) as caught:
        split_arguments("--name 'open")
    assert caught.value.fields["field"] == "args"


def test_errors_stand_at_their_fields() -> None:
    assert field_errors(InvalidInput("Bad.", field="title"), ENGLISH) == {"title": "Bad."}
    assert field_errors(InvalidInput("Bad."), ENGLISH) == {"form": "Bad."}
    listed = InvalidInput("Two.", errors=[{"name": "a", "message": "A."}, {"field": "b", "why": "B."}, "odd"])
    assert field_errors(listed, ENGLISH) == {"a": "A.", "b": "B."}
    assert field_errors(InvalidInput("Choose one of the options.", field="kind"), CHINESE) == {
        "kind": "请从选项中选择。"
    }


def test_only_offered_options_are_taken() -> None:
    assert chosen(Visibility, "public", field="visibility") is Visibility.PUBLIC
    with pytest.raises(InvalidInput):
        chosen(Visibility, "everyone", field="visibility")
