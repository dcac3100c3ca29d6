"""Lists of things to import: what their addresses say."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, ClassVar, Self, TypeVar
from urllib.parse import urlencode

from fastapi import Query

from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.web.pages.import_target import ProjectQuery

PAGE_SIZE = 24
Option = TypeVar("Option", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """What the address of a list says; what it says wrongly counts as not said."""

    path: ClassVar[str]
    q: str
    category: Category | None
    tag: str
    scope: ListScope
    sort: ListSort
    project: str
    """`owner/name` of the project that something is looked for; empty: of none."""
    after: str

    @property
    def narrowed(self) -> bool:
        """Whether the list leaves something out."""
        return bool(self.q or self.category or self.tag or self.scope is not ListScope.ALL)

    @property
    def everything(self) -> str:
        """The address of the list that leaves nothing out."""
        return f"{self.path}?{urlencode({'project': self.project})}" if self.project else self.path

    def fields(self) -> dict[str, str]:
        """By field; empty: it does not matter."""
        return {
            "q": self.q,
            "category": self.category or "",
            "tag": self.tag,
            "scope": "" if self.scope is ListScope.ALL else self.scope,
            "sort": "" if self.sort is ListSort.NEWEST else self.sort,
            "project": self.project,
        }

    def address(self, *, after: str = "") -> str:
        """Of this list, from that place on."""
        fields = {**self.fields(), "after": after}
        return f"{self.path}?{urlencode({name: value for name, value in fields.items() if value})}".rstrip("?")

    def without_tag(self) -> str:
        """The address of the list with every tag."""
        return replace(self, tag="").address()

    @classmethod
    def of_address(
        cls,
        *,
        q: Annotated[str, Query(max_length=200)] = "",
        category: str = "",
        tag: Annotated[str, Query(max_length=30)] = "",
        scope: str = "",
        sort: str = "",
        project: ProjectQuery = "",
        after: Annotated[str, Query(max_length=200)] = "",
    ) -> Self:
        """Those of an address."""
        return cls(
            q=q,
            category=option(Category, category),
            tag=tag,
            scope=option(ListScope, scope) or ListScope.ALL,
            sort=option(ListSort, sort) or ListSort.NEWEST,
            project=project,
            after=after,
        )


def option(options: type[Option], value: str) -> Option | None:
    """The option of that value; None where there is none."""
    return options(value) if value in {each.value for each in options} else None
