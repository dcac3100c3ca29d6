"""User code inherits what is harmless, and its interpreter is found whole."""

import subprocess
import venv
from pathlib import Path

from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_environment, interpreter_folders

POLICY = SandboxPolicy(home=Path("/p"), temporary=Path("/p/tmp"))


def test_only_the_allow_list_passes() -> None:
    base = {
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "TZ": "Asia/Shanghai",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PYTHONPATH": "/evil",
    }
    assert child_environment(POLICY, base) == {
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "TZ": "Asia/Shanghai",
        "HOME": "/p",
        "TMPDIR": "/p/tmp",
        "TMP": "/p/tmp",
        "TEMP": "/p/tmp",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONUNBUFFERED": "1",
    }


def test_addresses_with_passwords_do_not_pass() -> None:
    base = {"HTTPS_PROXY": "http://me:secret@proxy:1", "HTTP_PROXY": "http://proxy:1"}
    environment = child_environment(POLICY, base)
    assert "HTTPS_PROXY" not in environment
    assert environment["HTTP_PROXY"] == "http://proxy:1"


def test_extra_wins_and_path_comes_first() -> None:
    environment = child_environment(POLICY, {}, path=[Path("/env/bin")], extra={"LANG": "zh_CN.UTF-8", "EPOCHS": "3"})
    assert environment["PATH"].startswith("/env/bin:")
    assert (environment["LANG"], environment["EPOCHS"]) == ("zh_CN.UTF-8", "3")


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
