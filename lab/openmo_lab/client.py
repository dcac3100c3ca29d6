"""Calls to the platform, on the notebook server's own event loop."""

import asyncio
import json
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, Self

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from openmo_lab.connection import Connection
from openmo_lab.problems import PlatformUnreachable, Problem

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60  # a submission copies the project's code
DEPLOY_SECONDS = 180  # a release is called once before it is there


class PlatformClient:
    """The platform as this project sees it. Every call raises `Problem` with the platform's own words when refused."""

    def __init__(self, connection: Connection, *, language: str = "") -> None:
        self.connection = connection
        self._language = language

    def speaking(self, language: str) -> Self:
        """The same, asking for sentences in the language of an `Accept-Language` header (empty: the platform's own)."""
        return type(self)(self.connection, language=language)

    async def export(self, name: str, notebook: dict[str, Any]) -> str:
        """The notebook as the source of a Python script."""
        url = self.connection.api("notebooks/export")
        answer = await self.call("POST", url, {"name": name, "notebook": notebook})
        return str(answer["source"])

    async def create_job(self, submission: dict[str, Any]) -> dict[str, Any]:
        """Creates a job and returns it."""
        return self.with_page(await self.call("POST", self.connection.project_api("jobs"), submission))

    async def jobs(self, numbers: Collection[int] = ()) -> list[dict[str, Any]]:
        """The project's newest jobs, all that have not ended, and those of `numbers`; newest first."""
        newest, active = await asyncio.gather(
            self.call("GET", self.connection.project_api("jobs")),
            self.call("GET", self.connection.api("jobs/active")),
        )
        found = {job["number"]: job for job in (*newest["items"], *active["items"]) if self._is_ours(job)}
        missing = [number for number in numbers if number not in found]
        for job in await asyncio.gather(*map(self._job, missing)):
            if job is not None:
                found[job["number"]] = job
        return [self.with_page(found[number]) for number in sorted(found, reverse=True)]

    async def _job(self, number: int) -> dict[str, Any] | None:
        try:
            return await self.call("GET", self.connection.project_api(f"jobs/{number}"))
        except Problem as problem:
            if problem.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise

    async def job_options(self) -> dict[str, Any]:
        """What a new job can run and ask for."""
        return await self.call("GET", self.connection.project_api("jobs/options"))

    async def job_draft(self, number: int) -> dict[str, Any]:
        """A job as it was asked for."""
        return await self.call("GET", self.connection.project_api(f"jobs/{number}/draft"))

    async def job_inputs(self, number: int) -> dict[str, Any]:
        """The versions of modules and datasets that the job's script names, their pages as the browser needs them."""
        found = await self.call("GET", self.connection.project_api(f"jobs/{number}/inputs"))
        return {kind: [self.with_page(each) for each in items] for kind, items in found.items()}

    async def act_on_job(self, number: int, action: str) -> dict[str, Any]:
        """Terminates or restarts a job; returns it, or the new run."""
        return self.with_page(await self.call("POST", self.connection.project_api(f"jobs/{number}/{action}"), {}))

    async def delete_jobs(self, numbers: list[int]) -> None:
        """Ended jobs are gone: all of them, or none."""
        await self.call("POST", self.connection.project_api("jobs/delete"), {"numbers": numbers})

    async def prepare_app(self, notebook: dict[str, Any], cells: list[int | str] | None) -> dict[str, Any]:
        """What the cells (None: those that the handler needs) make of handler.py and app_spec.yml."""
        url = self.connection.project_api("app/prepare")
        return await self.call("POST", url, {"notebook": notebook, "cells": cells})

    async def write_out_spec(self, spec: dict[str, Any]) -> dict[str, Any]:
        """The spec, checked, and the text of its file."""
        return await self.call("POST", self.connection.project_api("app/spec"), {"spec": spec})

    async def app_files(self) -> dict[str, Any]:
        """handler.py and app_spec.yml as they are."""
        return await self.call("GET", self.connection.project_api("app/files"))

    async def write_app_files(self, *, handler: str, app_spec: str) -> dict[str, Any]:
        """Writes both files and returns what deploying them would publish."""
        url = self.connection.project_api("app/files")
        return await self.call("PUT", url, {"handler": handler, "app_spec": app_spec})

    async def check_app(self) -> dict[str, Any]:
        """What deploying would publish."""
        return await self.call("GET", self.connection.project_api("app"))

    async def app_candidates(self) -> dict[str, Any]:
        """The files that a release could hold."""
        return await self.call("GET", self.connection.project_api("app/candidates"))

    async def deploy(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Makes a release and returns it, its page as the browser needs it."""
        url = self.connection.project_api("releases")
        release = await self.call("POST", url, draft, seconds=DEPLOY_SECONDS)
        calls = f"{self.connection.project_page()}/app/calls"
        return {**release, "page": self.connection.page(str(release["page"])), "calls": calls}

    def _is_ours(self, job: dict[str, Any]) -> bool:
        return f"{job['owner']}/{job['project']}" == self.connection.project

    def with_page(self, thing: dict[str, Any]) -> dict[str, Any]:
        """The thing, its page as the browser needs it."""
        return {**thing, "url": self.connection.page(str(thing["url"]))}

    async def call(
        self, method: str, url: str, body: dict[str, Any] | None = None, *, seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        """The decoded answer of one route; empty where it has no body."""
        request = HTTPRequest(
            url,
            method=method,
            headers={
                "Authorization": f"token {self.connection.token}",
                "Accept": "application/json",
                "Content-Type": "application/json",
                **({"Accept-Language": self._language} if self._language else {}),
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
    if response.code == HTTPStatus.NO_CONTENT:
        return {}
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
