"""One call of a module's method, wherever the module was loaded."""

from collections.abc import Callable, Mapping
from typing import Any

from openmo_sdk.errors import MissingParameter, ModuleBroken
from openmo_sdk.identifiers import Located
from openmo_sdk.loading import Loaded, prepare_weights, takes_argument
from openmo_sdk.parameters import Parameters

_STAND_IN = {"run": "predict", "predict": "run"}


def call_method(located: Located, loaded: Loaded, verb: str, conf: Mapping[str, Any]) -> Any:
    """What the method for `verb` returns; what it raises says in which module it was."""
    name, method = _method(loaded, verb)
    if name == "train":
        loaded.weights_ready = True
    elif name in _STAND_IN:
        prepare_weights(loaded, located.folder)
    parameters = Parameters(conf, wanted_by=f"The method {name} of {loaded.identifier}")
    try:
        return method(parameters) if takes_argument(method) else method()
    except MissingParameter:
        raise
    except Exception as error:
        _explain(error, located, name)
        raise


def _method(loaded: Loaded, verb: str) -> tuple[str, Callable[..., Any]]:
    """The method for `verb`: a toolkit has only `run` and a model only `predict`, and each stands in for the other."""
    for name in (verb, _STAND_IN.get(verb)):
        method = getattr(loaded.instance, name, None) if name else None
        if name and callable(method):
            return name, method
    public = [
        name for name in dir(loaded.instance) if not name.startswith("_") and callable(getattr(loaded.instance, name))
    ]
    raise ModuleBroken(
        f"The module {loaded.identifier} has no {verb}; use one of: {', '.join(public) or '(it has no methods)'}."
    )


def _explain(error: Exception, located: Located, method: str) -> None:
    error.add_note(f"Raised inside the module {located.identifier}, in its method {method}.")
    missing = error.filename if isinstance(error, FileNotFoundError) else None
    if isinstance(missing, str) and not missing.startswith("/") and (located.folder / missing).exists():
        error.add_note(
            f"{missing!r} lies in the module's folder, but methods run in the project's. In main.py, write: "
            f"Path(__file__).parent / {missing!r}"
        )
