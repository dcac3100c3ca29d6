"""What the pages of an app's owner share."""

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.project.head import ProjectHead, project_head

PREFIX = "/projects/{owner}/{name}/app"


def owner_head(services: Use, actor: Who, owner: str, name: str, verb: Verb = Verb.MANAGE) -> ProjectHead:
    """The head of the owner's tab, for those who may do that; raises NotFound and Forbidden."""
    head = project_head(services, actor, owner, name, tab="app")
    check(actor, verb, head.project.thing(Kind.RELEASE))
    return head
