"""Reads a module's main.py, without running it."""

import ast
from dataclasses import dataclass, replace
from enum import StrEnum

from openmo.core.messages import message
from openmo.specs.errors import SpecError
from openmo.specs.functions import FunctionReading, read_function
from openmo.specs.handler import HANDLER_NAME
from openmo.specs.source import Function, Source, functions_named, parse_source, top_level_statements
from openmo.specs.values import MODULE_METHODS, ModuleSpec
from openmo.specs.warnings import SpecWarning, WarningKind


class ModuleKind(StrEnum):
    """A model predicts, and may be trained; a toolkit runs."""

    MODEL = "model"
    TOOLKIT = "toolkit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReading:
    """The class that a main.py offers, its kind, what its methods take and give, and what a person should check."""

    class_name: str
    kind: ModuleKind
    spec: ModuleSpec
    methods: tuple[str, ...]
    line: int
    warnings: tuple[SpecWarning, ...] = ()


def read_module(source: str, filename: str = "main.py") -> ModuleReading:
    """What the module class in `source` offers; raises SpecError when no class has predict or run."""
    parsed = parse_source(source, filename)
    node = _find_class(parsed)
    methods = _methods(node)
    try:
        read = {name: read_function(parsed, method, method=True) for name, method in methods.items()}
    except RecursionError as error:
        raise SpecError("this module is nested too deeply to be read.", file=filename, line=node.lineno) from error
    spec = ModuleSpec(
        inputs={name: each.inputs for name, each in read.items()},
        outputs={name: each.outputs for name, each in read.items()},
    )
    return ModuleReading(
        class_name=node.name,
        kind=ModuleKind.MODEL if "predict" in methods else ModuleKind.TOOLKIT,
        spec=spec,
        methods=tuple(methods),
        line=node.lineno,
        warnings=_warnings(read),
    )


def is_module(source: str, filename: str = "main.py") -> bool:
    """Whether the source is a module's rather than a handler's: it has no function `handle` but a class with a
    module's methods. Raises SpecError for what is not Python.
    """
    body = parse_source(source, filename).tree.body
    classes = [each for each in top_level_statements(body) if isinstance(each, ast.ClassDef)]
    return not functions_named(HANDLER_NAME, body) and any(_methods(each) for each in classes)


def _find_class(source: Source) -> ast.ClassDef:
    classes = [each for each in top_level_statements(source.tree.body) if isinstance(each, ast.ClassDef)]
    if not classes:
        raise source.error(message("there is no class; a module is a class with predict or run."))
    usable = [each for each in classes if _is_complete(_methods(each))]
    if not usable:
        half = next((each for each in reversed(classes) if _methods(each)), classes[-1])
        has = ", ".join(_methods(half)) or "none of them"
        raise source.error(
            message("the class %(name)s needs predict or run; it has %(has)s.", name=half.name, has=has),
            half,
        )
    return usable[-1]


def _is_complete(methods: dict[str, Function]) -> bool:
    return "run" in methods or "predict" in methods


def _methods(node: ast.ClassDef) -> dict[str, Function]:
    found = {name: functions_named(name, node.body) for name in MODULE_METHODS}
    return {name: each[-1] for name, each in found.items() if each}


def _warnings(read: dict[str, FunctionReading]) -> tuple[SpecWarning, ...]:
    """The methods' warnings; one that returns no dictionary or takes nothing is common in modules and needs no word."""
    return tuple(
        replace(warning, message=message("%(name)s: %(problem)s", name=name, problem=warning.message))
        for name, each in read.items()
        for warning in each.warnings
        if warning.kind not in (WarningKind.NO_INPUT, WarningKind.NO_OUTPUT)
    )
