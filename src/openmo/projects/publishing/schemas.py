"""Publishing on the wire."""

from collections.abc import Callable
from typing import Literal, cast

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from openmo.core.catalogue import Category
from openmo.core.messages import translated
from openmo.core.visibility import Visibility
from openmo.modules.checking.values import CheckReport, Problem
from openmo.modules.compatibility.values import Change
from openmo.projects.candidates.values import FileReason
from openmo.projects.publishing.candidates import VersionFile
from openmo.projects.publishing.values import ModulePlan, PublishDraft
from openmo.specs.files import module_spec_data
from openmo.specs.module import ModuleKind
from openmo.specs.schemas import ParameterData

Translate = Callable[[str], str]
"""A sentence in the reader's language."""


class SkeletonDraft(BaseModel):
    """How a module shall begin."""

    kind: ModuleKind
    language: Literal["en", "zh-CN"] | None = None
    """Of its comments and README; None: the caller's."""
    replace_readme: bool = False
    """Also a README that is there: of a project that was made just now, say."""


class CopyDraft(BaseModel):
    """What a project that is copied as a module shall be."""

    title: str = ""
    """Empty: the title of the project that is copied."""
    name: str = ""
    """Empty: made of the title."""
    kind: ModuleKind = ModuleKind.TOOLKIT
    """How the module begins where there is no main.py."""
    language: Literal["en", "zh-CN"] | None = None
    """Of the comments that it begins with; null: the caller's."""


class SkeletonView(BaseModel):
    """What was written."""

    files: list[str]


class ModuleSpecData(TypedDict, total=False):
    """The plain values of a module_spec.yml: parameters by method."""

    input: dict[str, dict[str, ParameterData]]
    output: dict[str, dict[str, ParameterData]]


class ProblemView(BaseModel):
    """One thing to mend, or as a warning to look at."""

    code: str
    message: str
    remedy: str
    file: str
    line: int | None

    @classmethod
    def of(cls, problem: Problem, translate: Translate) -> "ProblemView":
        return cls(
            code=problem.code,
            message=translated(problem.message, translate),
            remedy=translated(problem.remedy, translate),
            file=problem.file,
            line=problem.line,
        )


class ChangeView(BaseModel):
    """What callers of the last release will notice."""

    code: str
    message: str
    bump: str

    @classmethod
    def of(cls, change: Change, translate: Translate) -> "ChangeView":
        return cls(code=change.code, message=translated(change.message, translate), bump=change.bump)


class CheckReportView(BaseModel):
    """What the check found."""

    ok: bool
    problems: list[ProblemView]
    warnings: list[ProblemView]
    version_proposed: str
    bump: str | None
    """Which part of the version the changes demand to grow; null: nothing was published before."""
    changes: list[ChangeView]
    kind: ModuleKind | None
    methods: list[str]
    """Those that were called."""
    environment: str
    seconds: float
    log: str

    @classmethod
    def of(cls, report: CheckReport, translate: Translate) -> "CheckReportView":
        return cls(
            ok=report.ok,
            problems=[ProblemView.of(each, translate) for each in report.problems],
            warnings=[ProblemView.of(each, translate) for each in report.warnings],
            version_proposed=report.version_proposed,
            bump=report.bump,
            changes=[ChangeView.of(each, translate) for each in report.changes],
            kind=report.kind,
            methods=list(report.methods),
            environment=report.environment,
            seconds=report.seconds,
            log=report.log,
        )


class VersionFileView(BaseModel):
    """A file or a whole folder that a version could hold."""

    path: str
    is_folder: bool
    files: int
    bytes: int
    ticked: bool
    """Whether the module is known to need it."""
    reason: FileReason | None
    needed_by: str
    """The source that imports or names it."""

    @classmethod
    def of(cls, file: VersionFile) -> "VersionFileView":
        return cls(**{name: getattr(file, name) for name in cls.model_fields})


class ModulePlanView(BaseModel):
    """What publishing would make of the project as it is now."""

    name: str
    """`owner/name` of the module."""
    kind: ModuleKind | None
    spec: ModuleSpecData
    problems: list[ProblemView]
    warnings: list[ProblemView]
    files: list[VersionFileView]
    truncated: bool
    """Whether there are more files than can be listed."""
    version: str
    """The proposed one."""
    last: str
    """The largest version that was ever published; empty: none."""
    has_dev: bool
    bump: str | None
    """Which part of the version the changes demand to grow; null: nothing was published before."""
    changes: list[ChangeView]
    unchanged_since: str
    """The last release, where what the module needs is what that one holds; else empty."""
    title: str
    """As said of the module so far, at first as of the project; so are the next four."""
    description: str
    category: Category
    tags: list[str]
    visibility: Visibility
    stays_public: bool
    """Whether it cannot become private any more."""

    @classmethod
    def of(cls, plan: ModulePlan, translate: Translate) -> "ModulePlanView":
        spec = {} if plan.spec is None else module_spec_data(plan.spec)
        return cls(
            name=plan.name,
            kind=plan.kind,
            spec=cast("ModuleSpecData", {key: spec[key] for key in ("input", "output") if key in spec}),
            problems=[ProblemView.of(each, translate) for each in plan.problems],
            warnings=[ProblemView.of(each, translate) for each in plan.warnings],
            files=[VersionFileView.of(each) for each in plan.files.items],
            truncated=plan.files.truncated,
            version=plan.version,
            last=plan.last,
            has_dev=plan.has_dev,
            bump=plan.bump,
            changes=[ChangeView.of(each, translate) for each in plan.changes],
            unchanged_since=plan.unchanged_since,
            title=plan.words.title,
            description=plan.words.description,
            category=plan.words.category,
            tags=list(plan.words.tags),
            visibility=plan.words.visibility,
            stays_public=plan.words.stays_public,
        )


class CheckDraft(BaseModel):
    """What to check."""

    files: list[str] | None = None
    """Files and folders of the version; null: what the module is known to need."""


class VersionDraft(BaseModel):
    """A version to be published; what is null stays as it is, at first as the project says."""

    version: str | None = None
    """Null: the proposed one."""
    dev: bool = False
    """The development version, which its owner alone sees."""
    notes: str = ""
    files: list[str] | None = Field(default=None)
    """Files and folders; null: what the module is known to need."""
    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: list[str] | None = None
    visibility: Visibility | None = None
    again: bool = False
    """Also where nothing has changed since the last release."""

    def draft(self) -> PublishDraft:
        return PublishDraft(**{name: getattr(self, name) for name in type(self).model_fields})


class YankDraft(BaseModel):
    """Why a version should not be imported any more."""

    reason: str
