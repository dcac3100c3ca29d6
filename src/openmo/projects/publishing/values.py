"""What owners say of a version that they publish, and what publishing would make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openmo.core.catalogue import Category, check_tags
from openmo.core.errors import Conflict, InvalidInput, OpenMoError
from openmo.core.ids import ModuleId, new_id
from openmo.core.messages import message
from openmo.core.text import one_line, some_lines
from openmo.core.visibility import Visibility
from openmo.modules.checking.values import CheckReport, Problem
from openmo.modules.compatibility.values import Bump, Change
from openmo.modules.values import Module
from openmo.projects.publishing.candidates import VersionFiles
from openmo.projects.publishing.skeleton import module_name
from openmo.projects.values import Project
from openmo.specs.module import ModuleKind
from openmo.specs.values import ModuleSpec

NOTES_LIMIT = 10_000
REASON_LIMIT = 500
_TITLE_LIMIT = 200
_DESCRIPTION_LIMIT = 4000


class ModuleCheckFailed(OpenMoError):
    """The module did not pass its check, and nothing was published; `errors` says what, where, and the mend."""

    code = "module_check_failed"
    status = 422
    title = message("The module does not work yet")
    remedy = "Correct what `errors` names, and publish again."

    def __init__(self, report: CheckReport) -> None:
        super().__init__(
            message("The module did not pass its check, so nothing was published."),
            errors=[{"name": _place(each), "message": _with_remedy(each)} for each in report.problems],
            log=report.log,
        )
        self.report = report


class ModuleUnchanged(Conflict):
    """The files are those of the last version, and nobody said that this is meant."""

    code = "module_unchanged"
    title = message("Nothing has changed")
    remedy = "Change the files, or send `again` as true to publish the same ones under another number."

    def __init__(self, version: str) -> None:
        super().__init__(
            message("Nothing has changed since %(version)s: these are its very files.", version=version),
            unchanged_since=version,
        )


def _place(problem: Problem) -> str:
    """`main.py:12`; empty where it is about no place."""
    return problem.file if problem.line is None else f"{problem.file}:{problem.line}"


def _with_remedy(problem: Problem) -> str:
    return message("%(problem)s %(remedy)s", problem=problem.message, remedy=problem.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDraft:
    """What to publish; None leaves what is said of the module as it is, at first as the project says."""

    version: str | None = None
    """None: the proposed one."""
    dev: bool = False
    notes: str = ""
    files: Sequence[str] | None = None
    """Paths of files and folders; None: what the module is known to need."""
    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: Sequence[str] | None = None
    visibility: Visibility | None = None
    again: bool = False
    """Also where the files are those of the last release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleWords:
    """What is said of a module so far, at first what its project says."""

    title: str
    description: str
    category: Category
    tags: tuple[str, ...]
    visibility: Visibility
    stays_public: bool
    """Whether it cannot become private any more."""

    @classmethod
    def of(cls, project: Project, module: Module | None) -> "ModuleWords":
        said = module or project
        return cls(
            title=said.title,
            description=said.description,
            category=module.category if module else Category.OTHER,
            tags=module.tags if module else (),
            visibility=said.visibility,
            stays_public=module is not None and module.released and module.visibility is Visibility.PUBLIC,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePlan:
    """What publishing would make of the project as it is now; nothing was run."""

    name: str
    """`owner/name`."""
    kind: ModuleKind | None
    """None where main.py is missing or cannot be read."""
    spec: ModuleSpec | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    files: VersionFiles
    version: str
    """The proposed one."""
    last: str
    """The largest version that was ever published; empty: none."""
    has_dev: bool
    module: Module | None
    """None where nothing was published yet."""
    bump: Bump | None
    """What the changes demand; None where there is no release to compare with."""
    changes: tuple[Change, ...]
    unchanged_since: str
    """The last release, where what the module needs is what that one holds; else empty."""
    words: ModuleWords


def described(project: Project, before: Module | None, draft: PublishDraft, kind: ModuleKind, now: datetime) -> Module:
    """The module as the draft describes it; its newest version is not yet the new one. Raises InvalidInput."""
    visibility = draft.visibility or (before.visibility if before else project.visibility)
    if before and before.released and before.visibility is Visibility.PUBLIC and visibility is Visibility.PRIVATE:
        raise InvalidInput(
            "A public module stays public, since others may have imported it: yank what nobody should import any more.",
            field="visibility",
        )
    title = draft.title if draft.title is not None else (before.title if before else project.title)
    description = draft.description
    if description is None:
        description = before.description if before else project.description
    return Module(
        id=before.id if before else ModuleId(new_id()),
        owner_id=project.owner_id,
        owner=project.owner,
        name=before.name if before else module_name(project.name),
        title=one_line(title, what=message("The title"), limit=_TITLE_LIMIT, field="title") or project.title,
        description=some_lines(
            description, what=message("The description"), limit=_DESCRIPTION_LIMIT, field="description"
        ),
        visibility=visibility,
        version=before.version if before else "",
        released=before.released if before else False,
        kind=kind,
        category=draft.category or (before.category if before else Category.OTHER),
        tags=check_tags(draft.tags) if draft.tags is not None else (before.tags if before else ()),
        imports=before.imports if before else 0,
        callable=before.callable if before else False,
        project_id=project.id,
        created_at=before.created_at if before else now,
        updated_at=now,
    )


def check_reason(text: str) -> str:
    """Why a version is yanked; raises InvalidInput without a reason."""
    reason = one_line(text, what=message("The reason"), limit=REASON_LIMIT, field="reason")
    if not reason:
        raise InvalidInput("Say why: everybody who has imported it reads that.", field="reason")
    return reason
