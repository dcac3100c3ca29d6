"""What page functions ask for."""

from typing import Annotated

from fastapi import Depends

from openmo.accounts.values import Actor
from openmo.web.parts import ServicesDep
from openmo.web.reader import Reads
from openmo.web.security import current_actor

Use = ServicesDep
Who = Annotated[Actor, Depends(current_actor)]

__all__ = ["Reads", "Use", "Who"]
