"""A release is called once, in the sandbox, before anybody else can call it."""

from pathlib import Path
from typing import Any

import pytest
from support.platform import Platform
from support.served_apps import make_release

from openmo.apps.releases.trial import ReleaseCheckFailed, trial_call
from openmo.apps.service import AppService
from openmo.core.visibility import Visibility
from openmo.projects.values import Project
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.forked.trial import PoolTrial
from openmo.serving.trial import TrialOutcome
from openmo.specs.files import load_app_spec

GOOD = "def handle(conf):\n    return {'b': conf.get('a', 2) * 2}  # value_type: int\n"


@pytest.fixture
def trial(tmp_path: Path) -> PoolTrial:
    return PoolTrial(tmp_path / "trials", detect_sandbox(), seconds=20)


@pytest.fixture
def apps(platform: Platform, trial: PoolTrial) -> AppService:
    return platform.apps_with(trial)


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"handler.py": GOOD}, visibility=Visibility.PUBLIC)


def test_only_an_app_that_answers_becomes_a_release(platform: Platform, apps: AppService, project: Project) -> None:
    actor = platform.actor("ada")
    first = apps.deploy(actor, project)
    platform.write(project, {"handler.py": "print('looking')\nimport not_installed_here\n" + GOOD})
    with pytest.raises(ReleaseCheckFailed, match="not_installed_here") as failure:
        apps.deploy(actor, project)
    log = str(failure.value.fields["log"])
    assert "Traceback" in log
    assert "looking" in log
    found = apps.find("ada", "digits", None)
    assert found is not None
    assert found.release_id == first.id
    assert [path.name for path in platform.folder.releases.iterdir()] == [first.id]
    platform.write(project, {"handler.py": GOOD})
    assert apps.deploy(actor, project).version == "1.1.0"


def test_a_file_that_was_not_chosen_is_missed_in_the_trial(
    platform: Platform, apps: AppService, project: Project
) -> None:
    platform.write(project, {"handler.py": "import helper\n" + GOOD, "helper.py": ""})
    with pytest.raises(ReleaseCheckFailed, match="helper"):
        apps.deploy(platform.actor("ada"), project, files=["handler.py"])
    apps.deploy(platform.actor("ada"), project, files=["handler.py", "helper.py"])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def handle(conf):\n    raise ValueError('no luck')", "no luck"),
        ("def handle(conf):\n    import os\n    os._exit(3)", "exit code 3"),
        ("def handle(conf):\n    return {'b': 'x'}  # value_type: int", "'b'"),
    ],
)
def test_what_its_own_defaults_break_is_no_release(
    platform: Platform, apps: AppService, project: Project, source: str, message: str
) -> None:
    platform.write(project, {"handler.py": source})
    with pytest.raises(ReleaseCheckFailed, match=message):
        apps.deploy(platform.actor("ada"), project)
    assert apps.releases(platform.actor("ada"), project) == ()


def test_an_app_may_refuse_inputs_that_were_made_up(platform: Platform, apps: AppService, project: Project) -> None:
    source = "def handle(conf):\n    assert conf['a'] == 'secret'  # value_type: str\n    return {}"
    platform.write(project, {"handler.py": source})
    assert apps.deploy(platform.actor("ada"), project).version == "1.0.0"


def test_a_hanging_app_is_given_up_and_leaves_nothing(tmp_path: Path) -> None:
    release = make_release(tmp_path / "releases", "import time\ntime.sleep(600)\ndef handle(conf):\n    return {}")
    outcome = PoolTrial(tmp_path / "trials", detect_sandbox(), seconds=2).call(release, {})
    assert outcome.error is not None
    assert list((tmp_path / "trials").iterdir()) == []


def test_a_stream_has_answered_with_its_first_part(tmp_path: Path, trial: PoolTrial) -> None:
    source = "def handle(conf):\n    while True:\n        yield {'n': 1}"
    outcome = trial.call(make_release(tmp_path / "releases", source, outputs={"n": "int"}), {})
    assert outcome == TrialOutcome(error=None, log=outcome.log)


SPEC = """
input:
  with_default: {value_type: int, default_value: 7}
  left_out: {value_type: img, optional: true}
  choice: {value_type: enum, value_range: [x, y]}
  between: {value_type: int, value_range: 10-20}
  above: {value_type: float, value_range: '>3'}
  below: {value_type: int, value_range: '<=0'}
  many: {value_type: '[int]', value_range: 2-4}
  flag: bool
"""


def test_a_trial_uses_what_the_author_chose() -> None:
    call = trial_call(load_app_spec(SPEC))
    expected: dict[str, Any] = {"choice": "x", "between": 15, "above": 4.0, "below": -1, "many": [3], "flag": False}
    assert call.inputs == {**expected, "with_default": 7}
    assert call.meant


@pytest.mark.parametrize(("value_type", "value"), [("int", 1), ("str", "text"), ("img", None), ("dataframe", None)])
def test_what_had_to_be_made_up_is_known_as_such(value_type: str, value: Any) -> None:
    call = trial_call(load_app_spec(f"input:\n  a: {value_type}\n"))
    assert call.inputs == ({} if value is None else {"a": value})
    assert not call.meant
