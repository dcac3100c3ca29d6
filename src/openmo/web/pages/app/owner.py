"""What the pages of an app's owner share."""

from typing import Any

from fastapi import Depends

from openmo.core.errors import Forbidden
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.policy import allow
from openmo.web.security import check_csrf

PREFIX = "/projects/{owner}/{name}/app"
READS: list[Any] = [Depends(allow.signed_in)]
CHANGES: list[Any] = [Depends(allow.signed_in), Depends(check_csrf)]


def owner_head(services: Use, actor: Who, owner: str, name: str) -> ProjectHead:
    """The head of the owner's tab; raises NotFound and Forbidden."""
    head = project_head(services, actor, owner, name, tab="app")
    if not head.may_edit:
        raise Forbidden("Only the project's owner looks after its app.")
    return head
