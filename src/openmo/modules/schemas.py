"""Modules on the wire."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from pydantic import BaseModel, Field

from openmo.core.catalogue import Category
from openmo.core.messages import translated
from openmo.core.visibility import Visibility
from openmo.modules.changes import VersionChanges
from openmo.modules.describing import ModuleChange
from openmo.modules.snippets.calls import Snippet
from openmo.modules.values import Module, ModulePage, ModuleVersion
from openmo.specs.files import parameter_data
from openmo.specs.module import ModuleKind
from openmo.specs.schemas import ParameterData
from openmo.specs.values import Parameter

_OF_THE_READER = ("url", "favourite")


class ModuleView(BaseModel):
    """A module as API callers see it."""

    owner: str
    name: str
    identifier: str
    title: str
    description: str
    visibility: Visibility
    version: str
    """The newest release; empty: its owner has published `dev` alone, or yanked all."""
    kind: ModuleKind
    category: Category
    tags: list[str]
    imports: int
    """How many projects import it."""
    callable: bool
    """Whether its owner lets people try it on its page; an owner always may."""
    favourite: bool
    """Whether the caller has marked it."""
    created_at: datetime
    updated_at: datetime
    url: str

    @classmethod
    def of(cls, module: Module, *, favourite: bool) -> "ModuleView":
        return cls.model_validate(_shown(module, favourite=favourite))


class ModuleList(BaseModel):
    """One page of modules."""

    items: list[ModuleView]
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, page: ModulePage) -> "ModuleList":
        items = [ModuleView.of(module, favourite=module.id in page.favourites) for module in page.items]
        return cls(items=items, next=page.next)


class ModuleDraft(BaseModel):
    """What is to be said of a module from now on; what is null stays as it is."""

    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: list[str] | None = None
    callable: bool | None = None
    """Whether people may try it on its page, and call it over REST."""

    def change(self) -> ModuleChange:
        return ModuleChange(**{name: getattr(self, name) for name in type(self).model_fields})


class ModuleVersionSummary(BaseModel):
    """A version among the others."""

    version: str
    notes: str
    created_at: datetime
    size: int
    """Bytes."""
    files: int
    yanked_reason: str | None
    """Why it was yanked; null: it was not."""

    @classmethod
    def of(cls, version: ModuleVersion) -> "ModuleVersionSummary":
        return cls(
            version=version.version,
            notes=version.notes,
            created_at=version.created_at,
            size=version.size,
            files=version.files,
            yanked_reason=_reason(version),
        )


class ModuleDetails(ModuleView):
    """A module with all its versions."""

    versions: list[ModuleVersionSummary]
    """Newest first; before them `dev`, for its owner."""

    @classmethod
    def of_versions(cls, module: Module, versions: tuple[ModuleVersion, ...], *, favourite: bool) -> "ModuleDetails":
        summaries = [ModuleVersionSummary.of(version) for version in versions]
        return cls.model_validate({**_shown(module, favourite=favourite), "versions": summaries})


class VersionChangeView(BaseModel):
    """One thing that is another."""

    bump: str
    """`major`, `minor` or `patch`: what it asks of the version."""
    message: str


class VersionChangesView(BaseModel):
    """A version beside the release before it."""

    previous: str
    """Empty: there is none, or one of the two cannot be compared."""
    bump: str
    """The largest of the changes; empty where there are none to tell."""
    changes: list[VersionChangeView]

    @classmethod
    def of(cls, found: VersionChanges | None, translate: Callable[[str], str]) -> "VersionChangesView":
        if found is None:
            return cls(previous="", bump="", changes=[])
        changes = [
            VersionChangeView(bump=each.bump, message=translated(each.message, translate)) for each in found.changes
        ]
        return cls(previous=found.previous, bump=found.bump, changes=changes)


class ModuleMethodView(BaseModel):
    """What a method takes and gives."""

    name: str
    inputs: list[ParameterData]
    outputs: list[ParameterData]


class ModuleVersionView(BaseModel):
    """One version of a module with all that is known of it."""

    identifier: str
    kind: ModuleKind
    readme: str
    """Markdown."""
    readme_html: str
    """The same, safe to be shown on a page."""
    methods: list[ModuleMethodView]
    requirements: list[str]
    """Packages that it needs, as lines of a requirements.txt."""
    environment: str
    """The digest of the environment that it was checked in and can be called in; empty: it has none of its own."""
    environment_ready: bool
    """Whether that environment lies on this machine; else it is built when somebody imports the version."""
    python: str
    """The version of Python that it was checked with; empty: nobody wrote it down."""
    size: int
    """Bytes."""
    digest: str
    """Of its files: equal for equal ones, and for no others."""
    notes: str
    created_at: datetime
    yanked_reason: str | None
    """Why it was yanked; null: it was not."""

    @classmethod
    def of(
        cls, module: Module, version: ModuleVersion, *, readme: str, readme_html: str, environment_ready: bool
    ) -> "ModuleVersionView":
        return cls(
            identifier=f"{module.full_name}/{version.version}",
            kind=module.kind,
            readme=readme,
            readme_html=readme_html,
            methods=[
                ModuleMethodView(name=each.name, inputs=_parameters(each.inputs), outputs=_parameters(each.outputs))
                for each in version.methods()
            ],
            requirements=list(version.requirements),
            environment=version.environment,
            environment_ready=environment_ready,
            python=version.python,
            size=version.size,
            digest=version.tree,
            notes=version.notes,
            created_at=version.created_at,
            yanked_reason=_reason(version),
        )


class ModuleCodeDraft(BaseModel):
    """A call to be written down."""

    method: str
    """`train`, `predict` or `run`."""
    values: dict[str, object] = {}
    """By parameter, as a form has them: texts are read by type. What is left out gets its default or a placeholder."""
    cells: list[str] = Field(default=[], max_length=2000)
    """The sources of the notebook's code cells, in their order: they tell whether it has a client."""
    project: str = Field(default="", max_length=200)
    """`owner/name` of the project that the cell is for: what its packages lack is told. Empty: a new project."""
    own_environment: bool = False
    """Whether the module shall run in the packages that it was published with, and not in the project's."""


class ModuleCodeView(BaseModel):
    """Code that calls a module."""

    identifier: str
    cell: str
    client_cell: str
    """The cell that makes the client, for the top of the notebook; empty: the notebook has one."""
    runs_first: int | None
    """Which of the given cells makes the client and does nothing else; null: there is none such."""
    missing: list[str]
    """Lines of the module's requirements that the project's packages do not meet; at most twenty."""
    conflicts: list[str]
    """Those of them whose package is there in another version: what else needs that one may fail with another."""

    @classmethod
    def of(cls, snippet: Snippet, *, missing: Sequence[str], conflicts: Sequence[str]) -> "ModuleCodeView":
        return cls(
            identifier=snippet.identifier,
            cell=snippet.cell,
            client_cell=snippet.client_cell,
            runs_first=snippet.runs_first,
            missing=list(missing),
            conflicts=list(conflicts),
        )


def _shown(module: Module, *, favourite: bool) -> dict[str, object]:
    names = (name for name in ModuleView.model_fields if name not in _OF_THE_READER)
    shown = {name: getattr(module, name) for name in names}
    return {**shown, "tags": list(module.tags), "url": f"/modules/{module.full_name}", "favourite": favourite}


def _reason(version: ModuleVersion) -> str | None:
    return version.yanked_reason if version.yanked_at else None


def _parameters(parameters: tuple[Parameter, ...]) -> list[ParameterData]:
    return [cast("ParameterData", parameter_data(each)) for each in parameters]
