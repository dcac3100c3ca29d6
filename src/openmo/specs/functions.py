"""One function's inputs and outputs, whichever way it declares them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from openmo.core.messages import as_message, message
from openmo.specs.annotations import SILENCE, Annotation, is_text, type_of_value
from openmo.specs.annotations import literal as literal_value
from openmo.specs.inputs import read_inputs
from openmo.specs.outputs import read_outputs
from openmo.specs.signature import is_mapping, read_docstring, read_signature, read_type
from openmo.specs.source import Function, Source, own_nodes
from openmo.specs.values import Parameter
from openmo.specs.warnings import SpecWarning, WarningKind

MAX_NAME = 200
_NAMES_OF_MAPPINGS = frozenset(
    {"args", "body", "conf", "config", "data", "event", "inputs", "kwargs", "options", "parameters", "params",
     "payload", "request"}
)  # fmt: skip
"""What people call the one parameter that holds all inputs."""


class CallMode(StrEnum):
    """How a function wants its inputs: one mapping (`conf`), or one argument each (`signature`)."""

    CONF = "conf"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionReading:
    """What one function takes and gives, how to call it, and in `warnings` what a person should check."""

    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]
    mode: CallMode
    warnings: tuple[SpecWarning, ...] = ()


def read_function(source: Source, function: Function, *, method: bool = False) -> FunctionReading:
    """The reading of `function`; `method` drops its first parameter (`self`). Raises SpecError for a wrong shape."""
    parameters = _own_parameters(source, function, method=method)
    mapping = _mapping_name(source, function, parameters)
    outputs = read_outputs(source, function)
    problems: tuple[str, ...]
    if mapping is None:
        mode, problems = CallMode.SIGNATURE, ()
        inputs: Mapping[str, Annotation] = read_signature(source, function, parameters)
    else:
        read = read_inputs(source, function, mapping, outputs.lines)
        mode, inputs, problems = CallMode.CONF, read.annotations, read.problems
    described = read_docstring(function)[1]
    annotated = {key: each.or_else(described.get(key, SILENCE)) for key, each in outputs.annotations.items()}
    warnings = [*(SpecWarning(message=as_message(each)) for each in problems), *outputs.warnings]
    if mapping is not None and not inputs:
        warnings.insert(0, _without_inputs(function, mapping))
    warnings += [*_to_check(inputs, "input"), *_to_check(annotated, "output")]
    return FunctionReading(
        inputs=_parameters(source, function, inputs),
        outputs=tuple(
            replace(each, optional=False, has_default=False, default_value=None)
            for each in _parameters(source, function, annotated)
        ),
        mode=mode,
        warnings=tuple(warnings),
    )


def _own_parameters(source: Source, function: Function, *, method: bool) -> list[ast.arg]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in function.decorator_list)
    if method and not static:
        if not positional:
            raise source.error(message("the method %(name)s lacks its parameter `self`.", name=function.name), function)
        positional = positional[1:]
    return positional + arguments.kwonlyargs


def _mapping_name(source: Source, function: Function, parameters: list[ast.arg]) -> str | None:
    """The name of the one mapping parameter; None when the signature itself declares the inputs."""
    arguments, name = function.args, function.name
    usable = message(
        "Write `def %(name)s(conf):` and read inputs as conf['name'], or give every parameter a type.", name=name
    )
    if not parameters:
        if arguments.vararg or arguments.kwarg:
            raise source.error(
                message(
                    "%(name)s takes *args or **kwargs only, which declare no inputs. %(usable)s",
                    name=name,
                    usable=usable,
                ),
                function,
            )
        return None
    first, others = parameters[0], parameters[1:]
    demanded = [each for each in others if each.arg not in _with_default(arguments)]
    if not demanded and _is_one_of_the_inputs(function, first, alone=not others):
        return None
    if _may_be_mapping(function, first):
        typed = [each for each in others if each.annotation is not None]
        if not demanded and (not typed or is_mapping(first.annotation) or _reads_keys_of(function, first.arg)):
            return first.arg
        if demanded and (is_mapping(first.annotation) or len(typed) < len(demanded)):
            names = ", ".join(each.arg for each in [first, *demanded])
            raise source.error(
                message(
                    "%(name)s demands %(number)s arguments (%(names)s) without types. %(usable)s",
                    name=name,
                    number=1 + len(demanded),
                    names=names,
                    usable=usable,
                ),
                function,
            )
    if arguments.vararg or arguments.kwarg:
        raise source.error(
            message("%(name)s mixes typed parameters with *args or **kwargs. %(usable)s", name=name, usable=usable),
            function,
        )
    if arguments.posonlyargs and parameters[0] in arguments.posonlyargs:
        raise source.error(
            message(
                "the parameters before `/` in %(name)s cannot be given by name. %(usable)s", name=name, usable=usable
            ),
            function,
        )
    return None


def _is_one_of_the_inputs(function: Function, first: ast.arg, *, alone: bool) -> bool:
    """Whether a first parameter without a type is an input of its own: the docstring describes it under its name, or
    others with defaults follow and it is neither called nor used as a mapping is.
    """
    if (
        first.annotation is not None
        or first in function.args.posonlyargs
        or function.args.vararg
        or function.args.kwarg
    ):
        return False
    if _reads_keys_of(function, first.arg):
        return False
    documented = read_docstring(function)[0].get(first.arg)
    if documented is not None and documented.value_type is not None:
        return True
    return not alone and first.arg.lower() not in _NAMES_OF_MAPPINGS


def _without_inputs(function: Function, mapping: str) -> SpecWarning:
    used = any(isinstance(node, ast.Name) and node.id == mapping for node in own_nodes(function))
    text = (
        message(
            "no input could be read, since %(name)s is only handed on: read each with %(name)s['key'] in %(function)s, "
            "or name them in its docstring",
            name=mapping,
            function=function.name,
        )
        if used
        else message("no input could be read: the app will be called without any")
    )
    return SpecWarning(message=text, kind=WarningKind.NO_INPUT)


def _with_default(arguments: ast.arguments) -> set[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    behind = positional[len(positional) - len(arguments.defaults) :]
    return {each.arg for each in behind} | {each.arg for each, default in named if default is not None}


def _may_be_mapping(function: Function, parameter: ast.arg) -> bool:
    if parameter in function.args.kwonlyargs:
        return False
    if parameter.annotation is None:
        return not _has_scalar_default(function, parameter)
    if is_mapping(parameter.annotation):
        return True
    unknown = read_type(parameter.annotation).value_type is None
    return unknown and _reads_keys_of(function, parameter.arg)


def _has_scalar_default(function: Function, parameter: ast.arg) -> bool:
    positional = [*function.args.posonlyargs, *function.args.args]
    from_end = len(positional) - positional.index(parameter)
    if from_end > len(function.args.defaults):
        return False
    return type_of_value(literal_value(function.args.defaults[-from_end])) is not None


def _reads_keys_of(function: Function, name: str) -> bool:
    return any(
        isinstance(node, (ast.Subscript, ast.Attribute))
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and (isinstance(node, ast.Attribute) or isinstance(getattr(node.slice, "value", None), str))
        for node in own_nodes(function)
    )


def _to_check(found: Mapping[str, Annotation], half: Literal["input", "output"]) -> Iterator[SpecWarning]:
    """What is to be checked of inputs or outputs, each with the name that it is about."""
    for key, each in found.items():
        parameter = each.parameter(key)
        problems = [as_message(problem) for problem in each.problems]
        if parameter.check and not problems:
            kind = parameter.value_type
            problems = [
                message("its comment is shared with another; please check that %(type)s is right", type=kind)
                if each.unsure
                else message("no value_type is given; please check that %(type)s is right", type=kind)
            ]
        name = repr(key[:80])
        for problem in problems:
            yield SpecWarning(
                message=message("input %(name)s: %(problem)s", name=name, problem=problem)
                if half == "input"
                else message("output %(name)s: %(problem)s", name=name, problem=problem),
                subject=key if parameter.check else "",
            )


def _parameters(source: Source, function: Function, annotations: Mapping[str, Annotation]) -> tuple[Parameter, ...]:
    for key in annotations:
        if len(key) > MAX_NAME or not is_text(key):
            raise source.error(
                message(
                    "%(name)s cannot name an input or output: use up to %(limit)s characters of text.",
                    name=ascii(key[:40]),
                    limit=MAX_NAME,
                ),
                function,
            )
    return tuple(each.parameter(key) for key, each in annotations.items())
