"""Files of module versions, for people who look at them."""

from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.core.hostile.files import FileEntry, FileView, read_inside, view_file
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.modules.checking.files import pickles_in
from openmo.modules.service import ModuleService
from openmo.modules.values import Module, ModuleVersion

_REMEMBERED = 2000


class ModuleFileService:
    """Lists and shows them; nothing of them is run, and pickles are told by their names and first bytes."""

    def __init__(self, modules: ModuleService) -> None:
        self._modules = modules
        self._pickles: dict[str, tuple[str, ...]] = {}

    def list(self, actor: Actor, module: Module, version: ModuleVersion, path: str = "") -> tuple[FileEntry, ...]:
        """One folder; raises NotFound."""
        return self._modules.list_files(actor, module, version, path)

    def entry(self, actor: Actor, module: Module, version: ModuleVersion, path: str) -> FileEntry | None:
        """What lies at `path`; None for the top folder; raises NotFound."""
        if not path:
            return None
        for entry in self.list(actor, module, version, path.rpartition("/")[0]):
            if entry.path == path:
                return entry
        raise NotFound(message("There is no %(path)s here.", path=repr(path[:120])))

    def view(self, actor: Actor, module: Module, version: ModuleVersion, path: str) -> FileView:
        """What a page shows of a file; raises NotFound."""
        return view_file(self._files(actor, module, version), path)

    def read(
        self, actor: Actor, module: Module, version: ModuleVersion, path: str, *, limit: int
    ) -> tuple[bytes, FileEntry]:
        """Up to `limit` bytes of one file; raises NotFound."""
        return read_inside(self._files(actor, module, version), path, limit=limit)

    def pickles(self, actor: Actor, module: Module, version: ModuleVersion) -> tuple[str, ...]:
        """Files that seem to be pickles: whoever opens them runs what they say."""
        known = self._pickles.get(version.tree)
        if known is None:
            if len(self._pickles) >= _REMEMBERED:
                self._pickles.clear()
            known = self._pickles[version.tree] = pickles_in(self._files(actor, module, version))
        return known

    def _files(self, actor: Actor, module: Module, version: ModuleVersion) -> HostileFolder:
        found = self._modules.version(actor, module, version.version)
        return HostileFolder(self._modules.path(module, found.version))
