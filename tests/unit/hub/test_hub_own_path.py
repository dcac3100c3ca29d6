import pytest

from openmo.hub.authenticator import own_path


@pytest.mark.parametrize("path", ["/", "/projects/a/b", "/user/a/b/lab?x=1#y", "/中文"])
def test_paths_of_this_site_are_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "projects",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/ /evil.example",
        "/\n",
    ],
)
def test_everything_else_leads_home(path: str) -> None:
    assert own_path(path) == "/"
