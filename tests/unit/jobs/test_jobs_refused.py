"""What can never run is refused when it is submitted, so that it never waits in vain."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.platform import Platform

from openmo.core.errors import OpenMoError
from openmo.execution.executor import Capacity
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Device


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What is refused at submission, so that it never waits in vain."""

    name: str
    files: dict[str, str] = field(default_factory=lambda: {"train.py": ""})
    script: str = "train.py"
    options: dict[str, Any] = field(default_factory=dict)
    says: str


REFUSALS = [
    Refusal(name="missing script", script="trian.py", says="trian.py"),
    Refusal(name="no script", script="data.csv", files={"data.csv": "a,b"}, says="neither a Python file"),
    Refusal(name="outside", script="../secrets.py", says="secrets.py"),
    Refusal(name="broken notebook", script="a.ipynb", files={"a.ipynb": "{broken"}, says="not valid JSON"),
    Refusal(name="no GPU", options={"device": Device.GPU, "gpus": 1}, says="GPU"),
    Refusal(name="too many CPUs", options={"cpus": 4096}, says="CPU"),
    Refusal(name="memory of no machine", options={"memory_limit": 1 << 60}, says="memory"),
    Refusal(name="a variable that is none", options={"env": {"A=B": "c"}}, says="A=B"),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_what_can_never_run_is_refused_in_words(platform: Platform, refusal: Refusal) -> None:
    platform.use(MemoryExecutor(capacity=Capacity(cpus=2, memory_bytes=8 << 30), clock=platform.clock))
    name = "refused-" + re.sub(r"[^a-z0-9]+", "-", refusal.name.lower())
    project = platform.project("ada", name, files=refusal.files)
    with pytest.raises(OpenMoError, match=re.escape(refusal.says)):
        platform.submit(project, refusal.script, **refusal.options)
    assert platform.jobs.list(platform.actor("ada"), project) == ()
