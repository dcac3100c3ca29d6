"""Who may call a route. Every route names one of these, and a test fails for a route that does not.

These rules ask only who is calling; what they may do to which project is decided by the services' own funnels.
"""

from fastapi import Request

from openmo.core.errors import NotSignedIn
from openmo.web.security import current_actor


class Allow:
    """The rules, to be used as `dependencies=[Depends(allow.signed_in)]`."""

    def anyone(self, request: Request) -> None:
        """Visitors too."""

    def signed_in(self, request: Request) -> None:
        """Anybody with an account; raises NotSignedIn."""
        if current_actor(request).account is None:
            raise NotSignedIn("Sign in to do this.")


allow = Allow()
RULES = (allow.anyone, allow.signed_in)
