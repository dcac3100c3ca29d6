"""The `examples` of an app_spec.yml: inputs to try the app with, chosen by its owner."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from openmo.core.errors import Conflict, InvalidInput, OpenMoError
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message
from openmo.specs.safe_yaml import Document, dump
from openmo.specs.validate import Validator, compile_validator
from openmo.specs.values import Parameter, Spec

EXAMPLES = "examples"
"""The key in app_spec.yml, and the folder of the project that holds the files of examples."""
MAX_EXAMPLES = 50
_NO_LIST = message("%(key)s must be a list of entries with `name` and `input`.", key=EXAMPLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Some inputs by name, and the files of others as paths below `examples/`."""

    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    files: Mapping[str, str] = field(default_factory=dict, hash=False)
    key: str = field(default="", compare=False)
    """Names the entry of the file that says this and nothing else."""


def read_examples(spec: Spec) -> tuple[Example, ...]:
    """The spec's examples, at most 50; what is malformed, or no input of the app, is left out."""
    found = spec.extra.get(EXAMPLES)
    entries = found[:MAX_EXAMPLES] if isinstance(found, list) else []
    return tuple(_example(entry, spec.inputs) for entry in entries if is_example(entry))


def listed_entries(spec: Spec) -> list[Any]:
    """What the file lists, whatever it is; raises Conflict where it lists nothing but says something."""
    found = spec.extra.get(EXAMPLES)
    if found is not None and not isinstance(found, list):
        raise Conflict(_NO_LIST)
    return list(found or ())


def write_example(example: Example) -> dict[str, Any]:
    """The example as an entry of the file."""
    return {**({"name": example.name} if example.name else {}), "input": {**example.values, **example.files}}


def is_example(entry: Any) -> bool:
    """Whether an entry of the file is one that can be read."""
    return _inputs(entry) is not None


def entry_key(entry: Any) -> str:
    """The `key` of the example that an entry is."""
    return hashlib.sha256(json.dumps(entry, default=str).encode()).hexdigest()[:16]


def example_problems(spec: Spec, has_file: Callable[[str], bool]) -> tuple[str, ...]:
    """What somebody should look at, one thing for each example: values that the app refuses, files that are missing."""
    try:
        listed = listed_entries(spec)
    except Conflict as error:
        return (error.message,)
    files = frozenset(each.name for each in spec.inputs if each.value_type.is_file)
    # An input without a value may be there to be filled in.
    checked = [replace(each, optional=True, has_default=False) for each in spec.inputs if each.name not in files]
    validate = compile_validator(checked)
    found = (_problem(entry, files, validate, has_file) for entry in listed[:MAX_EXAMPLES])
    problems: list[str] = [
        message("example %(number)s: %(problem)s", number=number, problem=problem)
        for number, problem in enumerate(found, start=1)
        if problem
    ]
    if len(listed) > MAX_EXAMPLES:
        problems.append(
            message("only the first %(most)s of %(number)s examples are shown.", most=MAX_EXAMPLES, number=len(listed))
        )
    return tuple(problems)


def _problem(entry: Any, files: frozenset[str], validate: Validator, has_file: Callable[[str], bool]) -> str:
    given = _inputs(entry)
    if given is None:
        return message("it has no `input` with names and values.")
    for name in sorted(files & given.keys()):
        if sample_path(given[name]) is None or not has_file(str(given[name])):
            return message("%(name)s names no file of the folder %(folder)s/.", name=repr(name), folder=EXAMPLES)
    try:
        validate({name: value for name, value in given.items() if name not in files})
    except OpenMoError as error:
        for each in error.wrong:
            return message("%(name)s: %(problem)s", name=repr(each["name"]), problem=each["message"])
    return ""


def sample_path(value: Any) -> str | None:
    """The path of an example's file; None for anything that is not a file below `examples/`."""
    if not isinstance(value, str):
        return None
    try:
        path = relative_path(value)
    except InvalidInput:
        return None
    hidden = any(part.startswith(".") for part in path.parts)
    return str(path) if len(path.parts) > 1 and path.parts[0] == EXAMPLES and not hidden else None


def replace_examples(text: str, filename: str, entries: Sequence[Any]) -> str:
    """The text of a spec file with these entries instead of its own; every other line stays as it is."""
    root = Document(text, filename).root
    section = dump({EXAMPLES: list(entries)}) if entries else ""
    lines = text.splitlines(keepends=True)
    start = end = len(lines)
    for key, node in getattr(root, "value", None) or ():
        if key.value == EXAMPLES:
            start, end = key.start_mark.line, max(node.end_mark.line, key.start_mark.line + 1)
            while end - 1 > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
                end -= 1  # what stands before the next key belongs to that one
    before = "".join(lines[:start])
    if before and not before.endswith("\n"):
        before += "\n"
    return before + section + "".join(lines[end:])


def _inputs(entry: Any) -> dict[str, Any] | None:
    inputs = entry.get("input") if isinstance(entry, Mapping) else None
    return dict(inputs) if isinstance(inputs, Mapping) else None


def _example(entry: Mapping[str, Any], parameters: Sequence[Parameter]) -> Example:
    given = _inputs(entry) or {}
    values: dict[str, Any] = {}
    files: dict[str, str] = {}
    for parameter in parameters:
        if parameter.name not in given:
            continue
        value = given[parameter.name]
        if not parameter.value_type.is_file:
            values[parameter.name] = value
        elif (path := sample_path(value)) is not None:
            files[parameter.name] = path
    name = entry.get("name")
    title = str(name)[:200] if name is not None else ""
    return Example(name=title, values=values, files=files, key=entry_key(entry))


def sample_name(path: str) -> str:
    """The name by which readers know an example's file."""
    return PurePosixPath(path).name
