"""What page functions ask for."""

from typing import Annotated

from fastapi import Depends

from openmo.accounts.values import Actor
from openmo.web.pages.rendering import language_for
from openmo.web.presentation.language import Language
from openmo.web.security import current_actor
from openmo.web.services import ServicesDep

Use = ServicesDep
Who = Annotated[Actor, Depends(current_actor)]
Reads = Annotated[Language, Depends(language_for)]
