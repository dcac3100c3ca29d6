"""What is another in a version than in the one before it, as callers feel it."""

from collections.abc import Sequence
from dataclasses import dataclass

from openmo.accounts.values import Actor
from openmo.modules.compatibility.compare import compare
from openmo.modules.compatibility.values import Bump, Change, ComparedVersion
from openmo.modules.service import ModuleService
from openmo.modules.values import DEV, Module, ModuleVersion
from openmo.specs.errors import SpecError
from openmo.specs.files import load_module_spec
from openmo.specs.module import read_module
from openmo.storage.store import ObjectStore

_MAIN = "main.py"
_SOURCE_LIMIT = 4 << 20
_REMEMBERED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanges:
    """A version beside the one before it."""

    previous: str
    bump: Bump
    changes: tuple[Change, ...]


class VersionChangeService:
    """Compares versions that lie next to each other; nothing of them is run."""

    def __init__(self, modules: ModuleService, store: ObjectStore) -> None:
        self._modules = modules
        self._store = store
        self._known: dict[tuple[str, str], tuple[Bump, tuple[Change, ...]] | None] = {}

    def changes(self, actor: Actor, module: Module, version: ModuleVersion) -> VersionChanges | None:
        """Beside the release before; None where there is none, or one of them cannot be read."""
        previous = _before(version, self._modules.versions(actor, module))
        if previous is None:
            return None
        key = (previous.tree, version.tree)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = self._compared(previous, version)
        found = self._known[key]
        return None if found is None else VersionChanges(previous=previous.version, bump=found[0], changes=found[1])

    def _compared(self, old: ModuleVersion, new: ModuleVersion) -> tuple[Bump, tuple[Change, ...]] | None:
        try:
            comparison = compare(self._read(old), self._read(new))
        except SpecError:
            return None
        return comparison.bump, comparison.changes

    def _read(self, version: ModuleVersion) -> ComparedVersion:
        read = self._store.read_files(
            version.tree, lambda path: path == _MAIN, limit=_SOURCE_LIMIT, total=_SOURCE_LIMIT
        )
        source = read.get(_MAIN, b"").decode("utf-8", "replace")
        return ComparedVersion(spec=load_module_spec(version.spec), kind=read_module(source).kind, source=source)


def _before(version: ModuleVersion, versions: Sequence[ModuleVersion]) -> ModuleVersion | None:
    """The largest smaller release, yanked or not."""
    smaller = [each for each in versions if each.version != DEV and each.order < version.order]
    return max(smaller, key=lambda each: each.order, default=None)
