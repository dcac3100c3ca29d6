"""Stored files hold other bytes than were stored, and as many: nothing that is made from them runs other code."""

from pathlib import Path

import pytest
from support.platform import HANDLER, Platform

from openmo.apps.values import Channel
from openmo.core.errors import Damaged
from openmo.core.hostile.folder import HostileFolder
from openmo.core.states import JobState

pytestmark = pytest.mark.chaos


def _damage(platform: Platform, text: str) -> None:
    """The stored file with that text says something else."""
    (path,) = (path for path in (platform.folder.store / "objects").glob("??/*") if path.read_text() == text)
    path.chmod(0o644)
    path.write_text(text.replace("1", "2"))


def test_a_job_does_not_run_other_code_than_was_submitted(platform: Platform) -> None:
    code = "print(1)  # of the job\n"
    project = platform.project("ada", "digits", files={"train.py": code})
    job = platform.submit(project, "train.py")
    _damage(platform, code)
    runner = platform.runner()
    runner.step()
    failed = platform.job(job)
    assert failed.state is JobState.FAILED
    assert "train.py" in failed.reason
    assert "damaged" in failed.reason
    assert not (platform.launcher.folder(job) / "code").exists()
    again = platform.submit(project, "train.py")
    runner.step()
    assert platform.job(again).state is JobState.RUNNING, "the next save stores the file anew"
    assert (platform.launcher.folder(again) / "code" / "train.py").read_text() == code


def test_a_release_does_not_hold_other_code_than_was_tried(platform: Platform) -> None:
    handler = HANDLER + "# 1\n"
    project = platform.project("ada", "app", files={"handler.py": handler})
    actor, apps = platform.actor("ada"), platform.apps
    apps.deploy(actor, project, version="1.0.0")
    (platform.workspace(project) / "handler.py").write_text(handler + "# 1 again\n")
    apps.deploy(actor, project, channel=Channel.DEV)
    _damage(platform, handler + "# 1 again\n")
    with pytest.raises(Damaged, match=r"handler\.py"):
        apps.promote(actor, project)
    assert [release.version for release in apps.releases(actor, project)] == ["dev", "1.0.0"]
    made = apps.deploy(actor, project)
    answers = apps.find("ada", "app", made.version)
    assert answers is not None
    assert (answers.folder / "handler.py").read_text() == handler + "# 1 again\n", "the project's file, stored anew"


def test_what_is_made_of_the_same_bytes_is_whole(platform: Platform, tmp_path: Path) -> None:
    """A dataset whose file is in the store already, damaged."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "rows.csv").write_text("a,1\n")
    tree = platform.store.put_tree(HostileFolder(tmp_path / "source"))
    _damage(platform, "a,1\n")
    with pytest.raises(Damaged):
        platform.store.link_tree(tree.digest, tmp_path / "shown")
    platform.store.link_tree(platform.store.put_tree(HostileFolder(tmp_path / "source")).digest, tmp_path / "shown")
    assert (tmp_path / "shown" / "rows.csv").read_text() == "a,1\n"
