"""Reads a module's main.py, without running it."""

import ast
from dataclasses import dataclass, replace
from enum import StrEnum

from openmo.core.messages import message
from openmo.specs.errors import SpecError
from openmo.specs.functions import FunctionReading, read_function
from openmo.specs.handler import HANDLER_NAME
from openmo.specs.source import Function, Source, functions_named, methods_of, parse_source, top_level_statements
from openmo.specs.values import ModuleSpec
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
    methods = methods_of(node)
    try:
        read = {name: _read_method(parsed, method) for name, method in methods.items()}
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
    return not functions_named(HANDLER_NAME, body) and any(methods_of(each) for each in classes)


def _find_class(source: Source) -> ast.ClassDef:
    classes = [each for each in top_level_statements(source.tree.body) if isinstance(each, ast.ClassDef)]
    if not classes:
        raise source.error(message("there is no class; a module is a class with predict or run."))
    usable = [each for each in classes if _is_complete(methods_of(each))]
    if not usable:
        half = next((each for each in reversed(classes) if methods_of(each)), classes[-1])
        has = ", ".join(methods_of(half)) or "none of them"
        raise source.error(
            message("the class %(name)s needs predict or run; it has %(has)s.", name=half.name, has=has),
            half,
        )
    return usable[-1]


def _is_complete(methods: dict[str, Function]) -> bool:
    return "run" in methods or "predict" in methods


def _read_method(source: Source, method: Function) -> FunctionReading:
    """What the method takes and gives; of one that only calls a function of its name, as that function says."""
    function, is_method = _followed(source, method)
    return read_function(source, function, method=is_method)


def _followed(source: Source, method: Function) -> tuple[Function, bool]:
    """The function to read, and whether it has a `self`: the method, unless it hands all that it gets to another.

    `return predict(conf)`, as `generate_module` writes it; also `(**conf)`, `(self, conf)` and `()`.
    """
    last = method.body[-1]
    names = [each.arg for each in method.args.args]
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Call) or len(method.body) > 1:
        return method, True
    call, functions = last.value, functions_named(method.name, source.tree.body)
    if not functions or not isinstance(call.func, ast.Name) or call.func.id != method.name or len(names) != 2:
        return method, True
    given = [ast.unparse(each) for each in call.args] + [f"**{ast.unparse(each.value)}" for each in call.keywords]
    if any(each.arg for each in call.keywords) or given not in ([], [names[1]], [f"**{names[1]}"], names):
        return method, True
    return functions[-1], given == names


def _warnings(read: dict[str, FunctionReading]) -> tuple[SpecWarning, ...]:
    """The methods' warnings; one that returns no dictionary or takes nothing is common in modules and needs no word."""
    return tuple(
        replace(warning, message=message("%(name)s: %(problem)s", name=name, problem=warning.message))
        for name, each in read.items()
        for warning in each.warnings
        if warning.kind not in (WarningKind.NO_INPUT, WarningKind.NO_OUTPUT)
    )
