"""`openmo dataset create` and `upload`, before a real server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform
from support.served_pages import served_pages

from openmo.cli.main import run
from openmo.cli.upload.sources import local_files
from openmo.core.errors import InvalidInput
from openmo.datasets.uploads.receiving import Receiver
from openmo.datasets.values import Dataset

Openmo = Callable[..., Any]


@pytest.fixture
def openmo(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Openmo]:
    """The command line of ada's; what it answers, or its error's text."""
    identity = MemoryIdentity()
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        monkeypatch.setenv("OPENMO_URL", url)
        monkeypatch.setenv("OPENMO_TOKEN", identity.token("ada"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

        def call(*arguments: str, code: int = 0) -> Any:
            assert run([*arguments, "--json"]) == code
            return json.loads(capsys.readouterr().out)

        yield call


def content(platform: Platform, version: int | None = None) -> tuple[Dataset, dict[str, str]]:
    dataset = platform.datasets.get(platform.actor("ada"), "ada", "digits")
    folder = platform.datasets.path(dataset, version)
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}
    return dataset, files


def test_a_folder_becomes_a_dataset_and_the_next_version(openmo: Openmo, platform: Platform, tmp_path: Path) -> None:
    folder = tmp_path / "digits"
    write_files(folder, {"README.md": "# Digits", "a/1.txt": "one", "a/2.txt": "two", "空 白.txt": ""})
    (tmp_path / "notes:1.txt").write_text("notes")
    about = ("--title", "Digits", "--tags", "image, small", "--category", "image", "--licence", "CC0-1.0")
    made = openmo("dataset", "create", "digits", str(folder), f"{tmp_path / 'notes:1.txt'}:docs/", *about)
    assert (made["dataset"], made["version"], made["state"]) == ("ada/digits", 1, "finished")
    dataset, files = content(platform)
    assert (dataset.title, dataset.tags, dataset.category.value) == ("Digits", ("image", "small"), "image")
    expected = {
        "README.md": "# Digits",
        "a/1.txt": "one",
        "a/2.txt": "two",
        "空 白.txt": "",
        "docs/notes:1.txt": "notes",
    }
    assert files == expected

    (folder / "a" / "1.txt").write_text("changed")
    made = openmo("dataset", "upload", "digits", f"{folder / 'a'}:a", "--remove", "docs", "--notes", "Fewer.")
    assert (made["version"], made["base_version"], made["removed"]) == (2, 1, ["docs"])
    _, files = content(platform)
    assert files == {**{path: expected[path] for path in expected if path != "docs/notes:1.txt"}, "a/1.txt": "changed"}
    assert content(platform, 1)[1] == expected
    assert [*(tmp_path / "config").rglob("*.json")] == []


def test_what_the_last_version_has_is_not_sent(
    openmo: Openmo, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "digits", {"big.bin": "x" * 5_000_000, "a.txt": "one"})
    openmo("dataset", "create", "digits", str(tmp_path / "digits"))
    sizes: list[int] = []
    receive = Receiver.receive

    async def counting(self: Receiver, path: Path, *arguments: Any, **options: Any) -> int:
        sizes.append(options["limit"])
        return await receive(self, path, *arguments, **options)

    monkeypatch.setattr(Receiver, "receive", counting)
    (tmp_path / "digits" / "a.txt").write_text("two!")
    openmo("dataset", "upload", "ada/digits", str(tmp_path / "digits"))
    assert sizes == [4]
    assert content(platform)[1] == {"big.bin": "x" * 5_000_000, "a.txt": "two!"}


def test_a_command_that_broke_off_goes_on(
    openmo: Openmo, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "digits", {"a.bin": "a" * 6_000_000, "b.bin": "b" * 6_000_000})
    command = ("dataset", "create", "digits", str(tmp_path / "digits"))

    def broken(*_: object) -> None:
        raise InvalidInput("Interrupted here.")

    with monkeypatch.context() as patched:
        patched.setattr("openmo.cli.upload.sender._Place.go_on", _until_first(broken))
        assert openmo(*command, code=2)["detail"] == "Interrupted here."
    (upload,) = platform.uploads.list_open(platform.actor("ada"))
    assert openmo(*command)["id"] == upload.session.id
    assert content(platform)[1]["b.bin"] == "b" * 6_000_000
    assert platform.uploads.list_open(platform.actor("ada")) == ()


def _until_first(broken: Callable[..., None]) -> Callable[..., None]:
    from openmo.cli.upload import sender

    go_on = sender._Place.go_on

    def once(self: Any, content: Any) -> None:
        if self.offset > 0 or self._file.target == "b.bin":
            broken()
        go_on(self, content)

    return once


def test_what_is_wrong_is_told_before_anything_is_sent(openmo: Openmo, platform: Platform, tmp_path: Path) -> None:
    write_files(tmp_path / "digits", {"a.txt": "one"})
    assert "no file or folder" in openmo("dataset", "create", "digits", str(tmp_path / "absent"), code=2)["detail"]
    assert "dataset" in openmo("dataset", "upload", "ada/absent", str(tmp_path / "digits"), code=1)["detail"]
    assert openmo("dataset", "upload", "ada/absent", code=2)["errors"][0]["name"] == "paths"
    assert platform.uploads.list_open(platform.actor("ada")) == ()


def test_where_paths_go(tmp_path: Path) -> None:
    write_files(tmp_path, {"d/x.txt": "1", "d/e/y.txt": "2", "f.txt": "3", "other/x.txt": "4"})
    (tmp_path / "d" / "loop").symlink_to(tmp_path / "d")
    (tmp_path / "d" / "link.txt").symlink_to(tmp_path / "f.txt")

    def targets(*paths: str) -> dict[str, str]:
        return {file.target: file.source.read_text() for file in local_files([f"{tmp_path}/{path}" for path in paths])}

    assert targets("d") == {"x.txt": "1", "e/y.txt": "2", "link.txt": "3"}
    assert targets("d:in/it") == {"in/it/x.txt": "1", "in/it/e/y.txt": "2", "in/it/link.txt": "3"}
    assert targets("f.txt", "f.txt:g.txt", "f.txt:sub/") == {"f.txt": "3", "g.txt": "3", "sub/f.txt": "3"}
    assert targets("d", "other")["x.txt"] == "4"
    with pytest.raises(InvalidInput):
        targets("f.txt:../up")
