"""Our routes in the notebook server. Its `APIHandler` checks the sign-in and the XSRF token of every call."""

import json
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError, authenticated

from openmo_lab.client import PlatformClient
from openmo_lab.exports import is_replaceable, stamped, target_of
from openmo_lab.paths import existing_file, resolve_inside
from openmo_lab.problems import ExportWouldOverwrite, FileRefused, NotConnected, Problem
from openmo_lab.requests import ExportRequest, JobRequest

ENDED = frozenset({"succeeded", "failed", "terminated"})


class PlatformHandler(APIHandler):
    """What our routes share: the platform behind them, and problem documents as errors."""

    auth_resource = "openmo"

    def initialize(self, client: PlatformClient | None) -> None:
        self._client = client

    @property
    def client(self) -> PlatformClient:
        if self._client is None:
            raise NotConnected
        return self._client

    @property
    def root(self) -> Path:
        return Path(self.contents_manager.root_dir)

    def answer(self, document: dict[str, Any], status: int = HTTPStatus.OK) -> None:
        self.set_status(status)
        self.finish(json.dumps(document))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, Problem):
            super().write_error(status_code, **kwargs)
            return
        self.finish(json.dumps(error.document()), set_content_type="application/problem+json")


class ExportHandler(PlatformHandler):
    """POST openmo/export: a saved notebook becomes a script beside it."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = ExportRequest.parse(self.request.body)
        client = self.client
        existing_file(self.root, request.path, suffix=".ipynb")
        target = target_of(request.path.strip("/"))
        script = resolve_inside(self.root, target)
        if not (request.overwrite or is_replaceable(script)):
            raise ExportWouldOverwrite(target)
        notebook = await self._read(request.path)
        source = await client.export(PurePosixPath(request.path).name, notebook)
        # The contents manager writes to a temporary file and renames it, and runs the server's own hooks.
        model = {"type": "file", "format": "text", "content": stamped(source, request.path)}
        await ensure_async(self.contents_manager.save(model, target))  # type: ignore[no-untyped-call]  # jupyter_server's
        self.answer({"path": target})

    async def _read(self, path: str) -> dict[str, Any]:
        try:
            model = await ensure_async(
                self.contents_manager.get(path, type="notebook", content=True)  # type: ignore[no-untyped-call]  # as above
            )
        except HTTPError as error:
            raise FileRefused(path, error.log_message or "It is not a notebook.") from error
        return dict(model["content"])


class JobsHandler(PlatformHandler):
    """POST openmo/jobs creates a job; GET openmo/jobs?ids=a,b answers with those and all that have not ended."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = JobRequest.parse(self.request.body)
        client = self.client
        script = existing_file(self.root, request.script, suffix=".py")
        job = await client.create_job(
            {
                "script": script.relative_to(self.root.resolve()).as_posix(),
                "name": request.name,
                "args": request.args,
                "env": request.env,
                "device": request.device,
            }
        )
        self.answer(job, HTTPStatus.CREATED)

    @authenticated
    @authorized
    async def get(self) -> None:
        asked = set(self.get_query_argument("ids", "").split(","))
        jobs = await self.client.jobs()
        self.answer({"items": [job for job in jobs if job["id"] in asked or job["state"] not in ENDED]})


class ProjectHandler(PlatformHandler):
    """GET openmo/project: which project this is, and its page."""

    @authenticated
    @authorized
    async def get(self) -> None:
        connection = self.client.connection
        self.answer({"project": connection.project, "url": connection.project_page()})


ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("export", ExportHandler),
    ("jobs", JobsHandler),
    ("project", ProjectHandler),
]
