"""What the owner of a dataset says of it, and the way to delete it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.visibility import Visibility
from openmo.datasets.owning import DatasetChange
from openmo.datasets.values import Dataset
from openmo.projects.imports.datasets import DatasetUsers
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/datasets/{owner}/{name}")
LICENCES = ("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "ODbL-1.0", "PDDL-1.0", "MIT", "Apache-2.0")
"""That are proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetForm:
    """What the form says, right or wrong."""

    title: str
    description: str
    category: str
    tags: str
    licence: str
    visibility: str

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetForm":
        return cls(
            title=dataset.title,
            description=dataset.description,
            category=dataset.category,
            tags=", ".join(dataset.tags),
            licence=dataset.licence,
            visibility=dataset.visibility,
        )

    def change(self) -> DatasetChange:
        """Raises InvalidInput."""
        return DatasetChange(
            title=self.title,
            description=self.description,
            category=chosen(Category, self.category, field="category"),
            tags=self.tags.replace("，", ",").split(","),
            licence=self.licence,
            visibility=chosen(Visibility, self.visibility, field="visibility"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSettingsPage:
    dataset: Dataset
    form: DatasetForm
    users: DatasetUsers
    errors: Mapping[str, str]
    """By field."""
    categories: tuple[Category, ...] = tuple(Category)
    licences: tuple[str, ...] = LICENCES


@router.get("/settings", dependencies=needs(Kind.DATASET, Verb.MANAGE))
def show_settings(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """What is said of the dataset, who sees it, and the way to delete it."""
    dataset = _own(services, actor, owner, name)
    return _show(request, _page(services, actor, dataset, DatasetForm.of(dataset), {}))


@router.post("/settings", dependencies=needs(Kind.DATASET, Verb.MANAGE))
def save_settings(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    title: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = Category.OTHER,
    tags: Annotated[str, Form()] = "",
    licence: Annotated[str, Form()] = "",
    visibility: Annotated[str, Form()] = "",
) -> Response:
    """The dataset's page, or the form again with what is wrong."""
    dataset = _own(services, actor, owner, name)
    form = DatasetForm(
        title=title,
        description=description,
        category=category,
        tags=tags,
        licence=licence,
        visibility=visibility,
    )
    try:
        services.dataset_owners.change(actor, dataset, form.change())
    except InvalidInput as error:
        return _show(request, _page(services, actor, dataset, form, field_errors(error, language)), error.status)
    return go(f"/datasets/{dataset.full_name}")


@router.post("/delete", dependencies=needs(Kind.DATASET, Verb.MANAGE))
def delete_dataset(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    confirmation: Annotated[str, Form()] = "",
) -> Response:
    """The reader's datasets without this one; its name must have been typed, so that no slip deletes data."""
    dataset = _own(services, actor, owner, name)
    try:
        services.dataset_removal.delete(actor, dataset, name=confirmation)
    except (InvalidInput, Conflict) as error:
        found = field_errors(error, language)
        errors = {"confirmation": found.get("name") or found.get("form") or next(iter(found.values()))}
        return _show(request, _page(services, actor, dataset, DatasetForm.of(dataset), errors), error.status)
    return go("/datasets?scope=mine")


def _own(services: Use, actor: Who, owner: str, name: str) -> Dataset:
    """Raises NotFound, Forbidden."""
    dataset = services.datasets.get(actor, owner, name)
    check(actor, Verb.MANAGE, dataset.thing())
    return dataset


def _page(
    services: Use, actor: Who, dataset: Dataset, form: DatasetForm, errors: Mapping[str, str]
) -> DatasetSettingsPage:
    users = services.dataset_users.users(actor, dataset)
    return DatasetSettingsPage(dataset=dataset, form=form, users=users, errors=errors)


def _show(request: Request, page: DatasetSettingsPage, status: int = 200) -> Response:
    return render(request, "dataset/settings.html", page, section="datasets", status=status)
