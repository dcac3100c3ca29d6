"""Moving a project from one version of a module to another: its import, and the calls in its notebooks and scripts."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.beneath import Entry, TooDeep
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import Message, message
from openmo.core.references import Reference
from openmo.modules.service import ModuleService
from openmo.projects.imports.calls import CallChange, Changed, change_notebook, change_script
from openmo.projects.imports.service import ImportService
from openmo.projects.values import Project, ProjectFolders

MAX_FILE = 32 << 20
"""Bytes of a notebook or script that is read."""
MAX_TOTAL = 512 << 20
_DEPTH = 40
_NOT_OURS = frozenset({"datasets", "modules", "results"})
"""Folders at the top that hold no code of the project's own."""
_TOO_LARGE = message("It is too large to be looked through.")
_NO_NOTEBOOK = message("It is no notebook that can be read.")
_NO_TEXT = message("It is no text in UTF-8.")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that names the version."""

    path: str
    digest: str
    """SHA-256 of the file as it is."""
    changed: Changed


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that was not looked through, and why."""

    path: str
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleUpdate:
    """What an update changes."""

    before: Reference
    after: Reference
    files: tuple[FileChange, ...]
    skipped: tuple[SkippedFile, ...]

    @property
    def calls(self) -> tuple[tuple[str, CallChange], ...]:
        """Each line that changes, with its file."""
        return tuple((file.path, change) for file in self.files for change in file.changed.changes)

    @property
    def digest(self) -> str:
        """Of these very changes to these very files: whoever agrees to it agrees to nothing else."""
        told = "\n".join((str(self.before), str(self.after), *(f"{file.digest} {file.path}" for file in self.files)))
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()


class ModuleUpdateService:
    """Says what an update changes, and changes it; updating back undoes it."""

    def __init__(self, imports: ImportService, modules: ModuleService, folder: DataFolder) -> None:
        self._imports = imports
        self._modules = modules
        self._folder = folder

    def preview(self, actor: Actor, project: Project, imported: Reference, version: str = "") -> ModuleUpdate:
        """What moving from the imported version to that one (empty: the newest release) would change.

        Raises NotFound for what is not imported, and for a version that the actor may not see.
        """
        check(actor, Verb.IMPORT, project.thing())
        if not any(item.identifier == str(imported) for item in self._imports.modules(actor, project)):
            raise NotFound(message("The project does not import %(name)s.", name=str(imported)[:200]))
        module = self._modules.get(actor, imported.owner, imported.name)
        wanted = version or module.version or imported.version
        after = Reference(imported.owner, imported.name, self._modules.version(actor, module, wanted).version)
        if after == imported:
            return ModuleUpdate(before=imported, after=after, files=(), skipped=())
        files, skipped = _look_through(self._workspace(project), imported, after)
        return ModuleUpdate(before=imported, after=after, files=files, skipped=skipped)

    def update(self, actor: Actor, project: Project, imported: Reference, version: str, *, digest: str) -> ModuleUpdate:
        """The project imports that version instead, and its calls name it.

        `digest`: of the preview; raises Conflict when it would be another by now, and then nothing is changed.
        """
        update = self.preview(actor, project, imported, version)
        if update.digest != digest:
            raise Conflict("The project's files have changed since you looked: look at the list of changes again.")
        if update.after == imported:
            return update
        module = self._modules.get(actor, imported.owner, imported.name)
        self._imports.import_module(actor, project, module, update.after.version)
        workspace = self._workspace(project)
        for file in update.files:  # both versions are there meanwhile, so each call finds its own
            workspace.write(file.path, file.changed.text.encode())
        self._imports.remove_module(actor, project, imported)
        return update

    def _workspace(self, project: Project) -> HostileFolder:
        return ProjectFolders(root=self._folder.projects / project.id).workspace


def _look_through(
    workspace: HostileFolder, before: Reference, after: Reference
) -> tuple[tuple[FileChange, ...], tuple[SkippedFile, ...]]:
    files: list[FileChange] = []
    skipped: list[SkippedFile] = []
    for path, found in _sources(workspace):
        if not isinstance(found, bytes):
            skipped.append(SkippedFile(path, found))
            continue
        if str(before.version).encode() not in found:
            continue
        try:
            text = found.decode()
        except UnicodeDecodeError:
            skipped.append(SkippedFile(path, _NO_TEXT))
            continue
        try:
            changed = (change_notebook if path.endswith(".ipynb") else change_script)(text, before, after)
        except ValueError:
            skipped.append(SkippedFile(path, _NO_NOTEBOOK))
            continue
        if changed.changes:
            files.append(FileChange(path, hashlib.sha256(found).hexdigest(), changed))
    return tuple(files), tuple(skipped)


def _sources(workspace: HostileFolder) -> Iterator[tuple[str, bytes | Message]]:
    """Each notebook and script with its bytes, or why it was not read."""
    left = MAX_TOTAL
    try:
        for entry in workspace.walk(_is_code, depth=_DEPTH):
            if entry.path.suffix in (".py", ".ipynb"):
                data = _read(entry, min(MAX_FILE, left))
                if data is not None:
                    left -= len(data)
                    yield str(entry.path), data if len(data) <= MAX_FILE and left >= 0 else _TOO_LARGE
    except TooDeep as error:
        raise Conflict("Folders of the project lie too deep in each other: flatten them first.") from error


def _is_code(path: PurePosixPath) -> bool:
    hidden = path.name.startswith(".") or path.name == "__pycache__"
    return not hidden and not (len(path.parts) == 1 and path.name in _NOT_OURS)


def _read(entry: Entry, limit: int) -> bytes | None:
    """One byte more than the limit of what is larger; None for what is no regular file."""
    try:
        with os.fdopen(entry.open(), "rb") as file:
            return file.read(max(0, limit) + 1)
    except OSError:
        return None
