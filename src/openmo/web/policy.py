"""Which right a route is about. Every route names a row of the table of rights, and a test fails for one that does not.

Before anything is looked up, a route turns away those who have this right to nothing at all: guests where an account is
needed, tokens that are for less. Whether they have it to the thing in question, the services ask; and `check_right`
before them, once the thing of the address is found: whoever may not, is told so before what they sent is looked at.
"""

from dataclasses import dataclass

from fastapi import Depends, Request, params

from openmo.accounts.access import Thing, check, check_any
from openmo.accounts.rights import Kind, Verb
from openmo.web.security import check_csrf, current_actor


@dataclass(frozen=True, slots=True)
class Rule:
    """The right that a route is about."""

    kind: Kind
    verb: Verb

    def __call__(self, request: Request) -> None:
        """Raises NotSignedIn, or Forbidden for a right that concerns the platform itself."""
        request.state.rule = self
        check_any(current_actor(request), self.verb, self.kind)


def check_right(request: Request, thing: Thing) -> None:
    """Raises unless the sender has the route's right to the thing; passes where the route is about another kind."""
    rule: Rule = request.state.rule
    if rule.kind is thing.kind:
        check(current_actor(request), rule.verb, thing)


def needs(kind: Kind, verb: Verb) -> list[params.Depends]:
    """The `dependencies` of a route; what changes state must bear its session's CSRF token, too."""
    return [Depends(Rule(kind, verb)), Depends(check_csrf)]
