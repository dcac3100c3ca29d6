"""The one form of errors."""

import pytest
from openmo_lab.problems import FileRefused, NotConnected

from openmo.core.errors import InvalidInput, NotFound, NotSignedIn, TooManyRequests, Unavailable
from openmo.core.problems import REQUIRED, problem, problem_headers, problem_of_status


def test_a_problem_names_its_kind_by_code_and_type() -> None:
    assert problem(NotFound("There is no such job.", job=3)) == {
        "type": "urn:openmo:error:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such job.",
        "code": "not_found",
        "job": 3,
    }


def test_the_field_that_an_error_is_about_is_listed_like_any_other() -> None:
    found = problem(InvalidInput("Write a number.", field="cpus"))
    assert (found["field"], found["errors"]) == ("cpus", [{"name": "cpus", "message": "Write a number."}])
    several = [{"name": "a", "message": "no"}]
    assert problem(InvalidInput("Two are wrong.", field="form", errors=several))["errors"] == several


def test_an_error_cannot_replace_the_members_that_programs_rely_on() -> None:
    assert problem(NotFound("Gone.", code="other", type="about:blank"))["code"] == "not_found"
    assert problem(NotFound("Gone.", type="about:blank"))["type"] == "urn:openmo:error:not_found"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "not_signed_in"), (404, "not_found"), (405, "method_not_allowed"), (413, "too_large"), (400, "bad_request")],
)
def test_what_a_framework_refuses_has_our_codes_where_there_are_some(status: int, code: str) -> None:
    found = problem_of_status(status, "No.")
    assert (found["code"], found["type"], found["status"]) == (code, f"urn:openmo:error:{code}", status)


def test_headers_say_when_to_try_again_and_how_to_sign_in() -> None:
    assert problem_headers(TooManyRequests("Wait.", retry_after=1.2)) == {"Retry-After": "2"}
    assert problem_headers(Unavailable("Wait.", retry_after=0.1)) == {"Retry-After": "1"}
    assert problem_headers(NotSignedIn("Who?")) == {"WWW-Authenticate": "Bearer"}
    assert problem_headers(NotFound("Gone.")) == {}


def test_the_lab_extension_builds_the_same_form() -> None:
    ours = problem(NotFound("There is no such file.", file="a.py"))
    for theirs in (NotConnected().document(), FileRefused("a.py", "It is no notebook.").document()):
        assert ours.keys() - {"file"} == theirs.keys() - {"path"}
        assert theirs["type"] == f"urn:openmo:error:{theirs['code']}"
        assert set(REQUIRED) <= theirs.keys()
        for name in theirs.keys() - {"path"}:
            assert isinstance(ours[name], int if name == "status" else str)
