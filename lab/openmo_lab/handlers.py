"""Our routes in the notebook server. Its `APIHandler` checks the sign-in and the XSRF token of every call."""

from pathlib import PurePosixPath

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado.web import authenticated

from openmo_lab.app_handlers import APP_ROUTES
from openmo_lab.exports import is_replaceable, stamped, target_of
from openmo_lab.job_handlers import JOB_ROUTES
from openmo_lab.module_handlers import MODULE_ROUTES
from openmo_lab.paths import existing_file, resolve_inside
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.problems import ExportWouldOverwrite
from openmo_lab.publish_handlers import PUBLISH_ROUTES
from openmo_lab.requests import ExportRequest


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
        notebook = await self.read_notebook(request.path)
        source = await client.export(PurePosixPath(request.path).name, notebook)
        # The contents manager writes to a temporary file and renames it, and runs the server's own hooks.
        model = {"type": "file", "format": "text", "content": stamped(source, request.path)}
        await ensure_async(self.contents_manager.save(model, target))  # type: ignore[no-untyped-call]  # jupyter_server's
        self.answer({"path": target})


class ProjectHandler(PlatformHandler):
    """GET openmo/project: which project this is, and its page."""

    @authenticated
    @authorized
    async def get(self) -> None:
        connection = self.client.connection
        self.answer({"project": connection.project, "url": connection.project_page()})


ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("export", ExportHandler),
    ("project", ProjectHandler),
    *APP_ROUTES,
    *JOB_ROUTES,
    *MODULE_ROUTES,
    *PUBLISH_ROUTES,
]
