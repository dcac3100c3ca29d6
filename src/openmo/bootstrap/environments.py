"""The environments of this installation, as the slices ask for them."""

import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from openmo.engines.environments import Environment, Environments, base_spec, lab_spec
from openmo.ports.environments import UserEnvironment


class InstalledEnvironments:
    """Environments below one folder. `prepare` has built them; after that, asking costs a look at a marker file."""

    def __init__(self, folder: Path, *, report: Callable[[str], None] = lambda _: None) -> None:
        self._environments = Environments(folder, report=report)

    def base(self) -> UserEnvironment:
        return self._base

    def lab(self) -> Environment:
        """The environment that JupyterLab itself runs in."""
        return self._environments.ensure(lab_spec())

    @cached_property
    def _base(self) -> UserEnvironment:
        built = self._environments.ensure(base_spec())
        return UserEnvironment(digest=built.digest, python=built.python, read_only=readable(built))


def readable(environment: Environment) -> tuple[Path, ...]:
    """The environment's folder, and the interpreter that it stands on."""
    return (environment.folder, Path(sys.base_prefix).resolve(), environment.python.resolve().parent.parent)
