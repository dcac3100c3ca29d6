import pytest
from openmo_lab.connection import Connection

ENVIRONMENT = {
    "OPENMO_API_URL": "http://127.0.0.1:8001/",
    "OPENMO_PROJECT": "ada/数字 1",
    "JUPYTERHUB_API_TOKEN": "secret",
    "OPENMO_PUBLIC_URL": "https://mo.example/base/",
}


def connection(**changes: str) -> Connection:
    made = Connection.from_environment(ENVIRONMENT | changes)
    assert made is not None
    return made


def test_urls_are_joined_and_quoted() -> None:
    mo = connection()
    assert mo.api("notebooks/export") == "http://127.0.0.1:8001/api/v1/notebooks/export"
    assert mo.project_api("jobs").endswith("/api/v1/projects/ada/%E6%95%B0%E5%AD%97%201/jobs")
    assert mo.project_page() == "https://mo.example/base/projects/ada/%E6%95%B0%E5%AD%97%201"


@pytest.mark.parametrize(
    ("public", "address", "page"),
    [
        ("https://mo.example", "/ada/p?tab=jobs", "https://mo.example/ada/p?tab=jobs"),
        ("https://mo.example", "https://other.example/x", "https://other.example/x"),
        ("", "/ada/p", "/ada/p"),
    ],
)
def test_pages_are_addressed_as_the_browser_needs_them(public: str, address: str, page: str) -> None:
    assert connection(OPENMO_PUBLIC_URL=public).page(address) == page


@pytest.mark.parametrize(
    "changes",
    [
        {"OPENMO_API_URL": ""},
        {"JUPYTERHUB_API_TOKEN": ""},
        {"OPENMO_PROJECT": ""},
        {"OPENMO_PROJECT": "ada"},
        {"OPENMO_PROJECT": "/p"},
        {"OPENMO_PROJECT": "a/b/c"},
    ],
)
def test_without_a_platform_there_is_no_connection(changes: dict[str, str]) -> None:
    assert Connection.from_environment(ENVIRONMENT | changes) is None


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(connection())
