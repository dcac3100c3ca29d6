"""From a project to the module that others import."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.core.text import some_lines
from openmo.core.versions import Version
from openmo.db.engine import Database
from openmo.environments.modules import ModuleEnvironments
from openmo.languages.language import Language
from openmo.modules.checking.check import Candidate, ModuleCheck, PreviousRelease
from openmo.modules.checking.static import examine
from openmo.modules.checking.values import CheckReport
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import DEV, Module, ModuleVersion
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.publishing.candidates import VersionFiles, version_files, version_selection
from openmo.projects.publishing.kinds import check_makes_module
from openmo.projects.publishing.placing import Placement
from openmo.projects.publishing.skeleton import MAIN, README, SkeletonChoice, Skeletons, module_name
from openmo.projects.publishing.trees import VersionTrees
from openmo.projects.publishing.values import (
    NOTES_LIMIT,
    ModuleCheckFailed,
    ModulePlan,
    ModuleUnchanged,
    ModuleWords,
    PublishDraft,
    described,
)
from openmo.projects.publishing.versions import check_grows, last_number
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.specs.errors import SpecError
from openmo.specs.files import MODULE_SPEC, dump_module_spec
from openmo.specs.module import ModuleKind, read_module
from openmo.storage.store import ObjectStore, TreeSummary

_REQUIREMENTS = "requirements.txt"
_SOURCE_LIMIT = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Staged:
    """What might become a version: its files are stored, and lie where nobody imports them."""

    tree: TreeSummary
    folder: Path
    texts: dict[str, str]
    """main.py, module_spec.yml and requirements.txt, as far as they are there."""


class PublishingService:
    """What owners do to make a module of a project, and to publish it."""

    def __init__(
        self,
        *,
        database: Database,
        projects: ProjectService,
        store: ObjectStore,
        trees: VersionTrees,
        placement: Placement,
        skeletons: Skeletons,
        module_check: ModuleCheck,
        environments: ModuleEnvironments,
        imported: ImportedEnvironments,
        space: DiskSpace,
        clock: Clock,
    ) -> None:
        self._database = database
        self._projects = projects
        self._store = store
        self._trees = trees
        self._placement = placement
        self._skeletons = skeletons
        self._check = module_check
        self._environments = environments
        self._imported = imported
        self._space = space
        self._clock = clock

    def begin(
        self, actor: Actor, project: Project, kind: ModuleKind, *, language: Language, replace_readme: bool = False
    ) -> tuple[str, ...]:
        """The skeleton's files are in the workspace; returns their names.

        What is there stays, with `replace_readme` all but a README.

        Raises Conflict where there is a main.py, and for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        check_makes_module(project)
        workspace = self._projects.folders(project).workspace
        if workspace.has_file(MAIN):
            raise Conflict("There is a main.py already: rename or delete it to begin again.")
        files = self._skeletons.files(
            SkeletonChoice(
                kind=kind,
                owner=project.owner,
                name=module_name(project.name),
                title=project.title,
                language=language,
            )
        )
        written = [name for name in files if (replace_readme and name == README) or not workspace.has_file(name)]
        for name in written:
            workspace.write(name, files[name].encode())
        self._projects.touch(project)
        return tuple(written)

    def plan(self, actor: Actor, project: Project) -> ModulePlan:
        """What publishing would make of the project as it is now; nothing is run or written. Raises Conflict."""
        check(actor, Verb.PREPARE, project.thing())
        module, versions = self._published(project)
        files = version_files(self._projects.folders(project).workspace)
        texts = _texts(self._projects.folders(project).workspace)
        with self._trees.staged_texts(texts) as folder:
            found = examine(_candidate(project, folder, None, self._previous(versions)))
        return ModulePlan(
            name=f"{project.owner}/{module_name(project.name)}",
            kind=found.kind,
            spec=found.spec,
            problems=tuple(found.problems),
            warnings=tuple(found.warnings),
            files=files,
            version=str(found.proposed),
            last=str(last_number(versions) or ""),
            has_dev=any(each.version == DEV for each in versions),
            module=module,
            bump=found.bump,
            changes=found.changes,
            unchanged_since=self._unchanged_since(project, files, versions),
            words=ModuleWords.of(project, module),
        )

    def check(self, actor: Actor, project: Project, files: Sequence[str] | None = None) -> CheckReport:
        """What the check says of the project as it is now: it is tried in the sandbox. Nothing is published.

        Raises EnvironmentBuilding while the environment that its requirements ask for is built: ask again then.
        """
        check(actor, Verb.PREPARE, project.thing())
        check_makes_module(project)
        self._space.check()
        with self._attempt(project, files) as staged:
            return self._check.check(
                _candidate(project, staged.folder, None, self._previous(self._published(project)[1]))
            )

    @contextmanager
    def put_aside(self, actor: Actor, project: Project, files: Sequence[str] | None = None) -> Iterator[Path]:
        """What a version would hold now, where nobody changes it, for as long as the block lasts; nothing is published.

        `files`: what belongs to it; None: what main.py needs. Raises Conflict for a project that makes an app.
        """
        check(actor, Verb.PREPARE, project.thing())
        check_makes_module(project)
        self._space.check()
        with self._attempt(project, files) as staged:
            yield staged.folder

    def publish(self, actor: Actor, project: Project, draft: PublishDraft) -> Module:
        """A new version of the project's module, checked first; whoever lists or imports sees all of it or nothing.

        `dev` replaces the development version. Raises ModuleCheckFailed, InvalidInput (version not larger, no such
        file, no such tag), Conflict (taken), StorageFull, and as `check`.
        """
        check(actor, Verb.PREPARE if draft.dev else Verb.PUBLISH, project.thing())
        check_makes_module(project)
        self._space.check()
        before, versions = self._published(project)
        wished = None if draft.dev or draft.version is None else Version.parse(draft.version)
        if wished is not None:
            check_grows(last_number(versions), wished)
        described(project, before, draft, ModuleKind.MODEL, self._clock.now())  # wrong words are refused unchecked
        notes = some_lines(draft.notes, what=message("The version's notes"), limit=NOTES_LIMIT, field="notes")
        with self._attempt(project, draft.files) as staged:
            last = _last_release(versions)
            if last is not None and last.tree == staged.tree.digest and not (draft.dev or draft.again):
                raise ModuleUnchanged(last.version)
            report = self._check.check(_candidate(project, staged.folder, wished, self._previous(versions)))
            if not report.ok or report.kind is None:
                raise ModuleCheckFailed(report)
            module = described(project, before, draft, report.kind, self._clock.now())
            number = DEV if draft.dev else str(wished or report.version_proposed)
            version = self._version(staged, number, notes, report.environment)
            published = self._placement.place(actor, module, version, staged.folder)
        if draft.dev:
            self._imported.follow(published)
        self._projects.touch(project)
        return published

    def sweep(self) -> None:
        """No files of versions lie about that have no row: for a start, before anything is published."""
        self._placement.sweep()

    def _published(self, project: Project) -> tuple[Module | None, tuple[ModuleVersion, ...]]:
        """The project's module and its versions; raises Conflict where another project has published that name."""
        with self._database.read() as connection:
            modules = ModuleRepository(connection)
            module = modules.by_name(project.owner, module_name(project.name))
            versions = modules.versions(module.id) if module else ()
        if module is not None and module.project_id not in (None, project.id):
            raise Conflict(
                message("You already have a module %(name)s, from another project.", name=repr(module.name)),
                field="name",
            )
        return module, versions

    def _unchanged_since(self, project: Project, files: VersionFiles, versions: Sequence[ModuleVersion]) -> str:
        """The last release, where the needed files are its own: they are read only where their sizes say so."""
        last = _last_release(versions)
        needed = [each for each in files.items if each.ticked]
        if last is None or sum(each.files for each in needed) != last.files:
            return ""
        if sum(each.bytes for each in needed) != last.size:
            return ""
        workspace = self._projects.folders(project).workspace
        tree = self._store.put_tree(workspace, keep=version_selection(workspace, files.needed))
        return last.version if tree.digest == last.tree else ""

    def _previous(self, versions: Sequence[ModuleVersion]) -> PreviousRelease | None:
        row = _last_release(versions)
        if row is None:
            return None
        read = self._store.read_files(row.tree, lambda path: path == MAIN, limit=_SOURCE_LIMIT, total=_SOURCE_LIMIT)
        source = read.get(MAIN, b"").decode("utf-8", "replace")
        return PreviousRelease(version=Version.parse(row.version), spec=row.spec, source=source)

    @contextmanager
    def _attempt(self, project: Project, files: Sequence[str] | None) -> Iterator[_Staged]:
        """The chosen files, staged; module_spec.yml is written before where it is missing."""
        workspace = self._projects.folders(project).workspace
        _write_spec(workspace)
        with self._staged(project, version_files(workspace).needed if files is None else files) as staged:
            yield staged

    @contextmanager
    def _staged(self, project: Project, files: Sequence[str]) -> Iterator[_Staged]:
        workspace = self._projects.folders(project).workspace
        tree = self._store.put_tree(workspace, keep=version_selection(workspace, files))
        named = (MAIN, MODULE_SPEC, _REQUIREMENTS)
        read = self._store.read_files(tree.digest, named.__contains__, limit=_SOURCE_LIMIT, total=3 * _SOURCE_LIMIT)
        with self._trees.staged(tree.digest) as folder:
            texts = {path: data.decode("utf-8", "replace") for path, data in read.items()}
            yield _Staged(tree=tree, folder=folder, texts=texts)

    def _version(self, staged: _Staged, version: str, notes: str, environment: str) -> ModuleVersion:
        """`environment`: in which it was checked. It is the version's own where that names what it needs."""
        lines = (line.strip() for line in staged.texts.get(_REQUIREMENTS, "").splitlines())
        requirements = tuple(line for line in lines if line and not line.startswith("#"))
        return ModuleVersion(
            version=version,
            tree=staged.tree.digest,
            spec=staged.texts[MODULE_SPEC],
            created_at=self._clock.now(),
            notes=notes,
            size=staged.tree.bytes,
            files=staged.tree.files,
            requirements=requirements,
            environment=environment if requirements else "",
            python=self._environments.python_of(environment),
        )


def _last_release(versions: Sequence[ModuleVersion]) -> ModuleVersion | None:
    last = str(last_number(versions) or "")
    return next((each for each in versions if each.version == last), None)


def _candidate(project: Project, folder: Path, wished: Version | None, previous: PreviousRelease | None) -> Candidate:
    return Candidate(
        owner=project.owner,
        name=module_name(project.name),
        folder=folder,
        version=wished,
        previous=previous,
    )


def _texts(workspace: HostileFolder) -> dict[str, bytes]:
    """What tells of a module without its other files; module_spec.yml made of main.py where it is missing."""
    found: dict[str, bytes] = {}
    for name in (MAIN, MODULE_SPEC, _REQUIREMENTS):
        with suppress(NotFound):
            found[name], _ = read_inside(workspace, name, limit=_SOURCE_LIMIT)
    if MODULE_SPEC not in found and (made := _made_spec(found.get(MAIN, b""))):
        found[MODULE_SPEC] = made
    return found


def _write_spec(workspace: HostileFolder) -> None:
    """There is a module_spec.yml, as far as it can be made where it was missing; what is wrong the check says."""
    if not workspace.has_file(MODULE_SPEC) and (made := _texts(workspace).get(MODULE_SPEC)):
        workspace.write(MODULE_SPEC, made)


def _made_spec(main: bytes) -> bytes:
    """Of the comments in main.py; empty for what is no module."""
    try:
        return dump_module_spec(read_module(main.decode("utf-8"), MAIN).spec).encode()
    except (SpecError, UnicodeDecodeError):
        return b""
