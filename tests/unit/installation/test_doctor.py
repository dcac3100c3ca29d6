import os
import socket
from pathlib import Path

from openmo.config.settings import Settings
from openmo.installation.doctor import Verdict, check_data, check_environments, check_port, examine


def test_every_check_finds_something(tmp_path: Path) -> None:
    findings = list(examine(Settings(data=tmp_path / "new", port=0)))
    assert len({finding.name for finding in findings}) == len(findings)
    for finding in findings:
        assert finding.detail
        assert bool(finding.mend) == (finding.verdict is not Verdict.GOOD)
    assert not (tmp_path / "new").exists(), "looking changes nothing"


def test_a_taken_port_names_its_holder(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        finding = check_port(Settings(data=tmp_path, port=taken.getsockname()[1]))
    assert finding.verdict is Verdict.BAD
    assert str(os.getpid()) in finding.detail


def test_a_data_folder_below_a_file_is_no_good(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finding = check_data(Settings(data=tmp_path / "file" / "data"))
    assert finding.verdict is Verdict.BAD
    assert finding.mend


def test_environments_of_modules_are_counted(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert check_environments(settings).detail.endswith("; of modules: 0")
    folder = settings.environments_folder / "modules"
    for digest in ("0123456789abcdef", "fedcba9876543210"):
        (folder / f"module-{digest}").mkdir(parents=True)
    (folder / "module-0123456789abcdef.complete").touch()
    assert check_environments(settings).detail.endswith("; of modules: 1, 1 unfinished")
