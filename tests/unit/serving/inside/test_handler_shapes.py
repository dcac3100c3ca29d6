"""Handlers as people write them: read, loaded and called as a worker does, each in a folder of its own."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support.handler_shapes import PICTURE, SHAPES

from openmo.sandbox.inside.document import PolicyDocument
from openmo.serving.inside import work_folder
from openmo.serving.inside.handler_file import load_handler
from openmo.serving.inside.messages import WorkerConfig
from openmo.serving.inside.serve import Worker
from openmo.specs.errors import SpecError
from openmo.specs.handler import read_handler

SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff")


class Frames:
    """A connection that has one call to make, and keeps what comes back."""

    def __init__(self, call: dict[str, Any]) -> None:
        self._waiting = [json.dumps(call).encode()]
        self.answers: list[dict[str, Any]] = []

    def receive(self) -> bytes | None:
        return self._waiting.pop() if self._waiting else None

    def send(self, frame: bytes) -> None:
        self.answers.append(json.loads(frame))


@pytest.mark.parametrize("name", SHAPES)
def test_it_is_read_and_answers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = SHAPES[name]
    if shape.refused:
        with pytest.raises(SpecError, match=shape.refused):
            read_handler(shape.source)
        return
    reading = read_handler(shape.source)
    inputs = {each.name: str(each.value_type) for each in reading.spec.inputs}
    outputs = {each.name: str(each.value_type) for each in reading.spec.outputs}
    said = "\n".join(each.message for each in reading.warnings)
    assert inputs == shape.inputs
    assert shape.outputs is None or outputs == shape.outputs
    assert shape.warns in said
    assert shape.warns or ("no input" not in said and "handed on" not in said)
    release, private = tmp_path / "release", tmp_path / "worker"
    for folder in (release / "results", private / "out", tmp_path / "call"):
        folder.mkdir(parents=True)
    (release / "handler.py").write_text(shape.source, encoding="utf-8")
    (release / "model.txt").write_text("weights")
    (release / "results" / "kept.txt").write_text("kept")
    work_folder.make(private / "work", release)
    monkeypatch.chdir(private / "work")
    monkeypatch.setattr(sys, "path", list(sys.path))
    config = WorkerConfig(
        folder=str(release), temporary=str(private), inputs=inputs, outputs=outputs, output_keys={},
        variables={},
        policy=PolicyDocument.limits_only(), memory_bytes=1 << 30,
    )  # fmt: skip
    frames = Frames({"id": 1, "folder": str(tmp_path / "call"), "files": {}, "inputs": dict(shape.call)})
    Worker(config, frames, load_handler(release, inputs)).run()  # type: ignore[arg-type]  # a connection in memory
    answer = frames.answers[-1]
    if shape.fails:
        assert shape.fails in answer["message"]
        return
    shown = dict(answer["output"])
    for output, file in answer["files"].items():
        data = (tmp_path / "call" / "out" / file).read_bytes()
        shown[output] = PICTURE if data.startswith(SIGNATURES) else data
    assert shown == shape.answer, answer
