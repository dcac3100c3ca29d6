import pytest

from openmo.core.errors import InvalidInput
from openmo.core.references import Reference


def test_a_reference_names_owner_name_and_where_there_are_versions_one_of_them() -> None:
    assert Reference.parse(" ada/digits ") == Reference("ada", "digits")
    assert Reference.parse("ada/add", versioned=True) == Reference("ada", "add")
    assert Reference.parse("ada/add/1.0.0", versioned=True) == Reference("ada", "add", "1.0.0")


@pytest.mark.parametrize("text", ["", "ada", "ada/", "/digits", "ada//1.0.0", "ada/digits/", "a/b/c/d"])
@pytest.mark.parametrize("versioned", [False, True])
def test_what_has_another_shape_names_nothing(text: str, versioned: bool) -> None:
    with pytest.raises(InvalidInput):
        Reference.parse(text, field="dataset", versioned=versioned)


def test_a_version_of_what_has_none_to_choose_is_refused() -> None:
    """Else `openmo/iris/1` would quietly be the newest."""
    with pytest.raises(InvalidInput):
        Reference.parse("openmo/iris/1", field="dataset")
