"""Modules as the platform tells them to this project."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from openmo_lab.client import PlatformClient
from openmo_lab.problems import Problem

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
        return {**module, "url": self._client.connection.page(str(module["url"]))}

    async def version(self, owner: str, name: str, version: str) -> dict[str, Any]:
        """A version's README, methods and needs."""
        return await self._get(_route(owner, name, version))

    async def code(self, owner: str, name: str, version: str, draft: dict[str, Any]) -> dict[str, Any]:
        """A cell that calls a method of that version."""
        return await self._client.call(
            "POST", self._client.connection.api(f"{_route(owner, name, version)}/code"), draft
        )

    async def set_favourite(self, owner: str, name: str, *, is_favourite: bool) -> None:
        """Makes it one of the user's, or none any more."""
        url = self._client.connection.api(f"{_route(owner, name)}/favourite")
        await (self._client.call("PUT", url, {}) if is_favourite else self._client.call("DELETE", url))

    async def import_version(self, module: str) -> dict[str, Any]:
        """Imports `owner/name/version` into the project."""
        return await self._client.call("POST", self._client.connection.project_api("modules"), {"module": module})

    async def _imported(self, query: Mapping[str, str]) -> dict[str, Any]:
        """What the project imports, each version by itself, as far as it matches."""
        answer = await self._client.call("GET", self._client.connection.project_api("modules"))
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
