"""The `examples` of an app_spec.yml: inputs to try the app with, chosen by its owner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from openmo.core.errors import InvalidInput, OpenMoError
from openmo.core.paths import relative_path
from openmo.specs.safe_yaml import Document, dump
from openmo.specs.validate import compile_validator
from openmo.specs.values import Parameter, Spec

EXAMPLES = "examples"
"""The key in app_spec.yml, and the folder of the project that holds the files of examples."""
MAX_EXAMPLES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Some inputs by name, and the files of others as paths below `examples/`."""

    name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    files: Mapping[str, str] = field(default_factory=dict, hash=False)


def read_examples(spec: Spec) -> tuple[Example, ...]:
    """The spec's examples, at most 50; what is malformed, or no input of the app, is left out."""
    found = spec.extra.get(EXAMPLES)
    entries = found if isinstance(found, list) else []
    return tuple(_example(entry, spec.inputs) for entry in entries[:MAX_EXAMPLES] if _inputs(entry) is not None)


def write_examples(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """The examples as the spec's file holds them."""
    return [{**({"name": each.name} if each.name else {}), "input": {**each.values, **each.files}} for each in examples]


def example_problems(spec: Spec, has_file: Callable[[str], bool]) -> tuple[str, ...]:
    """What somebody should look at: values that the app would refuse, files that are not there."""
    problems: list[str] = []
    listed = spec.extra.get(EXAMPLES)
    if listed is not None and not isinstance(listed, list):
        return (f"{EXAMPLES} must be a list of entries with `name` and `input`.",)
    for number, entry in enumerate(listed or (), start=1):
        given = _inputs(entry)
        if given is None:
            problems.append(f"example {number} has no `input` with names and values.")
            continue
        files = {each.name for each in spec.inputs if each.value_type.is_file}
        problems += [
            f"example {number}: {name!r} names no file of the folder {EXAMPLES}/."
            for name in sorted(files & given.keys())
            if sample_path(given[name]) is None or not has_file(str(given[name]))
        ]
        problems += [f"example {number}: {each}" for each in _refused(given, spec.inputs, files)]
    return tuple(problems)


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


def replace_examples(text: str, filename: str, examples: Sequence[Example]) -> str:
    """The text of a spec file with these examples instead of its own; every other line stays as it is."""
    root = Document(text, filename).root
    section = dump({EXAMPLES: write_examples(examples)}) if examples else ""
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
    return Example(name=str(name)[:200] if name is not None else "", values=values, files=files)


def _refused(given: Mapping[str, Any], parameters: Sequence[Parameter], files: set[str]) -> list[str]:
    """Values that a call would refuse; an input without a value may be there to be filled in."""
    checked = [each for each in parameters if each.name in given and each.name not in files]
    try:
        compile_validator(checked)({name: value for name, value in given.items() if name not in files})
    except OpenMoError as error:
        listed = error.fields.get("errors", ())
        return [f"{each['name']!r}: {each['message']}" for each in listed]
    return []


def sample_name(path: str) -> str:
    """The name by which readers know an example's file."""
    return PurePosixPath(path).name
