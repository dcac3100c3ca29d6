"""Kernels, jobs and apps call a module in its own environment, in the sandbox that each really has."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.checkout import ROOT
from support.job_launches import wait_until
from support.packages import add_wheel
from support.platform import Platform, ThisEnvironment
from support.real_jobs import RealJobs

from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.environments.installed import InstalledEnvironments
from openmo.environments.recipes import EnvironmentRecipe, UserEnvironment
from openmo.environments.service import EnvironmentBuilding
from openmo.hub.spawner import policy_of
from openmo.jobs.values import JobRequest
from openmo.languages.language import ENGLISH
from openmo.projects.launch import LaunchService
from openmo.projects.publishing.values import PublishDraft
from openmo.projects.values import Project, ProjectKind
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.variables import child_variables
from openmo.serving.forked.trial import PoolTrial
from openmo.specs.module import ModuleKind

SDK = ROOT / "sdk" / "src"
MAIN = """
import sys
import tiny
class old_words:
    def run(self, conf):
        text = conf.get("text", "one two")  # value_type: str
        words = tiny.words(text)
        return {"words": words}  # value_type: int
"""
SPEC = "input:\n  run:\n    text: {value_type: str, default_value: one two}\noutput:\n  run:\n    words: int\n"
CALL = """
from openmo_sdk import Client
found = Client().run('ada/old_words/0.1.0', {'text': 'a b c'}, environment='own')
"""
HANDLER = """
from openmo_sdk import Client
def handle(conf):
    found = Client().run('ada/old_words/0.1.0', {'text': 'a b c'}, environment='own')
    return {"words": found["words"]}  # value_type: int
"""
TRY_ALL = """
for path in sys.argv[1:]:
    try:
        open(path)
    except OSError:
        print('no')
"""


class Real(ThisEnvironment):
    """The tests' own Python as the base, and environments of modules as a real installation builds them."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._real = InstalledEnvironments(folder, own=True, sandbox=detect_sandbox(()))
        read_only = (*self.environment.read_only, SDK)
        self.environment = dataclasses.replace(self.environment, read_only=read_only)

    def find(self, digest: str) -> UserEnvironment | None:
        return super().find(digest) or self._real.find(digest)

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        return self._real.resolve(requirements)

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return self._real.can_build(recipe)

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        return self._real.build(recipe)

    def place(self, recipe: EnvironmentRecipe) -> Path:
        return self._real.place(recipe)

    def readable(self) -> tuple[Path, ...]:
        return self._real.readable()


@pytest.fixture
def jobs(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealJobs]:
    """With a module of ada's whose package no base environment has, imported into her project `uses`."""
    if not detect_sandbox(()).isolates:
        pytest.skip("nothing confines here")
    index = tmp_path / "index"
    add_wheel(index, "tiny", "1.0", {"tiny.py": "def words(text): return len(text.split())\n"})
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    made = RealJobs(tmp_path / "installation", migrated_sqlite, provider=Real(tmp_path / "environments"))
    _publish(made.platform)
    yield made
    made.close()


def _publish(platform: Platform) -> None:
    ada = platform.actor("ada")
    module = platform.projects.create(
        ada, title="Old words", name="old-words", kind=ProjectKind.MODULE, visibility=Visibility.PUBLIC
    )
    platform.publishing.begin(ada, module, ModuleKind.TOOLKIT, language=ENGLISH)
    platform.write(module, {"main.py": MAIN, "module_spec.yml": SPEC, "requirements.txt": "tiny==1.0\n"})

    def is_published() -> bool:
        try:
            platform.publishing.publish(ada, module, PublishDraft())
        except EnvironmentBuilding:
            return False
        return True

    wait_until(is_published)
    uses = platform.project("ada", "uses", files={"call.py": CALL + "print(found)\n", "handler.py": HANDLER})
    platform.imports.import_module_named(ada, uses, Reference("ada", "old_words", "0.1.0"))


def _uses(platform: Platform) -> Project:
    return platform.projects.get(platform.actor("ada"), "ada", "uses")


def test_a_job_and_an_app_call_it(jobs: RealJobs, tmp_path: Path) -> None:
    platform = jobs.platform
    job = platform.jobs.submit(platform.actor("ada"), _uses(platform), JobRequest(script="call.py"))
    jobs.step_until(lambda: platform.job(job).ended_at)
    assert jobs.log(job).decode().splitlines()[-1] == "{'words': 3}"
    apps = platform.apps_with(PoolTrial(tmp_path / "trials", detect_sandbox(())))
    apps.deploy(platform.actor("ada"), _uses(platform))
    release = apps.find("ada", "uses", None)
    assert release is not None
    outcome = PoolTrial(tmp_path / "trials", detect_sandbox(())).call(release, {})
    assert (outcome.error, outcome.log) == (None, "")


def test_a_kernel_calls_it_and_cannot_hold_the_builder(jobs: RealJobs, tmp_path: Path) -> None:
    platform, environments = jobs.platform, tmp_path / "environments"
    launch = LaunchService(
        projects=platform.projects,
        imports=platform.imports,
        imported=platform.imported_environments,
        environments=jobs.provider,
        python_lab=lambda: Path(sys.executable),
        api_url="",
    ).launch("ada", _uses(platform).slug)
    (tmp_path / "server" / "tmp").mkdir(parents=True)
    launch.home.make()
    policy = policy_of(launch, tmp_path / "server")
    locks = sorted(str(path) for path in environments.glob("*.lock"))
    assert locks, "the builder has no lock any more: this test would not notice"
    program = f"import sys\n{CALL}print(found)\n{TRY_ALL}"
    done = subprocess.run(
        detect_sandbox(()).wrap([sys.executable, "-c", program, *locks], policy),
        cwd=platform.workspace(_uses(platform)),
        env=child_variables(policy, os.environ, path=(), extra={"PYTHONPATH": str(SDK)}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.splitlines() == ["{'words': 3}", *["no"] * len(locks)], done.stderr
    assert environments not in policy.read_only
