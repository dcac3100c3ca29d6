"""Jobs and releases keep the environment that they were made with, or say why they cannot have it."""

import dataclasses
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from support.job_launches import wait_until
from support.platform import HANDLER, Platform, ThisEnvironment
from support.web_site import Site

from openmo.core.clock import SystemClock
from openmo.core.errors import Conflict
from openmo.core.space import DiskSpace
from openmo.core.states import JobState
from openmo.db.engine import Database
from openmo.db.tables import jobs, module_versions
from openmo.environments.recipes import EnvironmentRecipe, UserEnvironment
from openmo.environments.service import EnvironmentBuilding, EnvironmentService
from openmo.jobs.values import JobRequest

OLD, NEW, OF_MODULE = "a" * 16, "b" * 16, "d" * 16


class Changing(ThisEnvironment):
    """Environments that come and go; what is built is put in place when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.present = OLD
        self.there = {OLD, NEW}
        self.python = "CPython 3.13.5"
        self.may_build = threading.Event()
        self.broken = False

    def base(self) -> UserEnvironment:
        return self._environment(self.present)

    def base_recipe(self) -> EnvironmentRecipe:
        lock = "numpy==2.3.0\n" if self.present == OLD else "numpy==2.4.0\n"
        wheels = {"sdk.whl": b"\0\xff"}
        return EnvironmentRecipe(digest=self.present, name="base", python="CPython 3.13.5", lock=lock, wheels=wheels)

    def find(self, digest: str) -> UserEnvironment | None:
        return self._environment(digest) if digest in self.there else None

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        lock = requirements.replace(">", "==")
        return EnvironmentRecipe(digest=OF_MODULE, name="module", python=self.python, lock=lock, wheels={})

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return recipe.python == self.python

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        assert recipe.wheels == {"sdk.whl": b"\0\xff"}
        assert self.may_build.wait(30)
        if self.broken:
            raise Conflict("uv says no")
        self.there.add(recipe.digest)
        return self._environment(recipe.digest)

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        gone = self.there - keep - {self.present}
        self.there -= gone
        return tuple(sorted(gone))

    def _environment(self, digest: str) -> UserEnvironment:
        return dataclasses.replace(super().base(), digest=digest, read_only=(Path(sys.prefix), Path("/env") / digest))


@pytest.fixture
def changing() -> Changing:
    return Changing()


@pytest.fixture
def platform(database_factory: Callable[[], Database], tmp_path: Path, changing: Changing) -> Platform:
    return Platform(database_factory(), tmp_path / "data", environments=changing)


def test_a_run_again_after_an_update_has_the_environment_of_the_first(platform: Platform, changing: Changing) -> None:
    metadata = "Metadata-Version: 2.1\nName: humanize\nVersion: 4.1\n"
    files = {"train.py": "", "requirements.txt": "numpy\nhumanize\ntorchvision\n"}
    project = platform.project(files=files | {".packages/humanize-4.1.dist-info/METADATA": metadata})
    ada, first = platform.actor("ada"), platform.submit(project)
    assert (first.environment, first.packages, first.missing) == (OLD, ("humanize==4.1",), ("torchvision",))
    changing.present = NEW
    again = platform.jobs.restart(ada, first)
    cloned = platform.submit(project, "", code_of=first.number, args=("x",))
    fresh = platform.submit(project)
    moved = platform.submit(project, "", code_of=first.number, present_environment=True)
    assert [job.environment for job in (again, cloned, fresh, moved)] == [OLD, OLD, NEW, NEW]
    launches = [platform.launcher.prepare(platform.job(job)) for job in (again, fresh)]
    assert [Path("/env") / OLD in launch.policy.read_only for launch in launches] == [True, False]
    shown = platform.job_results.environment(ada, fresh)
    assert shown.earlier == cloned.number
    assert [(change.name, change.before, change.after) for change in shown.changes] == [("numpy", "2.3.0", "2.4.0")]
    assert shown.requirements == "numpy==2.4.0\nhumanize==4.1\n"
    page = Site(platform).browser("ada").get(f"/projects/ada/digits/jobs/{fresh.number}").text
    assert "numpy 2.3.0 → 2.4.0" in page
    assert "requirements.txt names what is not installed: torchvision." in page


def test_a_lost_environment_is_built_again_while_the_job_waits(platform: Platform, changing: Changing) -> None:
    project = platform.project(files={"train.py": ""})
    job, runner = platform.submit(project), platform.runner()
    changing.present = NEW
    changing.there = {NEW}
    runner.step()
    now = platform.job(job)
    assert (now.state, now.reason_code) == (JobState.RUNNING, "building_environment")
    other = platform.submit(project)
    runner.step()  # nobody else waits for the building
    assert len(platform.executor.launches) == 1  # type: ignore[attr-defined]  # a MemoryExecutor
    changing.may_build.set()
    wait_until(lambda: changing.find(OLD))
    platform.clock.advance(5.0)  # type: ignore[attr-defined]  # a ManualClock
    runner.step()
    assert len(platform.executor.launches) == 2  # type: ignore[attr-defined]  # a MemoryExecutor
    assert platform.job(job).reason == ""
    assert platform.job(other).state is JobState.RUNNING


def test_an_environment_that_cannot_come_back_is_said_to_be_gone(platform: Platform, changing: Changing) -> None:
    project = platform.project(files={"train.py": ""})
    ada, first = platform.actor("ada"), platform.submit(project)
    changing.present, changing.there, changing.python = NEW, {NEW}, "CPython 3.14.0"
    with pytest.raises(Conflict, match=r"gone, and this machine no longer has its version of Python.*present"):
        platform.jobs.restart(ada, first)
    request = JobRequest(script="", code_of=first.number, present_environment=True)
    assert platform.jobs.submit(ada, project, request).environment == NEW
    platform.runner().step()
    ended = platform.job(first)
    assert (ended.state, ended.reason_code) == (JobState.FAILED, "not_started")
    assert "gone" in ended.reason


def test_a_failed_building_ends_the_job_and_says_so(platform: Platform, changing: Changing) -> None:
    changing.broken = True
    job, runner = platform.submit(platform.project(files={"train.py": ""})), platform.runner()
    changing.there = set()
    changing.may_build.set()

    def ended() -> bool:
        platform.clock.advance(3.0)  # type: ignore[attr-defined]  # a ManualClock
        runner.step()
        return platform.job(job).state.is_terminal

    wait_until(ended)
    assert "could not be built again" in platform.job(job).reason


def test_none_is_begun_where_little_is_left_of_the_disk(
    database_factory: Callable[[], Database], changing: Changing, tmp_path: Path
) -> None:
    service = EnvironmentService(database_factory(), changing, SystemClock(), DiskSpace(tmp_path, 1 << 60))
    recipe = service.of_module("numpy>1")
    assert recipe is not None

    def has_failed() -> bool:
        try:
            service.recorded(recipe.digest)
        except EnvironmentBuilding:
            return False
        except Conflict as error:
            return "The disk is nearly full" in error.message
        return False

    wait_until(has_failed)
    assert recipe.digest not in changing.there


def test_releases_run_in_their_own_environment(platform: Platform, changing: Changing) -> None:
    project, ada = platform.project(files={"handler.py": HANDLER}), platform.actor("ada")
    old = platform.apps.deploy(ada, project)
    changing.present = NEW
    new = platform.apps.deploy(ada, project)
    for release, digest in ((old, OLD), (new, NEW)):
        found = platform.apps.find("ada", "digits", release.version)
        assert found is not None
        assert Path("/env") / digest in found.read_only
    changing.there = {NEW}
    with pytest.raises(EnvironmentBuilding, match="built again"):
        platform.apps.find("ada", "digits", old.version)
    changing.may_build.set()
    wait_until(lambda: changing.find(OLD))
    assert platform.apps.find("ada", "digits", old.version) is not None


@pytest.mark.both_databases
def test_only_what_nothing_refers_to_is_removed(platform: Platform, changing: Changing) -> None:
    changing.there = {OLD, NEW, "c" * 16}
    project, ada = platform.project(files={"train.py": "", "handler.py": HANDLER}), platform.actor("ada")
    job = platform.submit(project)
    changing.present = NEW
    assert platform.environments.prune() == ("c" * 16,)
    platform.jobs.terminate(ada, job)
    platform.runner().step()
    platform.jobs.delete(ada, job)
    changing.present = OLD
    platform.apps.deploy(ada, project)
    changing.present = NEW
    assert platform.environments.prune() == ()
    platform.apps.delete_all(platform.actor("ada"), project)
    assert platform.environments.prune() == (OLD,)


@pytest.mark.both_databases
def test_the_environment_of_a_module_is_on_record_and_stays(platform: Platform, changing: Changing) -> None:
    assert platform.environments.of_module("# none\n") is None
    recipe = platform.environments.of_module("numpy>1\n")
    assert recipe is not None
    assert platform.environments.recipe(OF_MODULE) == recipe
    platform.module("ann", "echo")
    with platform.database.begin() as connection:
        connection.execute(update(module_versions).values(environment=OF_MODULE))
    changing.there = {OLD, NEW, OF_MODULE}
    assert platform.environments.prune() == (NEW,)
    assert platform.environments.recorded(OF_MODULE).digest == OF_MODULE


@pytest.mark.both_databases
def test_nothing_is_removed_while_a_job_runs_in_no_one_knows_what(platform: Platform, changing: Changing) -> None:
    """As after an update from a version that did not record environments."""
    project, ada = platform.project(files={"train.py": ""}), platform.actor("ada")
    job = platform.submit(project)
    with platform.database.begin() as connection:
        connection.execute(update(jobs).values(environment=None))
    changing.present = NEW
    assert platform.environments.prune() == ()
    platform.jobs.terminate(ada, job)
    platform.runner().step()
    assert platform.environments.prune() == (OLD,)
