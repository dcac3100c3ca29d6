"""Reads a deployed app's handler from its source, without running it."""

import ast
from dataclasses import dataclass

from openmo.core.messages import message
from openmo.specs.errors import SpecError
from openmo.specs.functions import CallMode, read_function
from openmo.specs.source import Function, Source, functions_named, own_nodes, parse_source, top_level_statements
from openmo.specs.values import Spec
from openmo.specs.warnings import SpecWarning

HANDLER_NAME = "handle"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerReading:
    """A handler's spec, how it wants to be called, the line of its `def`, and what a person should check."""

    spec: Spec
    mode: CallMode
    line: int
    warnings: tuple[SpecWarning, ...] = ()


def read_handler(source: str, filename: str = "handler.py") -> HandlerReading:
    """What `handle` in `source` takes and gives.

    Raises SpecError naming file, line and the mend when there is no usable `handle`; parameters whose type was guessed
    are marked `check` and named in `warnings`.
    """
    parsed = parse_source(source, filename)
    function = _find_handler(parsed)
    try:
        read = read_function(parsed, function)
    except RecursionError as error:
        raise SpecError("this handler is nested too deeply to be read.", file=filename, line=function.lineno) from error
    spec = Spec(inputs=read.inputs, outputs=read.outputs)
    return HandlerReading(spec=spec, mode=read.mode, line=function.lineno, warnings=read.warnings)


def handler_streams(source: str) -> bool:
    """Whether `handle` is a generator, whose outputs come one after the other; False for what cannot be read."""
    try:
        function = _find_handler(parse_source(source, "handler.py"))
    except (SpecError, RecursionError):
        return False
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def _find_handler(source: Source) -> Function:
    found = functions_named(HANDLER_NAME, source.tree.body)
    if found:
        return found[-1]
    for node in top_level_statements(source.tree.body):
        if isinstance(node, ast.ClassDef) and node.name == HANDLER_NAME:
            raise source.error(message("`handle` is a class; write a function, `def handle(conf):`."), node)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == HANDLER_NAME for t in node.targets):
            raise source.error(message("`handle` is assigned; define it with `def handle(conf):`."), node)
        if isinstance(node, ast.ClassDef) and functions_named(HANDLER_NAME, node.body):
            raise source.error(
                message("`handle` is a method of %(name)s; move it out of the class.", name=node.name), node
            )
    raise source.error(message("there is no function `handle`; add `def handle(conf):` and return a dictionary."))
