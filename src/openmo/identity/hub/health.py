"""Whether the Hub answers."""

import httpx


async def hub_problem(client: httpx.AsyncClient, url: str) -> str:
    """Why nobody can sign in or open a notebook, in one sentence; empty when the Hub at `url` works."""
    try:
        answer = await client.get(f"{url}/hub/health")
    except httpx.TransportError:
        return "The Hub does not answer."
    return "" if answer.status_code == 200 else f"The Hub reports an error of its own (status {answer.status_code})."
