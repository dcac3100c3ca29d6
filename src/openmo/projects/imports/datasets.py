"""Who uses a dataset, and deleting one: not while other people's projects import it."""

from collections.abc import Sequence
from dataclasses import dataclass

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.messages import Message, message
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.service import visible_dataset
from openmo.datasets.trees import DatasetTrees
from openmo.datasets.values import Dataset
from openmo.db.engine import Database, Transaction
from openmo.events.log import EventLog
from openmo.events.values import DatasetDeleted, DatasetImportRemoved
from openmo.projects.imports.repository import ImportRepository
from openmo.projects.repository import ProjectRepository
from openmo.projects.values import Project, ProjectFolders

SHOWN = 12
"""Projects that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetUsers:
    """Projects that import a dataset, as its owner may know of them."""

    own: tuple[Project, ...]
    public: tuple[Project, ...]
    """Of other people."""
    private: int
    """How many other people's private projects there are."""

    @property
    def others(self) -> int:
        return len(self.public) + self.private


class DatasetUserService:
    """Says which projects import a dataset; how many there are in all, the dataset counts itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def public_projects(self, dataset: Dataset, *, limit: int = SHOWN) -> tuple[Project, ...]:
        """Those that were changed last."""
        with self._database.read() as connection:
            return ProjectRepository(connection).public_using(dataset.id, limit=limit)

    def users(self, actor: Actor, dataset: Dataset) -> DatasetUsers:
        """For the dataset's owner; raises Forbidden."""
        check(actor, Verb.MANAGE, dataset.thing())
        with self._database.read() as connection:
            return _users(dataset, ProjectRepository(connection).using(dataset.id))


class DatasetRemoval:
    """Deletes datasets with all their versions."""

    def __init__(self, database: Database, events: EventLog, trees: DatasetTrees, folder: DataFolder) -> None:
        self._database = database
        self._events = events
        self._trees = trees
        self._folder = folder

    def delete(self, actor: Actor, dataset: Dataset, *, name: str) -> None:
        """The dataset is gone, and taken out of the actor's own projects; `name`: as its owner has typed it.

        Raises InvalidInput for another name, and Conflict, which says who, while other people's projects import it.
        """
        check(actor, Verb.MANAGE, dataset.thing())
        if name.strip() not in (dataset.name, dataset.full_name):
            raise InvalidInput(message("Type %(name)s to delete it.", name=dataset.name), field="name")
        with self._events.begin() as connection:
            present = visible_dataset(connection, actor, dataset.owner, dataset.name)
            check(actor, Verb.MANAGE, present.thing())
            users = _users(present, ProjectRepository(connection).using(present.id))
            if users.others:
                raise Conflict(_in_use(users))
            self._take_out(connection, actor, present, users.own)
            DatasetRepository(connection).remove(present.id)
            deleted = DatasetDeleted(
                actor_id=actor.account_id, owner_id=present.owner_id, dataset_id=present.id, name=present.name
            )
            self._events.append(connection, deleted)
        for project in users.own:
            workspace = ProjectFolders(root=self._folder.projects / project.id).workspace
            workspace.remove_link(f"datasets/{present.folder}")
        self._trees.remove(present)

    def _take_out(self, connection: Transaction, actor: Actor, dataset: Dataset, projects: Sequence[Project]) -> None:
        for project in projects:
            ImportRepository(connection).remove_dataset(project.id, dataset.id)
            removed = DatasetImportRemoved(actor_id=actor.account_id, project_id=project.id, dataset_id=dataset.id)
            self._events.append(connection, removed)


def _users(dataset: Dataset, projects: Sequence[Project]) -> DatasetUsers:
    others = [each for each in projects if each.owner_id != dataset.owner_id]
    public = tuple(each for each in others if each.visibility is Visibility.PUBLIC)
    return DatasetUsers(
        own=tuple(each for each in projects if each.owner_id == dataset.owner_id),
        public=public,
        private=len(others) - len(public),
    )


def _in_use(users: DatasetUsers) -> Message:
    named = ", ".join(each.full_name for each in users.public[:SHOWN])
    if not named:
        return message(
            "%(number)s private projects of other people import it. Hide it instead: nobody new can import it then.",
            number=users.private,
        )
    return message(
        "%(number)s projects of other people import it, among them %(names)s. Hide it instead: nobody new can import "
        "it then.",
        number=users.others,
        names=named,
    )
