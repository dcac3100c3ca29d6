"""What our routes share: the platform behind them, and problem documents as errors."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from openmo_lab.client import PlatformClient
from openmo_lab.job_relay import JobRelay
from openmo_lab.notebooks import without_outputs
from openmo_lab.problems import DiskFull, FileRefused, NotConnected, Problem


class PlatformHandler(APIHandler):
    """A route that speaks to the platform; jupyter_server checks the sign-in and the XSRF token of every call."""

    auth_resource = "openmo"

    def initialize(self, client: PlatformClient | None, relay: JobRelay | None) -> None:
        self._client = client
        self.relay = relay

    @property
    def client(self) -> PlatformClient:
        if self._client is None:
            raise NotConnected
        return self._client.speaking(self.request.headers.get("Accept-Language", ""))

    @property
    def root(self) -> Path:
        return Path(self.contents_manager.root_dir)

    def answer(self, document: dict[str, Any], status: int = HTTPStatus.OK) -> None:
        self.set_status(status)
        self.finish(json.dumps(document))

    async def read_notebook(self, path: str) -> dict[str, Any]:
        """A saved notebook's cells; its outputs, which may be large, stay here."""
        try:
            model = await ensure_async(
                self.contents_manager.get(path, type="notebook", content=True)  # type: ignore[no-untyped-call]  # jupyter_server's
            )
        except HTTPError as error:
            raise FileRefused(path, error.log_message or "It is not a notebook.") from error
        return without_outputs(model["content"])

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        if not isinstance(error, Problem) and (full := DiskFull.behind(error)):
            self.set_status(full.status_code)
            error = full
        if not isinstance(error, Problem):
            super().write_error(status_code, **kwargs)
            return
        self.finish(json.dumps(error.document()), set_content_type="application/problem+json")
