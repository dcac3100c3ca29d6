"""Run as a script by the interpreter of a module's environment: loads this very SDK, whatever the environment holds."""

import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_SDK = Path(__file__).resolve().parent.parent
_BESIDE = frozenset({"modules", "function"})
"""Names of the SDK's under which older code imports it."""


class _Beside:
    """Finds them beside the SDK where the environment has none."""

    def find_spec(
        self,
        fullname: str,
        path: object = None,  # noqa: ARG002 (as finders are called)
        target: ModuleType | None = None,  # noqa: ARG002 (as above)
    ) -> ModuleSpec | None:
        return PathFinder.find_spec(fullname, [str(_SDK.parent)]) if fullname in _BESIDE else None


def _load() -> None:
    spec = importlib.util.spec_from_file_location(
        _SDK.name, _SDK / "__init__.py", submodule_search_locations=[str(_SDK)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"There is no SDK in {_SDK}.")
    sdk = importlib.util.module_from_spec(spec)
    sys.modules[_SDK.name] = sdk
    spec.loader.exec_module(sdk)
    sys.meta_path.append(_Beside())


if __name__ == "__main__":
    _load()
    importlib.import_module(f"{_SDK.name}.calls.serving").main()
