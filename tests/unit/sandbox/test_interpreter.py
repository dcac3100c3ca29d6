"""An interpreter is found whole: its environment, and all that it is built upon."""

import subprocess
import venv
from pathlib import Path

from openmo.sandbox.interpreter import interpreter_folders


def test_an_environment_names_itself_and_all_it_is_built_upon(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    folders = interpreter_folders(tmp_path / "env" / "bin" / "python")
    assert folders[0] == tmp_path / "env"
    base = subprocess.run(
        [tmp_path / "env/bin/python", "-c", "import sys; print(sys.base_prefix)"],
        capture_output=True,
        text=True,
        check=True,
    )
    real = Path(base.stdout.strip()).resolve()
    assert real == Path("/usr") or real in {folder.resolve() for folder in folders}


def test_a_system_interpreter_needs_nothing_more() -> None:
    assert interpreter_folders(Path("/usr/bin/python3")) == ()


def test_links_to_an_interpreter_are_followed_hop_by_hop(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name / "bin").mkdir(parents=True)
    (tmp_path / "three/bin/python").touch()
    (tmp_path / "two/bin/python").symlink_to(tmp_path / "three/bin/python")
    (tmp_path / "one/bin/python").symlink_to("../../two/bin/python")
    assert set(interpreter_folders(tmp_path / "one/bin/python")) == {
        tmp_path / name for name in ("one", "two", "three")
    }
