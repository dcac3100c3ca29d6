"""Calls to the platform, on the notebook server's own event loop."""

import json
from http import HTTPStatus
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from openmo_lab.connection import Connection
from openmo_lab.problems import PlatformUnreachable, Problem

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60  # a submission copies the project's code
DEPLOY_SECONDS = 180  # a release is called once before it is there


class PlatformClient:
    """The platform as this project sees it. Every call raises `Problem` with the platform's own words when refused."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def export(self, name: str, notebook: dict[str, Any]) -> str:
        """The notebook as the source of a Python script."""
        url = self.connection.api("notebooks/export")
        answer = await self._call("POST", url, {"name": name, "notebook": notebook})
        return str(answer["source"])

    async def create_job(self, submission: dict[str, Any]) -> dict[str, Any]:
        """Creates a job and returns it."""
        return self._with_page(await self._call("POST", self.connection.project_api("jobs"), submission))

    async def jobs(self) -> list[dict[str, Any]]:
        """The project's jobs, newest first."""
        answer = await self._call("GET", self.connection.project_api("jobs"))
        return [self._with_page(job) for job in answer["items"]]

    async def prepare_app(self, notebook: dict[str, Any], cells: list[int] | None) -> dict[str, Any]:
        """What the cells (None: those that the handler needs) make of handler.py and app_spec.yml."""
        url = self.connection.project_api("app/prepare")
        return await self._call("POST", url, {"notebook": notebook, "cells": cells})

    async def write_out_spec(self, spec: dict[str, Any]) -> dict[str, Any]:
        """The spec, checked, and the text of its file."""
        return await self._call("POST", self.connection.project_api("app/spec"), {"spec": spec})

    async def app_files(self) -> dict[str, Any]:
        """handler.py and app_spec.yml as they are."""
        return await self._call("GET", self.connection.project_api("app/files"))

    async def write_app_files(self, *, handler: str, app_spec: str) -> dict[str, Any]:
        """Writes both files and returns what deploying them would publish."""
        url = self.connection.project_api("app/files")
        return await self._call("PUT", url, {"handler": handler, "app_spec": app_spec})

    async def check_app(self) -> dict[str, Any]:
        """What deploying would publish."""
        return await self._call("GET", self.connection.project_api("app"))

    async def app_candidates(self) -> dict[str, Any]:
        """The files that a release could hold."""
        return await self._call("GET", self.connection.project_api("app/candidates"))

    async def deploy(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Makes a release and returns it, its page as the browser needs it."""
        url = self.connection.project_api("releases")
        release = await self._call("POST", url, draft, seconds=DEPLOY_SECONDS)
        return {**release, "page": self.connection.page(str(release["page"]))}

    def _with_page(self, job: dict[str, Any]) -> dict[str, Any]:
        return {**job, "url": self.connection.page(str(job["url"]))}

    async def _call(
        self, method: str, url: str, body: dict[str, Any] | None = None, *, seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        request = HTTPRequest(
            url,
            method=method,
            headers={
                "Authorization": f"token {self.connection.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
            },
            body=None if body is None else json.dumps(body),
            connect_timeout=CONNECT_SECONDS,
            request_timeout=seconds,
            follow_redirects=False,  # the token goes to the platform and nowhere else
        )
        try:
            response = await AsyncHTTPClient().fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:
            raise PlatformUnreachable from error
        return _decoded(response)


def _decoded(response: HTTPResponse) -> dict[str, Any]:
    try:
        answer = json.loads(response.body or b"null")
    except ValueError:
        answer = None
    if response.code >= HTTPStatus.BAD_REQUEST and isinstance(answer, dict) and "title" in answer:
        raise _problem(response.code, answer)
    if not HTTPStatus.OK <= response.code < HTTPStatus.MULTIPLE_CHOICES or not isinstance(answer, dict):
        # Not the platform's own form: a proxy's page, a redirect to a sign-in page, a closed connection.
        raise PlatformUnreachable
    return answer


def _problem(status: int, document: dict[str, Any]) -> Problem:
    known = {"type", "title", "status", "detail", "code"}
    return Problem(
        status,
        str(document.get("code") or "platform_error"),
        str(document["title"]),
        str(document.get("detail") or ""),
        **{name: value for name, value in document.items() if name not in known},
    )
