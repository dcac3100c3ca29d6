"""What the files of a module tell without being opened by anything that understands them."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement

from openmo.core.amounts import memory_text
from openmo.core.errors import NotFound
from openmo.core.hostile.beneath import Entry, TooDeep, closing
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.environments.packages import REQUIREMENTS
from openmo.modules.checking.values import Problem, ProblemCode, WarningCode

_MAX_FILES = 20_000
_MAX_DEPTH = 50
_MAX_LISTED = 10
"""Files of one kind that are told by name."""
_MAX_TEXT = 1 << 20
_LARGE = 100 << 20
_PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".dill", ".model"})
_UNSAID = frozenset({"", ".bin", ".dat", ".weights"})
"""Endings that say nothing of what is in a file: its head does."""
_PICKLE_HEADS = frozenset(bytes([0x80, protocol]) for protocol in range(2, 6))


@dataclass(slots=True)
class FoundFiles:
    """What one walk over a module's files found."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_text(files: HostileFolder, path: str) -> str | None:
    """The text of a file; None where there is no such file. Raises NotText."""
    try:
        data, entry = read_inside(files, path, limit=_MAX_TEXT)
    except NotFound:
        return None
    if entry.bytes > len(data):
        raise NotText(message("It has more than 1 MiB."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotText(message("It is not text in UTF-8.")) from error


class NotText(Exception):
    """The file holds something else than a text of reasonable length; the message says what."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def look_at_files(files: HostileFolder) -> FoundFiles:
    """Too many files, large ones, pickles, and requirements that name no version."""
    found = FoundFiles()
    large: list[tuple[int, str]] = []
    pickles: list[str] = []
    number = 0
    try:
        for entry in files.walk(lambda _: True, depth=_MAX_DEPTH):
            number += 1
            if number > _MAX_FILES:
                break
            if stat.S_ISREG(entry.status.st_mode):
                if entry.status.st_size > _LARGE:
                    large.append((entry.status.st_size, str(entry.path)))
                if _is_pickle(entry):
                    pickles.append(str(entry.path))
    except TooDeep:
        number = _MAX_FILES + 1
    if number > _MAX_FILES:
        text = message("The module has more than %(most)s files, or folders too deep in each other.", most=_MAX_FILES)
        remedy = message("Leave out what is not needed, such as environments and data.")
        found.problems.append(Problem(code=ProblemCode.TOO_MANY_FILES, message=text, remedy=remedy))
    found.warnings += [_large(size, path) for size, path in sorted(large, reverse=True)[:_MAX_LISTED]]
    found.warnings += [_pickled(path) for path in pickles[:_MAX_LISTED]]
    _look_at_requirements(files, found)
    return found


def pickles_in(files: HostileFolder) -> tuple[str, ...]:
    """Files that seem to be pickles, those that are found first."""
    found: list[str] = []
    with contextlib.suppress(TooDeep):
        for number, entry in enumerate(files.walk(lambda _: True, depth=_MAX_DEPTH)):
            if number > _MAX_FILES or len(found) >= _MAX_LISTED:
                break
            if stat.S_ISREG(entry.status.st_mode) and _is_pickle(entry):
                found.append(str(entry.path))
    return tuple(found)


def _is_pickle(entry: Entry) -> bool:
    suffix = entry.path.suffix.lower()
    if suffix not in _UNSAID:
        return suffix in _PICKLES
    with contextlib.suppress(OSError), closing(entry.open()) as file:
        return os.pread(file, 2, 0) in _PICKLE_HEADS
    return False


def _large(size: int, path: str) -> Problem:
    return Problem(
        code=WarningCode.LARGE_FILE,
        message=message("%(file)s has %(size)s.", file=path, size=memory_text(size)),
        remedy=message("Publish large data as a dataset, and leave out what the module does not need."),
        file=path,
    )


def _pickled(path: str) -> Problem:
    return Problem(
        code=WarningCode.PICKLED_WEIGHTS,
        message=message("%(file)s seems to be a pickle: opening it may run any code.", file=path),
        remedy=message("Save weights as safetensors, .npz or ONNX, which hold numbers alone."),
        file=path,
    )


def _look_at_requirements(files: HostileFolder, found: FoundFiles) -> None:
    try:
        text = read_text(files, REQUIREMENTS)
    except NotText as error:
        found.problems.append(_requirement(error.problem, None))
        return
    for line, words in _requirement_lines(text or ""):
        try:
            requirement = Requirement(words)
        except InvalidRequirement:
            problem = message("%(words)s is no requirement.", words=repr(words[:80]))
            found.problems.append(_requirement(problem, line))
            continue
        pinned = any(each.operator in ("==", "===") and "*" not in each.version for each in requirement.specifier)
        if not (pinned or requirement.url) and len(found.warnings) < 10 * _MAX_LISTED:
            found.warnings.append(
                Problem(
                    code=WarningCode.REQUIREMENT_UNPINNED,
                    message=message("%(name)s may be any of several versions.", name=requirement.name),
                    remedy=message(
                        "Write the version that you tried, such as `%(name)s==1.2.3`.", name=requirement.name
                    ),
                    file=REQUIREMENTS,
                    line=line,
                )
            )


def _requirement(problem: str, line: int | None) -> Problem:
    return Problem(
        code=ProblemCode.REQUIREMENT_UNREADABLE,
        message=problem,
        remedy=message("Write one package a line, such as `numpy==2.3.0`, without options."),
        file=REQUIREMENTS,
        line=line,
    )


def _requirement_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, up to the first that is wrong and many more."""
    for number, line in enumerate(text.splitlines()[:2000], start=1):
        words = line.partition(" #")[0].strip()
        if words and not words.startswith("#"):
            yield number, words
