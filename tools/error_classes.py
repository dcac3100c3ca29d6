"""Every class of errors that the sources define, found without a list that somebody must remember."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

from openmo.core.errors import OpenMoError

SOURCES = Path(__file__).resolve().parents[1] / "src"


@cache
def error_names() -> frozenset[str]:
    """The names of OpenMoError and its subclasses; nothing is imported for them."""
    return frozenset(name for _, name in _found())


@cache
def error_classes() -> dict[str, type[OpenMoError]]:
    """OpenMoError and its subclasses by name; two of one name would be a mistake of ours, and raise ValueError."""
    classes: dict[str, type[OpenMoError]] = {}
    for module, name in _found():
        defined = getattr(import_module(module), name)
        if issubclass(defined, OpenMoError):  # another class, an event say, may have an error's name
            if name in classes:
                raise ValueError(f"{name} is defined twice: {classes[name].__module__} and {module}")
            classes[name] = defined
    return classes


@cache
def _found() -> tuple[tuple[str, str], ...]:
    """(module, class) of what derives from OpenMoError, read from the sources."""
    classes: list[tuple[str, str, set[str]]] = []
    for path in sorted((SOURCES / "openmo").rglob("*.py")):
        text = path.read_text("utf-8")
        if "class " in text:
            module = ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")
            classes += [
                (module, node.name, {ast.unparse(base).rpartition(".")[2] for base in node.bases})
                for node in ast.parse(text).body
                if isinstance(node, ast.ClassDef)
            ]
    names = {OpenMoError.__name__}
    while more := {name for _, name, bases in classes if bases & names} - names:
        names |= more
    return tuple((module, name) for module, name, _ in classes if name in names)
