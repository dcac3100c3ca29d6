"""User code inherits what is harmless."""

from pathlib import Path

from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables

POLICY = SandboxPolicy(home=Path("/p"), temporary=Path("/p/tmp"))


def test_only_the_allow_list_passes() -> None:
    base = {
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "TZ": "Asia/Shanghai",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PYTHONPATH": "/evil",
    }
    assert child_variables(POLICY, base) == {
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "TZ": "Asia/Shanghai",
        "HOME": "/p",
        "TMPDIR": "/p/tmp",
        "TMP": "/p/tmp",
        "TEMP": "/p/tmp",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }


def test_addresses_with_passwords_do_not_pass() -> None:
    base = {"HTTPS_PROXY": "http://me:secret@proxy:1", "HTTP_PROXY": "http://proxy:1"}
    variables = child_variables(POLICY, base)
    assert "HTTPS_PROXY" not in variables
    assert variables["HTTP_PROXY"] == "http://proxy:1"


def test_extra_wins_and_path_comes_first() -> None:
    variables = child_variables(POLICY, {}, path=[Path("/env/bin")], extra={"LANG": "zh_CN.UTF-8", "EPOCHS": "3"})
    assert variables["PATH"].startswith("/env/bin:")
    assert (variables["LANG"], variables["EPOCHS"]) == ("zh_CN.UTF-8", "3")
