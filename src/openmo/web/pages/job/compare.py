"""Jobs of a project beside each other."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.jobs.results.comparing import parse_numbers
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}/jobs/compare")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    head: ProjectHead
    numbers: str
    """As the API takes them: `3,5,8`."""

    @property
    def api(self) -> str:
        """Where the page's script asks for jobs and curves."""
        return f"/api/v1{self.head.address}/jobs/compare"


@router.get("", dependencies=needs(Kind.JOB, Verb.SEE))
def compare(
    *, request: Request, services: Use, actor: Who, owner: str, name: str, n: Annotated[str, Query(max_length=2000)]
) -> Response:
    """The jobs of the numbers `n`; raises InvalidInput for what are no numbers, NotFound for others' projects."""
    head = project_head(services, actor, owner, name, tab="jobs")
    check(actor, Verb.SEE, head.project.thing(Kind.JOB))
    numbers = ",".join(map(str, parse_numbers(n)))
    return render(request, "project/compare.html", ComparePage(head=head, numbers=numbers))
