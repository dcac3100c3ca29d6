"""Whether the Hub answers."""

import httpx

from openmo.core.messages import message


async def hub_problem(client: httpx.AsyncClient, url: str) -> str:
    """Why nobody can sign in or open a notebook, in one sentence; empty when the Hub at `url` works."""
    try:
        answer = await client.get(f"{url}/hub/health")
    except httpx.TransportError:
        return message("The Hub does not answer.")
    if answer.status_code == 200:
        return ""
    return message("The Hub reports an error of its own (status %(status)s).", status=answer.status_code)
