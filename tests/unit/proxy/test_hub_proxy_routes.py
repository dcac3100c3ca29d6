import json
from pathlib import Path

import pytest

from openmo.core.clock import SystemClock
from openmo.proxy.routes import RouteTable, normalise


def _table(file: Path, **fixed: str) -> RouteTable:
    return RouteTable(file, SystemClock(), {f"/{name}": target for name, target in fixed.items()})


@pytest.mark.parametrize(
    ("written", "prefix"), [("", "/"), ("/", "/"), ("/a/", "/a"), ("a/b", "/a/b"), ("//a///b//", "/a/b")]
)
def test_a_prefix_has_one_form(written: str, prefix: str) -> None:
    assert normalise(written) == prefix


def test_the_longest_prefix_wins(tmp_path: Path) -> None:
    routes = _table(tmp_path / "routes")
    for prefix in ("/", "/user/ann", "/user/ann/demo"):
        routes.add(prefix, f"http://target{prefix}", {})
    found = {
        path: route.prefix
        for path in ("/", "/x", "/user/anna", "/user/ann", "/user/ann/", "/user/ann/demo/lab", "/user/ann/demos")
        if (route := routes.find(path))
    }
    assert found == {
        "/": "/",
        "/x": "/",
        "/user/anna": "/",
        "/user/ann": "/user/ann",
        "/user/ann/": "/user/ann",
        "/user/ann/demo/lab": "/user/ann/demo",
        "/user/ann/demos": "/user/ann",
    }


def test_a_quoted_path_finds_its_route(tmp_path: Path) -> None:
    routes = _table(tmp_path / "routes")
    routes.add("/user/ann@example", "http://t", {})
    route = routes.find("/user/ann%40example/demo")
    assert route is not None
    assert route.prefix == "/user/ann@example"


def test_no_route_is_none(tmp_path: Path) -> None:
    assert _table(tmp_path / "routes").find("/x") is None


def test_routes_survive_the_proxy(tmp_path: Path) -> None:
    _table(tmp_path / "routes").add("/user/ann", "http://t", {"user": "ann"})
    again = _table(tmp_path / "routes")
    found = again.describe("/user/ann")
    assert found is not None
    assert (found["target"], found["user"]) == ("http://t", "ann")
    assert again.remove("/user/ann")
    assert _table(tmp_path / "routes").describe("/user/ann") is None


def test_fixed_routes_are_not_changed_or_stored(tmp_path: Path) -> None:
    routes = _table(tmp_path / "routes", hub="http://hub")
    routes.add("/hub/", "http://elsewhere", {})
    assert routes.remove("/hub/")
    found = routes.describe("/hub")
    assert found is not None
    assert found["target"] == "http://hub"
    assert not (tmp_path / "routes").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"/a": 1}', '{"/a": {"target": "x"}}'])
def test_a_broken_file_is_an_empty_table(tmp_path: Path, content: str) -> None:
    (tmp_path / "routes").write_text(content)
    routes = _table(tmp_path / "routes")
    assert routes.describe() == {}
    routes.add("/b", "http://b", {})
    assert list(json.loads((tmp_path / "routes").read_text())) == ["/b"]


def test_the_same_route_again_is_no_write(tmp_path: Path) -> None:
    routes = _table(tmp_path / "routes")
    routes.add("/b", "http://b", {})
    (tmp_path / "routes").unlink()
    routes.add("/b/", "http://b", {})
    assert not (tmp_path / "routes").exists()
