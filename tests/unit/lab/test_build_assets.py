from collections.abc import Callable
from pathlib import Path

import pytest

from tools import build_assets
from tools.build_assets import Step, run


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(build_assets, "ROOT", tmp_path)
    monkeypatch.setattr(build_assets, "STAMPS", tmp_path / ".cache")
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.ts").write_text("1")
    return folder


@pytest.fixture
def builds(source: Path) -> Callable[[], bool]:
    """Runs the step and tells whether it built."""
    output, runs = source.parent / "output", []

    def action() -> None:
        runs.append(1)
        output.touch()

    step = Step(name="step", sources=(source,), is_built=output.exists, action=action)

    def build() -> bool:
        before = len(runs)
        run(step)
        return len(runs) > before

    return build


def edit(source: Path) -> None:
    (source / "a.ts").write_text("2")


def add(source: Path) -> None:
    (source / "b.ts").write_text("")


def remove(source: Path) -> None:
    (source / "a.ts").unlink()


def rename(source: Path) -> None:
    (source / "a.ts").rename(source / "c.ts")


def lose_output(source: Path) -> None:
    (source.parent / "output").unlink()


def leave_built_files(source: Path) -> None:
    (source / "node_modules").mkdir()
    (source / "node_modules" / "x.js").touch()
    (source / "__pycache__").mkdir()
    (source / "a.pyc").touch()


@pytest.mark.parametrize("change", [edit, add, remove, rename, lose_output])
def test_a_change_builds_once(source: Path, builds: Callable[[], bool], change: Callable[[Path], None]) -> None:
    assert [builds(), builds()] == [True, False]
    change(source)
    assert [builds(), builds()] == [True, False]


def test_what_builds_leave_behind_is_no_change(source: Path, builds: Callable[[], bool]) -> None:
    assert builds()
    leave_built_files(source)
    assert not builds()


def test_a_source_may_be_a_single_file(source: Path) -> None:
    before = build_assets.digest_of([source / "a.ts"])
    edit(source)
    assert build_assets.digest_of([source / "a.ts"]) != before


def test_a_failed_build_is_tried_again(source: Path) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    step = Step(name="step", sources=(source,), is_built=lambda: True, action=fail)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            run(step)


def test_an_old_node_does_not_fit(tmp_path: Path) -> None:
    node = tmp_path / "node"
    fits = {}
    for version in ("v18.20.1", "v20.18.9", "v20.19.0", "v24.1.0", "nonsense"):
        node.write_text(f"#!/bin/sh\necho {version}\n")
        node.chmod(0o755)
        fits[version] = build_assets.is_fitting(str(node))
    assert fits == {"v18.20.1": False, "v20.18.9": False, "v20.19.0": True, "v24.1.0": True, "nonsense": False}
    assert not build_assets.is_fitting(None)
