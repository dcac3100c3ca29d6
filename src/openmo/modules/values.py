"""Modules: reusable algorithm components, and their versions."""

from dataclasses import dataclass
from datetime import datetime

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.accounts.values import SAMPLES_OWNER
from openmo.core.catalogue import Category, ListScope, ListSort, searchable
from openmo.core.errors import InvalidInput
from openmo.core.ids import AccountId, ModuleId, ProjectId
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.core.visibility import Visibility
from openmo.languages.language import LANGUAGES, translations
from openmo.specs.errors import SpecFileError
from openmo.specs.files import load_module_spec
from openmo.specs.module import ModuleKind
from openmo.specs.values import MODULE_METHODS, Parameter

DEV = "dev"
"""The version that moves: its owner alone sees it, and each publishing of it replaces the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module with its newest version."""

    id: ModuleId
    owner_id: AccountId
    owner: str
    name: str
    title: str
    description: str
    visibility: Visibility
    version: str
    """The newest release that was not yanked; empty: there is none."""
    released: bool
    """Whether it has a release, perhaps a yanked one. Without, it is there for its owner alone."""
    kind: ModuleKind
    category: Category
    tags: tuple[str, ...]
    imports: int
    """How many projects import it."""
    callable: bool
    """Whether people may try it on its page."""
    project_id: ProjectId | None
    """The project that it is published from."""
    created_at: datetime
    updated_at: datetime
    """When a version of it was published last, or what is said of it was changed."""

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def identifier(self) -> str:
        """`owner/name/version`, the version being `dev` where there is nothing else."""
        return f"{self.full_name}/{self.version or DEV}"

    def thing(self) -> Thing:
        """The module as rights know it."""
        audience = Audience(self.visibility.value) if self.released else Audience.PRIVATE
        return Thing(kind=Kind.MODULE, owner=self.owner, name=self.full_name, audience=audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleMethod:
    """What a method of a module takes and gives."""

    name: str
    """`train`, `predict` or `run`."""
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleVersion:
    """A version of a module: its files never change, unless it is `dev`."""

    version: str
    tree: str
    """The digest of its files."""
    spec: str
    """Its module_spec.yml."""
    created_at: datetime
    notes: str = ""
    size: int = 0
    """Bytes."""
    files: int = 0
    requirements: tuple[str, ...] = ()
    """Packages that it needs, as lines of a requirements.txt."""
    environment: str = ""
    """The digest of the recipe of its own environment; empty: the base environment."""
    python: str = ""
    """The version of Python that it was checked with."""
    yanked_at: datetime | None = None
    yanked_reason: str = ""

    @property
    def order(self) -> tuple[bool, Version]:
        """Larger is newer, and `dev` the newest."""
        return (True, Version(0, 0, 0)) if self.version == DEV else (False, Version.parse(self.version))

    def methods(self) -> tuple[ModuleMethod, ...]:
        """The methods that its spec names, training first; none where an early release's spec cannot be read."""
        try:
            spec = load_module_spec(self.spec)
        except SpecFileError:
            return ()
        named = [name for name in MODULE_METHODS if name in spec.inputs or name in spec.outputs]
        return tuple(
            ModuleMethod(name=name, inputs=spec.inputs.get(name, ()), outputs=spec.outputs.get(name, ()))
            for name in named
        )

    def method(self, name: str) -> ModuleMethod:
        """The method of that name; raises InvalidInput where the version's spec names none."""
        methods = {each.name: each for each in self.methods()}
        if name not in methods:
            raise InvalidInput(
                message(
                    "Version %(version)s has no method %(name)s; it has: %(names)s.",
                    version=self.version,
                    name=repr(name[:40]),
                    names=", ".join(methods) or "-",
                ),
                field="method",
            )
        return methods[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleQuery:
    """Which modules a list shows; what is not said does not matter."""

    search: str = ""
    """Words, each of which is in the name, title, description or tags."""
    category: Category | None = None
    tag: str = ""
    kind: ModuleKind | None = None
    scope: ListScope = ListScope.ALL
    sort: ListSort = ListSort.NEWEST
    limit: int = 30
    after: str = ""
    """`next` of the page before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePage:
    """One page of a list."""

    items: tuple[Module, ...]
    next: str
    """`after` of the next page; empty: this is the last."""
    favourites: frozenset[ModuleId]
    """Which of them the reader has marked."""


def search_text(module: Module) -> str:
    """What a search looks through; of the sample modules the texts in every language that they are shown in."""
    title, description = module.title, module.description
    if module.owner == SAMPLES_OWNER:
        every = [translations(language).gettext for language in LANGUAGES]
        title, description = (
            " ".join(dict.fromkeys((text, *(say(text) for say in every)))) if text else ""
            for text in (title, description)
        )
    return searchable(module.full_name, title, description, module.tags)
