"""Datasets over the REST API: found, downloaded, compared, imported in a version, changed, hidden, deleted."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from support.asgi import Answer, Client, bearer
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetQuery

DATASETS = "/api/v1/datasets"
CATS = f"{DATASETS}/ada/cats"
Call = Callable[..., Answer]


@pytest.fixture
def call(platform: Platform) -> Iterator[Call]:
    """A request of somebody; `who` None: of a guest."""
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    headers = {who: bearer(identity.token(who)) for who in ("ada", "bob")}

    def ask(who: str | None, method: str, path: str, body: Any = None, *, expect: int = 200, **more: str) -> Answer:
        answer = client.ask(method, path, headers={**(headers[who] if who else {}), **more}, json_body=body)
        assert answer.status == expect, answer.text
        return answer

    yield ask
    client.close()


@pytest.fixture
def cats(platform: Platform) -> Dataset:
    """Two versions: a.csv changes, b.csv goes, in/c.csv comes, and README.md stays."""
    first = platform.dataset("ada", "cats", files={"README.md": "# Cats", "a.csv": "1", "b.csv": "2"})
    source = platform.folder.root / "second"
    write_files(source, {"README.md": "# Cats", "a.csv": "11", "in/c.csv": "3", "in/d/.e": ""})
    tree = platform.store.put_tree(HostileFolder(source))
    return platform.datasets.add_version(platform.actor("ada"), first, tree, notes="more")


@pytest.mark.both_databases
def test_a_dataset_is_shown_with_its_versions(call: Call, cats: Dataset) -> None:
    shown = call(None, "GET", CATS).json
    assert [(each["version"], each["notes"]) for each in shown["versions"]["items"]] == [(2, "more"), (1, "")]
    assert (shown["version"], shown["files"], shown["imports"], shown["favourite"]) == (2, 4, 0, False)
    first, second = shown["versions"]["items"][::-1]
    assert first["digest"] != second["digest"]
    assert call(None, "GET", f"{CATS}/versions/1").json == first
    assert call(None, "GET", f"{CATS}/versions?limit=1").json == {"items": [second], "next": 2}
    assert call(None, "GET", f"{CATS}/versions?limit=1&before=2").json == {"items": [first], "next": None}
    del shown["versions"]
    assert call(None, "GET", DATASETS).json == {"items": [shown], "next": ""}
    assert call(None, "GET", f"{DATASETS}?search=cats&category=image").json["items"] == []
    call(None, "GET", f"{CATS}/versions/3", expect=404)
    call(None, "GET", f"{CATS}/versions/0", expect=422)


def test_files_are_listed_folder_by_folder_and_page_by_page(call: Call, cats: Dataset) -> None:
    address = f"{CATS}/versions/2/files"
    names: list[str] = []
    after = ""
    while True:
        page = call(None, "GET", f"{address}?limit=1&after={after}").json
        names += [each["name"] for each in page["items"]]
        after = page["next"]
        if not after:
            break
    assert names == ["in", "a.csv", "README.md"]
    inner = call(None, "GET", f"{address}?path=in").json["items"]
    assert [(each["path"], each["is_folder"], each["bytes"]) for each in inner] == [
        ("in/d", True, 0),
        ("in/c.csv", False, 1),
    ]
    assert [each["name"] for each in call(None, "GET", f"{address}?path=in/d").json["items"]] == [".e"]
    call(None, "GET", f"{address}?path=a.csv", expect=404)
    call(None, "GET", f"{address}?path=../1", expect=422)
    call(None, "GET", f"{address}?after=nowhere", expect=422)
    manifest = call(None, "GET", f"{CATS}/versions/2/manifest?limit=3").json
    assert [each["path"] for each in manifest["items"]] == ["README.md", "a.csv", "in/c.csv"]
    rest = call(None, "GET", f"{CATS}/versions/2/manifest?after={manifest['next']}").json
    assert [each["path"] for each in rest["items"]] == ["in/d/.e"]


def test_a_file_and_a_range_of_it_are_downloaded_and_all_of_them_as_zip(call: Call, cats: Dataset) -> None:
    whole = call(None, "GET", f"{CATS}/versions/1/file?path=README.md")
    assert whole.body == b"# Cats"
    assert whole.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in whole.headers["content-security-policy"]
    part = call(None, "GET", f"{CATS}/versions/1/file?path=README.md", expect=206, range="bytes=2-")
    assert part.body == b"Cats"
    assert call(None, "GET", f"{CATS}/files/a.csv").body == b"11"
    for path in ("in", "../1/a.csv", "absent", ""):
        call(None, "GET", f"{CATS}/versions/2/file?path={path}", expect=422 if ".." in path else 404)
    packed = call(None, "GET", f"{CATS}/archive?version=2")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {"README.md": b"# Cats", "a.csv": b"11", "in/c.csv": b"3", "in/d/.e": b""}
    assert b"b.csv" in call(None, "GET", f"{CATS}/archive?version=1").body


def test_versions_are_compared_a_page_at_a_time(call: Call, cats: Dataset) -> None:
    whole = call(None, "GET", f"{CATS}/diff?a=1&b=2").json
    files = whole["files"]
    assert files["changed"] == [{"path": "a.csv", "bytes_before": 1, "bytes_after": 2}]
    assert files["removed"] == [{"path": "b.csv", "bytes_before": 1, "bytes_after": None}]
    assert [each["path"] for each in files["added"]] == ["in/c.csv", "in/d/.e"]
    counts = [files[f"{name}_count"] for name in ("added", "removed", "changed", "unchanged")]
    assert counts == [2, 1, 1, 1]
    first = call(None, "GET", f"{CATS}/diff?a=1&b=2&limit=2").json
    rest = call(None, "GET", f"{CATS}/diff?a=1&b=2&limit=2&after={first['next']}").json
    assert (first["files"]["added"], rest["next"]) == ([], "")
    assert [each["path"] for each in rest["files"]["added"]] == ["in/c.csv", "in/d/.e"]
    back = call(None, "GET", f"{CATS}/diff?a=2&b=1").json["files"]
    assert [each["path"] for each in back["added"]] == ["b.csv"]
    same = call(None, "GET", f"{CATS}/diff?a=2&b=2").json["files"]
    assert (same["unchanged_count"], same["changed"]) == (4, [])


@pytest.mark.both_databases
def test_a_project_stays_on_its_version_and_hears_of_newer_ones(platform: Platform, call: Call, cats: Dataset) -> None:
    platform.project("bob", "zoo")
    imports = "/api/v1/projects/bob/zoo/datasets"
    made = call("bob", "POST", imports, {"dataset": "ada/cats@1"}, expect=201).json
    assert made == {"dataset": "ada/cats", "version": 1, "folder": "datasets/ada-cats", "newer": 2, "hidden": False}
    assert call("bob", "GET", imports).json["items"] == [made]
    assert call("bob", "GET", f"{DATASETS}?scope=recent").json["items"][0]["imports"] == 1
    newest = call("bob", "POST", imports, {"dataset": "ada/cats"}, expect=201).json
    assert (newest["version"], newest["newer"]) == (2, None)
    call("bob", "POST", imports, {"dataset": "ada/cats@3"}, expect=404)
    for wrong in ("cats", "ada/cats@", "ada/cats@x", "ada/cats/1", "ada/cats@1@2"):
        call("bob", "POST", imports, {"dataset": wrong}, expect=422)
    call("bob", "DELETE", f"{imports}/ada/cats", expect=204)
    assert platform.datasets.get(platform.actor("bob"), "ada", "cats").imports == 0


@pytest.mark.both_databases
def test_favourites_are_marked_and_listed(call: Call, cats: Dataset) -> None:
    call(None, "PUT", f"{CATS}/favourite", expect=401)
    for _ in range(2):
        call("bob", "PUT", f"{CATS}/favourite", expect=204)
    assert [each["favourite"] for each in call("bob", "GET", f"{DATASETS}?scope=favourites").json["items"]] == [True]
    call("bob", "DELETE", f"{CATS}/favourite", expect=204)
    assert call("bob", "GET", f"{DATASETS}?scope=favourites").json["items"] == []


@pytest.mark.both_databases
def test_what_an_owner_says_is_found(platform: Platform, call: Call, cats: Dataset) -> None:
    said = {"title": "猫", "tags": ["Pets"], "category": "image", "licence": "CC0-1.0"}
    changed = call("ada", "PATCH", CATS, said).json
    assert (changed["title"], changed["tags"], changed["licence"]) == ("猫", ["pets"], "CC0-1.0")
    for query in ("search=猫", "tag=pets", "category=image", "search=ada/cats+pets"):
        assert len(call(None, "GET", f"{DATASETS}?{quote(query, safe='=+/')}").json["items"]) == 1, query
    call("bob", "PATCH", CATS, {"title": "mine"}, expect=403)
    assert call("ada", "PATCH", CATS, {"tags": ["a b"]}, expect=422).json["field"] == "tags"
    assert platform.datasets.search(platform.actor("ada"), DatasetQuery(search="猫")).items[0].description == ""


@pytest.mark.both_databases
def test_what_is_hidden_stays_with_those_who_import_it_and_with_nobody_else(
    platform: Platform, call: Call, cats: Dataset
) -> None:
    project = platform.project("bob", "zoo")
    imports = "/api/v1/projects/bob/zoo/datasets"
    call("bob", "POST", imports, {"dataset": "ada/cats@1"}, expect=201)
    call("ada", "PATCH", CATS, {"visibility": "private"})
    call("bob", "GET", CATS, expect=404)
    call("bob", "GET", f"{CATS}/versions/1/manifest", expect=404)
    (kept,) = call("bob", "GET", imports).json["items"]
    assert (kept["version"], kept["newer"], kept["hidden"]) == (1, None, True)
    entry = platform.workspace(project) / "datasets/ada-cats"
    assert (entry / "a.csv").read_text() == "1"
    assert entry.resolve() in platform.imports.readable_paths(project)
    public = platform.folder.datasets / "public" / cats.id
    assert [path.name for path in public.iterdir()] == ["1"]
    assert (platform.datasets.path(platform.datasets.get(platform.actor("ada"), "ada", "cats")) / "a.csv").is_file()
    call("bob", "POST", imports, {"dataset": "ada/cats@2"}, expect=404)
    call("ada", "PATCH", CATS, {"visibility": "public"})
    assert sorted(path.name for path in public.iterdir()) == ["1", "2"]
    call("ada", "PATCH", CATS, {"visibility": "private"})
    call("bob", "DELETE", f"{imports}/ada/cats", expect=204)
    platform.dataset_owners.sweep()
    assert not public.exists()
    assert (platform.datasets.path(platform.datasets.get(platform.actor("ada"), "ada", "cats")) / "a.csv").is_file()


@pytest.mark.both_databases
def test_a_dataset_is_deleted_when_nobody_else_imports_it(platform: Platform, call: Call, cats: Dataset) -> None:
    own = platform.project("ada", "own")
    platform.project("bob", "zoo", visibility=Visibility.PUBLIC)
    for who, project in (("ada", "own"), ("bob", "zoo")):
        call(who, "POST", f"/api/v1/projects/{who}/{project}/datasets", {"dataset": "ada/cats"}, expect=201)
    call("ada", "DELETE", CATS, expect=422)
    refused = call("ada", "DELETE", f"{CATS}?confirm=cats", expect=409).json
    assert "bob/zoo" in refused["detail"]
    call("bob", "DELETE", f"{CATS}?confirm=cats", expect=403)
    call("bob", "DELETE", "/api/v1/projects/bob/zoo/datasets/ada/cats", expect=204)
    call("ada", "DELETE", f"{CATS}?confirm=cats", expect=204)
    call("ada", "GET", CATS, expect=404)
    assert platform.imports.datasets(platform.actor("ada"), own) == ()
    assert not (platform.workspace(own) / "datasets/ada-cats").is_symlink()
    assert not list(platform.folder.datasets.glob(f"**/{cats.id}"))
