"""From a module's folder to an object that can run, train or predict."""

import inspect
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from openmo_sdk.errors import MissingParameter, ModuleBroken, SdkError
from openmo_sdk.identifiers import DEV, Identifier, Located
from openmo_sdk.importing import forget, import_main
from openmo_sdk.parameters import Parameters
from openmo_sdk.workdir import working_directory

VERBS = ("predict", "run", "train")

_Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(slots=True)
class Loaded:
    """An instance of a module's class, with what the next call must know about it."""

    identifier: Identifier
    package: str
    instance: Any
    weights_ready: bool = False  # load_model has run, or train has made weights that it must not overwrite
    stamp: _Stamp = ()


_cache: dict[Path, Loaded] = {}
_lock = threading.RLock()  # re-entrant: a module may use another one while it loads


def load_shared(located: Located) -> Loaded:
    """The instance that all callers of this module share; a new one after its code has changed. Raises ModuleBroken."""
    with _lock:
        stamp = _stamp(located)
        known = _cache.get(located.folder)
        if known is not None and known.stamp == stamp:
            return known
        loaded = load_new(located)
        loaded.stamp = stamp
        if known is not None:
            forget(known.package)
        _cache[located.folder] = loaded
        return loaded


def load_new(located: Located, conf: Mapping[str, Any] | None = None) -> Loaded:
    """A new instance, made with `conf`. The module's folder is this thread's working directory meanwhile.

    Raises ModuleBroken for whatever the module's own code raises, and MissingParameter when it needs `conf`.
    """
    identifier = located.identifier
    if not (located.folder / "main.py").is_file():
        raise ModuleBroken(f"The module {identifier} has no main.py; import it again, or tell {identifier.owner}.")
    package = None
    with _lock, working_directory(located.folder):
        try:
            main = import_main(located.folder, label=str(identifier))
            package = main.__name__.partition(".")[0]
            module_class = _class_of(main, identifier)
            parameters = Parameters(conf or {}, wanted_by=f"The class of {identifier}")
            instance = module_class(parameters) if conf is not None or needs_argument(module_class) else module_class()
        except SdkError:
            raise
        except KeyError as error:
            raise _failed(
                identifier, error, "If its class needs parameters, use client.module(identifier, conf)."
            ) from error
        except Exception as error:
            raise _failed(identifier, error, _remedy(identifier, error)) from error
    return Loaded(identifier, package, instance)


def prepare_weights(loaded: Loaded, folder: Path) -> None:
    """Calls the module's `load_model`, when it has one, once before its first prediction."""
    with _lock:
        if loaded.weights_ready:
            return
        load_model = getattr(loaded.instance, "load_model", None)
        if callable(load_model) and not needs_argument(load_model):
            with working_directory(folder):
                try:
                    load_model()
                except MissingParameter:
                    raise
                except Exception as error:
                    raise _failed(loaded.identifier, error, _remedy(loaded.identifier, error), "load_model") from error
        loaded.weights_ready = True


def needs_argument(function: Any) -> bool:
    """Whether it must be called with an argument."""
    try:
        inspect.signature(function).bind()
    except TypeError:
        return True
    except ValueError:
        return False  # built in, without a signature
    return False


def takes_argument(function: Any) -> bool:
    """Whether it can be called with one argument."""
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _class_of(main: ModuleType, identifier: Identifier) -> type[Any]:
    wanted = identifier.name.replace("-", "_")
    named = getattr(main, wanted, None)
    if isinstance(named, type):
        return named
    package = main.__name__.partition(".")[0]
    own = [
        value
        for value in vars(main).values()
        if isinstance(value, type)
        and value.__module__.partition(".")[0] == package
        and any(callable(getattr(value, verb, None)) for verb in VERBS)
    ]
    if len(set(own)) == 1:
        return own[0]
    found = ", ".join(sorted(value.__name__ for value in own)) or "none"
    raise ModuleBroken(
        f"main.py of the module {identifier} has no class {wanted} (classes with run or predict: {found}). "
        f"Its owner must name the class {wanted}."
    )


def _stamp(located: Located) -> _Stamp:
    """Changes when the code does: of an immutable release main.py tells.

    Of `dev` every source file does, and where its link leads: to another folder once other weights were published.
    """
    is_dev = located.identifier.version == DEV
    files = sorted(located.folder.rglob("*.py")) if is_dev else [located.folder / "main.py"]
    stamp = [(os.path.realpath(located.folder), 0, 0, 0)] if is_dev else []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        stamp.append((str(file), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(stamp)


def _failed(identifier: Identifier, error: Exception, remedy: str, what: str = "main.py") -> ModuleBroken:
    return ModuleBroken(
        f"The module {identifier} could not be loaded: {what} raised {type(error).__name__}: {error}. {remedy}"
    )


def _remedy(identifier: Identifier, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("_module_"):
        return f"Install what it needs, usually with: pip install {error.name.partition('.')[0]}"
    return f"The traceback above shows where; tell {identifier.owner}, or use another version."
