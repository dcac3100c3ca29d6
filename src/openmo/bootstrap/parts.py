"""What the processes that answer people stand on, as their `/health` asks it."""

import asyncio
from collections.abc import Mapping
from functools import partial

import httpx

from openmo.config.endpoints import Endpoints
from openmo.core.health import Check
from openmo.db.engine import Database
from openmo.identity.hub.health import hub_problem

HUB_SECONDS = 45.0
"""How long the Hub is waited for: when a whole class opens its projects at once it is slow, and not away."""


def parts_behind(database: Database, client: httpx.AsyncClient, endpoints: Endpoints) -> Mapping[str, Check]:
    """The database and the Hub."""

    async def database_problem() -> str:
        await asyncio.to_thread(database.ping)
        return ""

    return {"database": database_problem, "hub": partial(hub_problem, client, endpoints.hub.url)}
