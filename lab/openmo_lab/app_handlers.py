"""Our routes for making a project an app: preparing its files, choosing what it holds, releasing it."""

from http import HTTPStatus

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from openmo_lab.paths import existing_file
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.requests import FilesRequest, PrepareRequest, ReleaseRequest, SpecRequest


class PrepareHandler(PlatformHandler):
    """POST openmo/app/prepare: what the chosen cells of a saved notebook would make."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = PrepareRequest.parse(self.request.body)
        client = self.client
        existing_file(self.root, request.path, suffix=".ipynb")
        notebook = await self.read_notebook(request.path)
        self.answer(await client.prepare_app(notebook, request.cells))


class SpecHandler(PlatformHandler):
    """POST openmo/app/spec: an edited spec as the text of its file, or what is wrong with it."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = SpecRequest.parse(self.request.body)
        self.answer(await self.client.write_out_spec(request.spec))


class FilesHandler(PlatformHandler):
    """GET openmo/app/files: handler.py and app_spec.yml as they are; PUT writes both."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.client.app_files())

    @authenticated
    @authorized
    async def put(self) -> None:
        request = FilesRequest.parse(self.request.body)
        self.answer(await self.client.write_app_files(handler=request.handler, app_spec=request.app_spec))


class CandidatesHandler(PlatformHandler):
    """GET openmo/app/candidates: the files that a release could hold, the version it would get, and warnings."""

    @authenticated
    @authorized
    async def get(self) -> None:
        client = self.client
        reading = await client.check_app()
        files = await client.app_candidates()
        self.answer({**files, "version": reading["version"], "warnings": reading["warnings"]})


class ReleasesHandler(PlatformHandler):
    """POST openmo/releases: a new release of the project, with links that the browser can follow."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = ReleaseRequest.parse(self.request.body)
        draft = {
            "version": request.version or None,
            "channel": request.channel,
            "notes": request.notes,
            "files": request.files,
        }
        self.answer(await self.client.deploy(draft), HTTPStatus.CREATED)


APP_ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("app/prepare", PrepareHandler),
    ("app/spec", SpecHandler),
    ("app/files", FilesHandler),
    ("app/candidates", CandidatesHandler),
    ("releases", ReleasesHandler),
]
