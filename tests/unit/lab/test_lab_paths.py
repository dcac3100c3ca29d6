from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openmo_lab.paths import existing_file, resolve_inside
from openmo_lab.problems import FileRefused

parts = st.lists(st.sampled_from(["..", ".", "a", "out", "loop", "", "b.py", "\0", "/", "x" * 300]), max_size=8)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "project"
    (root / "a").mkdir(parents=True)
    (root / "a" / "b.py").touch()
    (root / "out").symlink_to("/etc")
    (root / "loop").symlink_to("loop")
    return root


@given(parts=parts)
def test_no_path_leaves_the_root(root: Path, parts: list[str]) -> None:
    try:
        real = resolve_inside(root, "/".join(parts))
    except FileRefused:
        return
    assert real.is_relative_to(root.resolve())
    assert real == real.resolve()


@pytest.mark.parametrize("path", ["a/b.py", "/a/b.py", "a/../a/b.py"])
def test_a_file_of_the_project_is_found(root: Path, path: str) -> None:
    assert existing_file(root, path, suffix=".py") == root.resolve() / "a" / "b.py"


@pytest.mark.parametrize(
    "path", ["out/passwd", "../project2/b.py", "..", "a", "a/b.txt", "a/missing.py", "", "loop/b.py"]
)
def test_other_files_are_refused(root: Path, path: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        existing_file(root, path, suffix=".py")
    assert refusal.value.detail
