"""The module that the project makes, as the platform tells of it."""

from typing import Any

from openmo_lab.client import PlatformClient

TRIAL_SECONDS = 300
"""A check loads the module and calls each of its methods; each may take a minute."""


class Publishing:
    """Reading, preparing and publishing. Every call raises `Problem` with the platform's words when refused."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    async def plan(self) -> dict[str, Any]:
        """What publishing would make of the project as it is, its page as the browser needs it."""
        plan = await self._client.call("GET", self._url(""))
        return {**plan, "page": self._page(str(plan["name"]))}

    async def files(self) -> dict[str, Any]:
        """main.py and module_spec.yml as they are."""
        return await self._client.call("GET", self._url("/files"))

    async def write(self, files: dict[str, Any]) -> dict[str, Any]:
        """Both are written; returns what was there."""
        return await self._client.call("PUT", self._url("/files"), files)

    async def send(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the platform makes of `body`, without running anything."""
        return await self._client.call("POST", self._url(f"/{route}"), body)

    async def run(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        """As `send`, where the module is run."""
        return await self._client.call("POST", self._url(f"/{route}"), body, seconds=TRIAL_SECONDS)

    async def call(self, draft: dict[str, Any]) -> dict[str, Any]:
        """What a method returns; of each file, also of one too large to travel inline, the browser has the address."""
        called = await self.run("try", draft)
        files = [{**file, "url": self._client.connection.page(str(file["url"]))} for file in called["files"]]
        return {**called, "files": files}

    async def publish(self, draft: dict[str, Any]) -> dict[str, Any]:
        """A new version of the module, its page as the browser needs it."""
        module = await self.run("versions", draft)
        version = "dev" if draft.get("dev") else str(module["version"])
        name = f"{module['owner']}/{module['name']}"
        return {"identifier": f"{name}/{version}", "version": version, "page": self._page(name)}

    def _url(self, route: str) -> str:
        return self._client.connection.project_api(f"module{route}")

    def _page(self, name: str) -> str:
        return self._client.connection.page(f"/modules/{name}")
