"""What a project's own packages are, read from a folder that its user may fill with anything."""

import os
from pathlib import Path

from support.files import write_files

from openmo.core.hostile.folder import HostileFolder
from openmo.projects.imports.needs import own_packages


def test_packages_are_read_from_their_own_words(tmp_path: Path) -> None:
    told = {
        ".packages/humanize-4.1.dist-info/METADATA": "Name: humanize\nVersion: 4.1\n",
        ".packages/humanize/__init__.py": "raise SystemExit",
        "elsewhere/other-1.0.dist-info/METADATA": "Name: other\nVersion: 1.0\n",
        ".packages/deep/x-1.0.dist-info/METADATA": "Name: x\nVersion: 1.0\n",
    }
    write_files(tmp_path, told)
    assert own_packages(HostileFolder(tmp_path)) == ("humanize==4.1",)


def test_nothing_outside_is_read_and_nothing_blocks(tmp_path: Path) -> None:
    outside, project = tmp_path / "outside", tmp_path / "project"
    write_files(outside, {"METADATA": "Name: secret\nVersion: 1.0\n"})
    packages = project / ".packages"
    (packages / "pipe-1.0.dist-info").mkdir(parents=True)
    os.mkfifo(packages / "pipe-1.0.dist-info" / "METADATA")
    (packages / "secret-1.0.dist-info").symlink_to(outside)
    (packages / "linked-1.0.dist-info").mkdir()
    (packages / "linked-1.0.dist-info" / "METADATA").symlink_to(outside / "METADATA")
    assert "secret==1.0" not in own_packages(HostileFolder(project))
    assert own_packages(HostileFolder(tmp_path / "gone")) == ()
