"""How a child process of ours is started in an interpreter that need not know us.

A job, kernel or app worker may run in a user's environment: its python has no `openmo` installed and must see neither
the server's site-packages nor anything that lies in the current directory. So it gets this package by its folder alone.
"""

from pathlib import Path

import openmo

PACKAGE_FOLDER = Path(openmo.__file__).resolve().parent
"""The folder of the `openmo` package; a sandboxed child that starts other children must be able to read it."""

_BOOTSTRAP = """\
import sys, importlib.util, runpy
folder, module = sys.argv[1:3]
spec = importlib.util.spec_from_file_location("openmo", folder + "/__init__.py", submodule_search_locations=[folder])
package = importlib.util.module_from_spec(spec)
sys.modules["openmo"] = package
spec.loader.exec_module(package)
sys.argv[:3] = [module]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


def child_argv(python: Path | str, module: str, *args: str, isolated: bool = True) -> list[str]:
    """The command line that runs `module` of this package as `__main__` under `python`, with `args` in `sys.argv[1:]`.

    The child ignores PYTHON* variables, the user's site and the current directory. When `isolated` it can import the
    standard library and `openmo` only, and starts fastest; otherwise also what `python`'s own environment holds.
    """
    flags = ["-I", "-S"] if isolated else ["-I"]
    return [str(python), *flags, "-c", _BOOTSTRAP, str(PACKAGE_FOLDER), module, *args]
