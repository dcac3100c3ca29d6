"""Into which project a dataset or module is imported: the one that the reader came from, else one of their own."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from openmo.core.errors import InvalidInput
from openmo.core.ids import ProjectId
from openmo.core.references import Reference
from openmo.projects.values import Project
from openmo.web.pages.dependencies import Use, Who

ProjectQuery = Annotated[str, Query(max_length=200)]
"""`owner/name` of the project that the reader came from; empty: from none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """What the form offers."""

    projects: tuple[Project, ...]
    chosen: str
    """`owner/name`; empty where the reader came from none of theirs."""
    having: frozenset[ProjectId]
    """Which of them import it already."""


def import_target(services: Use, actor: Who, project: str, having: frozenset[ProjectId]) -> ImportTarget:
    """The reader's own projects, and which of them they came from."""
    own = tuple(services.projects.list_own(actor)) if actor.account else ()
    chosen = project if any(one.full_name == project for one in own) else ""
    return ImportTarget(projects=own, chosen=chosen, having=having)


def project_named(services: Use, actor: Who, full_name: str) -> Project:
    """The project `owner/name` of a form; raises InvalidInput or NotFound."""
    if not full_name:
        raise InvalidInput("Choose a project to import into.", field="project")
    named = Reference.parse(full_name, field="project")
    return services.projects.get(actor, named.owner, named.name)
