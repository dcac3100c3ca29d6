"""Modules as the platform tells them to this project."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from openmo_lab.client import PlatformClient
from openmo_lab.problems import Problem

JOBS_LIMIT = 5
IMPORTED = "imported"
"""The scope that the platform does not know: what this project imports."""


class Modules:
    """Finding, reading and importing modules. Every call raises `Problem` with the platform's words when refused."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    async def find(self, query: Mapping[str, str]) -> dict[str, Any]:
        """A page of modules, and where the next begins."""
        if query.get("scope") == IMPORTED:
            return await self._imported(query)
        return await self._get(f"modules?{urlencode(query)}")

    async def show(self, owner: str, name: str) -> dict[str, Any]:
        """A module and its versions, its page as the browser needs it."""
        module = await self._get(_route(owner, name))
        return self._client.with_page(module)

    async def version(self, owner: str, name: str, version: str) -> dict[str, Any]:
        """A version's README, methods and needs."""
        return await self._get(_route(owner, name, version))

    async def code(self, owner: str, name: str, version: str, draft: dict[str, Any]) -> dict[str, Any]:
        """A cell that calls a method of that version."""
        url = self._client.connection.api(f"{_route(owner, name, version)}/code")
        return await self._client.call("POST", url, {**draft, "project": self._client.connection.project})

    async def create_job(self, draft: dict[str, Any]) -> dict[str, Any]:
        """A job of the project that calls a method; the version is imported, and a script with the call written."""
        url = self._client.connection.project_api("modules/jobs")
        return self._client.with_page(await self._client.call("POST", url, draft))

    async def users(self, owner: str, name: str) -> dict[str, Any]:
        """Public projects that import it, and how many do in all."""
        found = await self._get(f"{_route(owner, name)}/projects")
        return {**found, "items": [self._client.with_page(each) for each in found["items"]]}

    async def jobs(self, owner: str, name: str, after: str) -> dict[str, Any]:
        """A page of the project's jobs that were made with it."""
        found = await self._get(f"{_route(owner, name)}/jobs?{urlencode({'after': after, 'limit': JOBS_LIMIT})}")
        return {**found, "items": [self._client.with_page(each) for each in found["items"]]}

    async def set_favourite(self, owner: str, name: str, *, is_favourite: bool) -> None:
        """Makes it one of the user's, or none any more."""
        url = self._client.connection.api(f"{_route(owner, name)}/favourite")
        await (self._client.call("PUT", url, {}) if is_favourite else self._client.call("DELETE", url))

    async def import_version(self, module: str) -> dict[str, Any]:
        """Imports `owner/name/version` into the project."""
        return await self._client.call("POST", self._client.connection.project_api("modules"), {"module": module})

    async def imports(self) -> dict[str, Any]:
        """Every version that the project imports."""
        return await self._client.call("GET", self._client.connection.project_api("modules"))

    async def remove(self, owner: str, name: str, version: str) -> None:
        """That version is imported no longer."""
        await self._client.call("DELETE", self._import(owner, name, version))

    async def preview_update(self, owner: str, name: str, version: str, after: str) -> dict[str, Any]:
        """Which calls would name the version `after` (empty: the newest)."""
        url = f"{self._import(owner, name, version)}/update?{urlencode({'to': after})}"
        return await self._client.call("GET", url)

    async def update(self, owner: str, name: str, version: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """The project imports the other version, and its calls name it."""
        return await self._client.call("POST", f"{self._import(owner, name, version)}/update", wanted)

    def _import(self, owner: str, name: str, version: str) -> str:
        parts = "/".join(quote(part, safe="") for part in (owner, name, version))
        return self._client.connection.project_api(f"modules/{parts}")

    async def _imported(self, query: Mapping[str, str]) -> dict[str, Any]:
        """What the project imports, each version by itself, as far as it matches."""
        answer = await self.imports()
        found = await asyncio.gather(*(self._of_import(item) for item in answer["items"]))
        return {"items": [module for module in found if module is not None and _matches(module, query)], "next": ""}

    async def _of_import(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        """The module with the version that is imported; None: it is gone, or hidden from this user."""
        owner, name, version = str(item["identifier"]).split("/")
        try:
            return {**await self._get(_route(owner, name)), "version": version, "newer": item["newer"]}
        except Problem as problem:
            if problem.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def _get(self, path: str) -> dict[str, Any]:
        return await self._client.call("GET", self._client.connection.api(path))


def _route(owner: str, name: str, version: str = "") -> str:
    module = f"modules/{quote(owner, safe='')}/{quote(name, safe='')}"
    return f"{module}/versions/{quote(version, safe='')}" if version else module


def _matches(module: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    texts = " ".join(str(module[key]) for key in ("owner", "name", "title", "description", "tags")).casefold()
    words = query.get("search", "").casefold().split()
    kinds = all(query.get(key, "") in ("", module[key]) for key in ("kind", "category"))
    return kinds and all(word in texts for word in words)
