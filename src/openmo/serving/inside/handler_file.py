"""Loads a release's handler.py and calls its `handle` the way it wants to be called."""

import asyncio
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

from openmo.core.packages import PACKAGES
from openmo.serving.inside.values_out import WrongOutput


class HandlerShape(Exception):
    """handler.py has no usable `handle`; the message names the mend."""


def load_handler(folder: Path, inputs: Collection[str]) -> Callable[[dict[str, Any]], Any]:
    """A function from the inputs to what `handle` returns; raises what importing handler.py raises, or HandlerShape.

    The release's folder comes first on the path, as if handler.py were run as a script there, then its own packages.
    """
    sys.path[:0] = [str(folder), str(folder / PACKAGES)]
    path = folder / "handler.py"
    loader = SourceFileLoader("handler", str(path))
    spec = spec_from_loader("handler", loader)
    if spec is None:
        raise HandlerShape("handler.py cannot be loaded.")
    module = module_from_spec(spec)
    sys.modules["handler"] = module
    loader.exec_module(module)
    handle = getattr(module, "handle", None)
    if not callable(handle):
        raise HandlerShape("handler.py defines no function `handle`.")
    return _adapted(handle, frozenset(inputs))


def _adapted(handle: Callable[..., Any], inputs: frozenset[str]) -> Callable[[dict[str, Any]], Any]:
    call = _by_keywords(handle) if _takes_keywords(handle, inputs) else handle
    if inspect.iscoroutinefunction(handle):
        return lambda conf: asyncio.run(call(conf))
    return call


def _takes_keywords(handle: Callable[..., Any], inputs: frozenset[str]) -> bool:
    """Whether the parameters are the inputs themselves (`handle(width: int)`), not one dict (`handle(conf)`)."""
    try:
        parameters = list(inspect.signature(handle).parameters.values())
    except (TypeError, ValueError):
        return False
    positional = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    required = [each for each in positional if each.default is each.empty]
    if len(required) > 1 and any(each.name not in inputs for each in required):
        raise HandlerShape(
            f"handle() takes {len(required)} required parameters that app_spec.yml does not declare; "
            "write `def handle(conf):`, or declare each of them."
        )
    if not positional:
        return True
    return positional[0].name in inputs


def _by_keywords(handle: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
    parameters = inspect.signature(handle).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return lambda conf: handle(**conf)
    wanted = frozenset(each.name for each in parameters)
    return lambda conf: handle(**{name: value for name, value in conf.items() if name in wanted})


def iterated(result: Any) -> Iterator[Any] | None:
    """The values that a generator (sync or async) yields; None for any other result."""
    if inspect.isgenerator(result):
        return result
    if inspect.isasyncgen(result):
        return _drained(result)
    if inspect.iscoroutine(result):
        result.close()
        raise WrongOutput("handle() returned a coroutine; make it `async def` or await inside.")
    return None


def _drained(result: AsyncIterator[Any]) -> Iterator[Any]:
    with asyncio.Runner() as runner:
        while True:
            try:
                yield runner.run(_next(result))
            except StopAsyncIteration:
                return


async def _next(result: AsyncIterator[Any]) -> Any:
    return await anext(result)
