"""`openmo dataset` against the real REST API: what it prints, and what it does."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from support.asgi import Client
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.cli.client import ApiClient
from openmo.cli.main import cli
from openmo.core.errors import NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset
from openmo.projects.values import Project

Run = Callable[..., Result]


class Wire(httpx.BaseTransport):
    """What a command sends reaches the application of the test."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = ("authorization", "content-type", "range")
        headers = {name: value for name, value in request.headers.items() if name in sent}
        path = request.url.raw_path.decode()
        answer = self._client.ask(request.method, path, headers=headers, body=request.read())
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


@pytest.fixture
def run(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command as ada; what she answers to questions is `says`."""
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    made = ApiClient.__init__

    def wired(self: ApiClient, url: str, token: str) -> None:
        made(self, url, token)
        self._http = httpx.Client(base_url=url, headers=self._http.headers, transport=Wire(client))

    monkeypatch.setattr(ApiClient, "__init__", wired)
    monkeypatch.setenv("OPENMO_URL", "http://openmo.test")
    monkeypatch.setenv("OPENMO_TOKEN", identity.token("ada"))

    def invoke(*arguments: str, says: str = "") -> Result:
        return CliRunner().invoke(cli, ["dataset", *arguments], input=says)

    yield invoke
    client.close()


def two_versions(platform: Platform) -> Dataset:
    """a.csv changes, b.csv goes, c.csv comes, and README.md stays."""
    files = {"README.md": "# Cats\n", "a.csv": "1", "b.csv": "2"}
    dataset = platform.dataset("ada", "cats", files=files)
    source = platform.folder.root / "second"
    write_files(source, {"README.md": "# Cats\n", "a.csv": "11", "in/c.csv": "3"})
    tree = platform.store.put_tree(HostileFolder(source))
    return platform.datasets.add_version(platform.actor("ada"), dataset, tree, notes="more cats")


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project("ada", "zoo")


def test_what_there_is_and_what_is_in_it(platform: Platform, run: Run) -> None:
    two_versions(platform)
    platform.dataset("bob", "dogs")
    assert run("list").output.count("\n") == 3
    found = json.loads(run("list", "--search", "cats", "--json").output)
    assert [item["full_name"] for item in found["items"]] == ["ada/cats"]
    assert run("list", "--tag", "absent").output == "No datasets here.\n"
    shown = run("show", "cats").output
    assert "more cats" in shown
    assert "ada/cats@2" in shown
    assert "a.csv      1\n" in run("files", "cats@1").output
    assert "in/        0\n" in run("files", "cats").output
    assert "in/c.csv" in run("files", "ada/cats@2", "in").output
    told = run("diff", "cats", "1", "2").output
    assert "1 added, 1 removed, 1 changed, 1 the same" in told
    assert (
        told.index("~ a.csv  (1 -> 2 bytes)") < told.index("- b.csv  (1 bytes)") < told.index("+ in/c.csv  (1 bytes)")
    )
    files = json.loads(run("diff", "cats", "2", "1", "--json").output)["files"]
    assert [[one["path"] for one in files[kind]] for kind in ("added", "removed", "changed")] == [
        ["b.csv"],
        ["in/c.csv"],
        ["a.csv"],
    ]
    assert "has no version 3" in str(run("show", "cats@3").exception)
    assert "no version of a dataset" in str(run("files", "cats@new").exception)


def test_a_project_is_moved_to_a_version_and_back(platform: Platform, run: Run, project: Project) -> None:
    two_versions(platform)
    assert "Version 1 of ada/cats is at datasets/ada-cats" in run("import", "zoo", "cats@1").output
    preview = run("update", "zoo", "cats", "--preview").output
    assert "Version 1 -> 2" in preview
    refused = run("update", "zoo", "cats", says="n\n")
    assert refused.exit_code != 0
    entry = platform.workspace(project) / "datasets/ada-cats"
    assert (entry / "a.csv").read_text() == "1"
    done = run("update", "zoo", "cats", says="y\n")
    assert "Back again: openmo dataset update ada/zoo ada/cats@1" in done.output
    assert (entry / "a.csv").read_text() == "11"
    assert "nothing changes" in run("update", "zoo", "cats").output
    assert run("update", "zoo", "cats@1", "--yes").exit_code == 0
    assert (entry / "a.csv").read_text() == "1"
    assert "no longer in ada/zoo" in run("unimport", "zoo", "cats").output
    assert not entry.is_symlink()
    assert "does not import" in str(run("update", "zoo", "cats").exception)


def test_a_download_goes_on_and_is_checked(platform: Platform, run: Run, tmp_path: Path) -> None:
    two_versions(platform)
    target = tmp_path / "there"
    write_files(target, {"README.md": "# Cats\n", "a.csv": "of mine", ".in": "kept"})
    (target / "in").mkdir()
    (target / "in" / ".c.csv.part").write_text("")
    done = json.loads(run("download", "cats", str(target), "--json").output)
    assert (done["files"], done["sent"], done["bytes"]) == (3, 3, 10)
    found = {str(path.relative_to(target)): path.read_text() for path in target.rglob("*") if path.is_file()}
    assert found == {"README.md": "# Cats\n", "a.csv": "11", "in/c.csv": "3", ".in": "kept"}
    assert json.loads(run("download", "cats", str(target), "--json").output)["sent"] == 0


def test_what_broke_off_is_sent_from_there_and_what_is_damaged_anew(
    platform: Platform, run: Run, tmp_path: Path
) -> None:
    platform.dataset("ada", "long", files={"x.txt": "0123456789"})
    (tmp_path / ".x.txt.part").write_text("012345")
    assert json.loads(run("download", "long", str(tmp_path), "--json").output)["sent"] == 4
    assert (tmp_path / "x.txt").read_text() == "0123456789"
    (tmp_path / "x.txt").unlink()
    (tmp_path / ".x.txt.part").write_text("other")
    assert "did not come as it is" in str(run("download", "long", str(tmp_path)).exception)
    assert run("download", "long", str(tmp_path)).exit_code == 0
    assert (tmp_path / "x.txt").read_text() == "0123456789"


def test_owners_say_show_hide_and_delete(platform: Platform, run: Run, project: Project) -> None:
    ada = platform.actor("ada")
    platform.dataset("ada", "cats", visibility=Visibility.PRIVATE)
    assert run("edit", "cats", "--tags", "Pets,猫", "--licence", "CC0-1.0", "--category", "image").exit_code == 0
    dataset = platform.datasets.get(ada, "ada", "cats")
    assert (dataset.tags, dataset.licence, dataset.title) == (("pets", "猫"), "CC0-1.0", "cats")
    assert "is public: http://openmo.test/datasets/ada/cats" in run("publish", "cats").output
    platform.imports.import_dataset(ada, project, dataset)
    assert "1 projects import it and keep what they have" in run("hide", "cats").output
    assert "is a favourite" in run("favourite", "cats").output
    assert [item["name"] for item in json.loads(run("list", "--scope", "favourites", "--json").output)["items"]] == [
        "cats"
    ]
    assert "no favourite any more" in run("favourite", "cats", "--undo").output
    assert "Type cats" in str(run("delete", "cats", says="dogs\n").exception)
    assert run("delete", "cats", says="cats\n").exit_code == 0
    with pytest.raises(NotFound):
        platform.datasets.get(ada, "ada", "cats")
