"""kill -9 of the process that publishes, at any point: each version is there as a whole, or not at all."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.checkout import ROOT
from support.platform import Platform

from openmo.core.references import Reference
from openmo.db.engine import Database
from openmo.languages.language import ENGLISH
from openmo.modules.values import DEV, Module
from openmo.projects.publishing.values import PublishDraft
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.deep(
        "kills a publishing process again and again; test_publishing_service breaks off between its steps"
    ),
]
KILLS = 60
PUBLISH = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from itertools import count
from openmo.db.engine import Database
from openmo.projects.publishing.values import PublishDraft
from support.platform import Platform
root = Path(sys.argv[1])
platform = Platform(Database(f"sqlite:///{root / 'openmo.sqlite'}"), root / "data")
platform.publishing.sweep()
ada, project = platform.actor("ada"), platform.projects.by_name("ada", "tool")
print("publishing", flush=True)
for number in count():
    mark = f"{root.stat().st_mtime_ns}-{number}"
    platform.write(project, {f"helper{each}.py": mark for each in range(5)})
    draft = PublishDraft(dev=number % 2 == 0, notes=mark, files=[f"helper{each}.py" for each in range(5)])
    platform.publishing.publish(ada, project, draft)
"""


def whole(folder: Path) -> set[str]:
    """What the files of a version hold: one mark, where they are those of one publishing."""
    return {(folder / f"helper{each}.py").read_text() for each in range(5)}


def check(platform: Platform, module: Module, imported: Path) -> int:
    """Every row has all of its files, and no folder is there without its row; the number of versions."""
    versions = platform.modules.versions(platform.actor("ada"), module)
    folder = platform.modules.path(module, DEV).parent
    for version in versions:
        assert whole(folder / version.version) == {version.notes}, version.version
        if version.version == DEV:
            assert whole(imported) == {version.notes}
    assert {path.name for path in folder.iterdir() if not path.name.startswith(".dev-")} == {
        each.version for each in versions
    }
    return len(versions)


@pytest.mark.timeout(600)
def test_a_version_is_whole_or_absent_whatever_is_killed(tmp_path: Path, migrated_sqlite: Path) -> None:
    shutil.copyfile(migrated_sqlite, tmp_path / "openmo.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'openmo.sqlite'}")
    platform, dice, counted = Platform(database, tmp_path / "data"), random.Random(3), [2]
    ada = platform.actor("ada")
    project = platform.projects.create(ada, title="tool", name="tool", kind=ProjectKind.MODULE)
    platform.publishing.begin(ada, project, ModuleKind.TOOLKIT, language=ENGLISH)
    files = [f"helper{each}.py" for each in range(5)]
    platform.write(project, dict.fromkeys(files, "first"))
    for dev in (True, False):
        platform.publishing.publish(ada, project, PublishDraft(dev=dev, notes="first", files=files))
    imported = platform.imports.import_module_named(ada, project, Reference("ada", "tool", DEV))
    module = platform.modules.get(ada, "ada", "tool")
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, str(tmp_path), str(ROOT / "tests"), str(ROOT)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "publishing\n"
        time.sleep(dice.uniform(0.05, 0.6))  # so that the kill falls anywhere in a publishing; nothing waits for it
        child.kill()
        child.wait()
        child.stdout.close()
        platform.publishing.sweep()
        counted.append(check(platform, module, platform.workspace(project) / imported.folder))
    database.close()
    assert counted == sorted(counted), "no version is ever lost"
