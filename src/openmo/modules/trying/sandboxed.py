"""Calls a method by a process in the sandbox, in the module's environment (see `openmo.modules.trying.values`)."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from openmo.core.clock import Clock
from openmo.core.errors import NotFound, OpenMoError
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.execution.executor import Executor
from openmo.modules.checking.inside.messages import Failed
from openmo.modules.process import Ended, ModuleProcess, ModuleRun, Places
from openmo.modules.trying.inside.messages import ANSWER, FILES, MAX_ANSWER, Answered, CallOrder
from openmo.modules.trying.values import CallAnswer, CallLimits, ModuleCall, ReturnedFile
from openmo.modules.trying.words import ended as told_of_end
from openmo.modules.trying.words import raised
from openmo.serving.public_text import public_text
from openmo.specs.values import ValueType
from openmo.wire.strict import WrongMessage, decoder

_PROGRAM = "openmo.modules.trying.inside.call"
_INPUTS = "inputs"
_MAX_READ = MAX_ANSWER + (1 << 20)
_MAX_FILES = 100
_read = decoder(Answered, Failed)


class SandboxedCaller:
    """One process for each call: what one call does, no other meets."""

    def __init__(self, executor: Executor, folder: Path, clock: Clock, limits: CallLimits) -> None:
        """`folder` is for this alone."""
        self._limits = limits
        self._process = ModuleProcess(executor, folder, clock, limits)

    def call(self, wanted: ModuleCall, outbox: Path) -> CallAnswer:
        placed = {name: f"{_INPUTS}/{number}-{file.name}" for number, (name, file) in enumerate(wanted.files.items())}
        run = ModuleRun(
            program=_PROGRAM,
            folder=wanted.folder,
            order=lambda places: self._order(wanted, placed, places),
            environment=wanted.environment,
            network=wanted.network,
            files={path: wanted.files[name].path for name, path in placed.items()},
        )
        with self._process.run(run) as ended:
            answer = _answer(ended)
            if isinstance(answer, Failed):
                raise raised(answer, public_text(ended.log))
            if answer is None or ended.overfull:
                raise told_of_end(
                    ended.exit,
                    overfull=ended.overfull,
                    method=wanted.method.name,
                    seconds=self._limits.seconds,
                    log=public_text(ended.log),
                )
            return _collected(answer, wanted, ended, outbox)

    def _order(self, wanted: ModuleCall, placed: Mapping[str, str], places: Places) -> CallOrder:
        outputs, conf = wanted.method.outputs, {**wanted.conf, **placed}
        return CallOrder(
            folder=str(HostileFolder(wanted.folder).whereabouts),
            owner=wanted.owner,
            name=wanted.name,
            version=wanted.version,
            report=str(places.report),
            work=str(places.work),
            method=wanted.method.name,
            conf=conf,
            tables=[
                each.name
                for each in wanted.method.inputs
                if each.value_type is ValueType.DATAFRAME and isinstance(conf.get(each.name), (list, dict))
            ],
            outputs={each.name: "" if each.unchecked_type else str(each.value_type) for each in outputs},
            output_keys={each.key: each.name for each in outputs if each.key},
            optional=[each.name for each in outputs if each.optional],
            memory_bytes=self._limits.memory_bytes,
            file_bytes=self._limits.disk_bytes,
        )


def _answer(ended: Ended) -> Answered | Failed | None:
    """What the process left; None where that is nothing, or no answer."""
    with suppress(NotFound, WrongMessage):
        data, entry = read_inside(ended.report, ANSWER, limit=_MAX_READ)
        found = _read(data) if entry.bytes == len(data) else None
        return found if isinstance(found, (Answered, Failed)) else None
    return None


def _collected(answer: Answered, wanted: ModuleCall, ended: Ended, outbox: Path) -> CallAnswer:
    """The answer, and its files where no user code reaches them; names come from the module and are not believed."""
    values = _values(answer, wanted.method.name, public_text(ended.log))
    declared = {each.name: str(each.value_type) for each in wanted.method.outputs if not each.unchecked_type}
    guessed = {name: kind for name, kind in answer.types.items() if kind in (ValueType.IMG, ValueType.FILE)}
    types = {**guessed, **declared}
    files = []
    for name, file in list(answer.files.items())[:_MAX_FILES]:
        target = outbox / token_hex(16)
        with suppress(OSError, OpenMoError):
            is_file = types.get(name) in {str(each) for each in ValueType if each.is_file}
            if name in values and is_file and os.sep not in file and ended.report.give_out(f"{FILES}/{file}", target):
                files.append(ReturnedFile(output=name, path=target, name=file))
    for name, kind in types.items():
        if name in values and ValueType(kind).is_file:
            values[name] = None
    return CallAnswer(
        output=values,
        files=tuple(files),
        types={name: kind for name, kind in types.items() if name in values},
        seconds=max(0.0, min(answer.seconds, 3600.0)),
        log=public_text(ended.log),
    )


def _values(answer: Answered, method: str, log: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(answer.output, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        raise raised(_no_object(method), log) from None


def _no_object(method: str) -> Failed:
    text = "What it returned is no object of JSON."
    return Failed(step=method, error="WrongOutput", text=text, file="", line=0, missing="", absent="", trace="")
