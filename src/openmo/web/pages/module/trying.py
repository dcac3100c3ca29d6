"""*Try it*: a form for a module's method, and the result beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.modules.checking.calls import example_of
from openmo.modules.values import ModuleMethod
from openmo.specs.examples import EXAMPLES
from openmo.specs.files import load_module_spec
from openmo.web.pages.app.fields import AppField, app_fields
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.import_target import ProjectQuery
from openmo.web.pages.module.head import ModuleHead, module_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class TryPage:
    head: ModuleHead
    methods: tuple[str, ...]
    method: ModuleMethod | None
    """The one whose form is shown; None: the version has none."""
    inputs: tuple[AppField, ...]
    outputs: tuple[AppField, ...]
    example: Mapping[str, object]
    """What its author gives as an example, as far as it fits into the form."""

    @property
    def script_data(self) -> dict[str, object]:
        """What the page's script must know."""
        method = self.method.name if self.method else ""
        version = quote(self.head.shown.version)
        return {
            "run": f"/api/v1{self.head.address}/versions/{version}/call",
            "method": method,
            "token": "",
            "secured": True,
            "streams": False,
            "inputs": [one.script_data for one in self.inputs],
            "outputs": [
                {"name": one.name, "type": one.value_type, "description": one.description} for one in self.outputs
            ],
            "defaults": {
                one.name: one.default_value
                for one in self.inputs
                if one.control == "table" and one.default_value is not None
            },
            "examples": [self._shown_example()] if self.example else [],
            "saving": "",
        }

    def _shown_example(self) -> dict[str, object]:
        """As the script takes it: files by their addresses."""
        files = {one.name for one in self.inputs if one.control == "file"}
        return {
            "name": "",
            "values": {name: value for name, value in self.example.items() if name not in files},
            "files": {
                name: {
                    "address": f"{self.head.address}/raw/{quote(value)}{self.head.version_query}",
                    "name": value.rpartition("/")[2],
                }
                for name, value in self.example.items()
                if name in files and isinstance(value, str) and value.startswith(f"{EXAMPLES}/")
            },
        }


@router.get("/modules/{owner}/{name}/try", dependencies=needs(Kind.MODULE, Verb.SEE))
def try_module(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    method: Annotated[str, Query(max_length=40)] = "",
    version: Annotated[str, Query(max_length=64)] = "",
    project: ProjectQuery = "",
) -> Response:
    """The form of a method; of the first that predicts or runs where none is named."""
    head = module_head(services, actor, owner, name, tab="try", version=version, project=project)
    methods = {each.name: each for each in head.shown.methods()}
    chosen = methods.get(method) or next(
        (methods[each] for each in ("predict", "run", "train") if each in methods), None
    )
    page = TryPage(
        head=head,
        methods=tuple(methods),
        method=chosen,
        inputs=app_fields(chosen.inputs) if chosen else (),
        outputs=app_fields(chosen.outputs, prefix="out") if chosen else (),
        example=example_of(load_module_spec(head.shown.spec), chosen.name) if chosen else {},
    )
    return render(request, "module/try.html", page, section="modules")
