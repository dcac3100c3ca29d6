"""What the owner says of a module, and whether people may try it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category
from openmo.core.errors import InvalidInput
from openmo.modules.describing import ModuleChange
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.module.head import ModuleHead, module_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/modules/{owner}/{name}/settings")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSettingsPage:
    head: ModuleHead
    title: str
    description: str
    category: str
    tags: str
    """With commas."""
    callable: bool
    errors: dict[str, str]
    categories: tuple[Category, ...] = tuple(Category)


@router.get("", dependencies=needs(Kind.MODULE, Verb.CHANGE))
def show_settings(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """The form."""
    head = module_head(services, actor, owner, name, tab="settings")
    check(actor, Verb.CHANGE, head.module.thing())
    module = head.module
    page = ModuleSettingsPage(
        head=head,
        title=module.title,
        description=module.description,
        category=module.category,
        tags=", ".join(module.tags),
        callable=module.callable,
        errors={},
    )
    return render(request, "module/settings.html", page, section="modules")


@router.post("", dependencies=needs(Kind.MODULE, Verb.CHANGE))
def save_settings(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    title: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    category: Annotated[str, Form()] = "",
    tags: Annotated[str, Form()] = "",
    callable: Annotated[str, Form()] = "",  # noqa: A002 (the field's name)
) -> Response:
    """Back to the module; the form again where something is not right."""
    head = module_head(services, actor, owner, name, tab="settings")
    wanted = ModuleChange(
        title=title,
        description=description,
        category=Category(category) if category in {each.value for each in Category} else None,
        tags=tags.replace("，", ",").split(","),
        callable=bool(callable),
    )
    try:
        services.describing.change(actor, head.module, wanted)
    except InvalidInput as error:
        page = ModuleSettingsPage(
            head=head,
            title=title,
            description=description,
            category=category,
            tags=tags,
            callable=bool(callable),
            errors={str(error.fields.get("field", "form")): error.message},
        )
        return render(request, "module/settings.html", page, section="modules", status=422)
    return go(head.address)
