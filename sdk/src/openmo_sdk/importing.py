"""Imports a module's code so that two versions, each with files of the same names, live side by side.

Every load gets a package name of its own. Relative imports then work by themselves. A plain `import helper` inside the
module's files means the `helper.py` beside them: their `__import__` looks there first, and nobody else's is touched, so
neither `sys.path` nor a name in `sys.modules` is shared between modules.
"""

import builtins
import contextlib
import importlib
import importlib.machinery
import importlib.util
import itertools
import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

_finder_lock = threading.Lock()
_numbers = itertools.count(1)
_folders: dict[str, Path] = {}  # package name of each loaded module -> its folder


def import_main(folder: Path, *, label: str) -> ModuleType:
    """The module object of `folder`/main.py, newly executed; what it raises passes through, leaving nothing behind."""
    package = f"_module_{re.sub(r'[^0-9A-Za-z]+', '_', label)}_{next(_numbers)}"
    with _finder_lock:
        if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
            sys.meta_path.insert(0, _Finder())
    _folders[package] = folder
    importlib.invalidate_caches()  # files of a `dev` version come and go within the clock tick of the folder
    try:
        return importlib.import_module(f"{package}.main")
    except BaseException:
        forget(package)
        raise


def forget(package: str) -> None:
    """Drops the modules of a package that `import_main` made; objects of its classes go on working."""
    _folders.pop(package, None)
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        with contextlib.suppress(KeyError):
            del sys.modules[name]


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a source file of a module, giving it the import function that looks beside it.

    It neither reads nor writes `__pycache__`: imported folders are read-only, and an edit of a `dev` version within
    the same second would otherwise go unseen.
    """

    def path_stats(self, path: str) -> dict[str, Any]:
        raise OSError(f"{path} is always compiled anew")

    def exec_module(self, module: ModuleType) -> None:
        package = module.__name__.partition(".")[0]
        own = dict(vars(builtins))
        own["__import__"] = _import_beside(package, _folders[package])
        module.__dict__["__builtins__"] = own
        super().exec_module(module)


class _Finder:
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package, _, rest = fullname.partition(".")
        folder = _folders.get(package)
        if folder is None:
            return None
        if not rest:
            return _package_spec(package, folder)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if (
            spec is not None
            and spec.origin is not None
            and isinstance(spec.loader, importlib.machinery.SourceFileLoader)
        ):
            spec.loader = _Loader(fullname, spec.origin)
            spec.cached = None
        return spec


def _package_spec(package: str, folder: Path) -> importlib.machinery.ModuleSpec:
    init = folder / "__init__.py"
    loader = _Loader(package, str(init)) if init.is_file() else None
    spec = importlib.machinery.ModuleSpec(package, loader, origin=str(init) if loader else None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    spec.has_location = loader is not None
    return spec


def _import_beside(package: str, folder: Path) -> Callable[..., ModuleType]:
    """An `__import__` for the files of one module: names of files beside main.py come first."""

    def import_name(
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  # the signature of builtins.__import__
        locals: Mapping[str, object] | None = None,  # noqa: A002  # as above
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        top = name.partition(".")[0]
        if level or not _lies_beside(folder, top):
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        if fromlist:
            return builtins.__import__(f"{package}.{name}", globals, locals, fromlist, 0)
        importlib.import_module(f"{package}.{name}")
        return sys.modules[f"{package}.{top}"]

    return import_name


def _lies_beside(folder: Path, name: str) -> bool:
    """As for a script: a file or package beside main.py wins; a plain folder only if nothing else has its name."""
    if name in sys.builtin_module_names:
        return False
    if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file():
        return True
    return (folder / name).is_dir() and not _importable(name)


def _importable(name: str) -> bool:
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
