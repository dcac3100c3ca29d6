"""Whether what the proxy leads to works: the whole installation, as load balancers and monitors see it."""

from collections.abc import Mapping

import aiohttp

from openmo.config.endpoints import Endpoints
from openmo.core.health import HEALTH_PATH, read_health

_TIMEOUT = aiohttp.ClientTimeout(total=3)
_MAX_BYTES = 64 << 10


def health_urls(endpoints: Endpoints) -> Mapping[str, str]:
    """Where the processes behind the proxy say whether they work."""
    return {
        "hub": f"{endpoints.hub.url}/hub/health",  # JupyterHub's own
        "web": f"{endpoints.web.url}{HEALTH_PATH}",
        "gateway": f"{endpoints.gateway.url}{HEALTH_PATH}",
    }


async def problem_at(client: aiohttp.ClientSession, url: str) -> str:
    """Why the process at `url` does not work, in one line; empty when it does."""
    try:
        async with client.get(url, timeout=_TIMEOUT, allow_redirects=False) as answer:
            if answer.status == 200:
                return ""
            health = read_health(await answer.content.read(_MAX_BYTES))
    except (TimeoutError, aiohttp.ClientError):
        return "It does not answer."
    return (health.problem if health else "") or f"It reports an error of its own (status {answer.status})."
