"""Our routes for modules: finding them, looking at them, importing them and inserting code that calls them."""

from dataclasses import asdict
from http import HTTPStatus

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from openmo_lab.modules import Modules
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.requests import ModuleCodeRequest, ModuleJobRequest, ModuleRequest, UpdateRequest, module_query


class ModulesRoute(PlatformHandler):
    """A route about modules."""

    @property
    def modules(self) -> Modules:
        return Modules(self.client)


class ModulesHandler(ModulesRoute):
    """GET openmo/modules?search=iris&sort=used: a page of modules; `scope=imported`: those that the project imports."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.modules.find(module_query(self.get_query_argument)))


class ModuleHandler(ModulesRoute):
    """GET openmo/modules/openmo/iris_classifier: a module and its versions."""

    @authenticated
    @authorized
    async def get(self, owner: str, name: str) -> None:
        self.answer(await self.modules.show(owner, name))


class ModuleVersionHandler(ModulesRoute):
    """GET openmo/modules/openmo/iris_classifier/versions/1.0.0: its README, methods and needs."""

    @authenticated
    @authorized
    async def get(self, owner: str, name: str, version: str) -> None:
        self.answer(await self.modules.version(owner, name, version))


class ModuleCodeHandler(ModulesRoute):
    """POST openmo/modules/openmo/iris_classifier/versions/1.0.0/code: a cell that calls a method."""

    @authenticated
    @authorized
    async def post(self, owner: str, name: str, version: str) -> None:
        request = ModuleCodeRequest.parse(self.request.body)
        self.answer(await self.modules.code(owner, name, version, asdict(request)))


class FavouriteHandler(ModulesRoute):
    """PUT openmo/modules/openmo/iris_classifier/favourite makes it one, DELETE ends that."""

    @authenticated
    @authorized
    async def put(self, owner: str, name: str) -> None:
        await self.modules.set_favourite(owner, name, is_favourite=True)
        self.answer({})

    @authenticated
    @authorized
    async def delete(self, owner: str, name: str) -> None:
        await self.modules.set_favourite(owner, name, is_favourite=False)
        self.answer({})


class ModuleUsersHandler(ModulesRoute):
    """GET openmo/modules/openmo/iris_classifier/projects: public projects that import it."""

    @authenticated
    @authorized
    async def get(self, owner: str, name: str) -> None:
        self.answer(await self.modules.users(owner, name))


class ModuleUsesHandler(ModulesRoute):
    """GET openmo/modules/openmo/iris_classifier/jobs: the project's jobs that were made with it, a page at a time."""

    @authenticated
    @authorized
    async def get(self, owner: str, name: str) -> None:
        self.answer(await self.modules.jobs(owner, name, self.get_query_argument("after", "")))


class ModuleJobsHandler(ModulesRoute):
    """POST openmo/module-jobs: a job that calls a method of a module."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = ModuleJobRequest.parse(self.request.body)
        self.answer(await self.modules.create_job(asdict(request)), HTTPStatus.CREATED)


class ImportHandler(ModulesRoute):
    """DELETE openmo/imported-modules/openmo/iris_classifier/1.0.0: the project imports it no longer."""

    @authenticated
    @authorized
    async def delete(self, owner: str, name: str, version: str) -> None:
        await self.modules.remove(owner, name, version)
        self.answer({})


class UpdateHandler(ModulesRoute):
    """GET openmo/imported-modules/openmo/iris_classifier/1.0.0/update: which calls would change; POST changes them."""

    @authenticated
    @authorized
    async def get(self, owner: str, name: str, version: str) -> None:
        self.answer(await self.modules.preview_update(owner, name, version, self.get_query_argument("to", "")))

    @authenticated
    @authorized
    async def post(self, owner: str, name: str, version: str) -> None:
        request = UpdateRequest.parse(self.request.body)
        self.answer(await self.modules.update(owner, name, version, asdict(request)))


class ImportsHandler(ModulesRoute):
    """GET openmo/imported-modules: what the project imports; POST: the version appears in the project's folder."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.modules.imports())

    @authenticated
    @authorized
    async def post(self) -> None:
        request = ModuleRequest.parse(self.request.body)
        self.answer(await self.modules.import_version(request.module), HTTPStatus.CREATED)


_PART = "([^/]{1,200})"
_MODULE = f"modules/{_PART}/{_PART}"
_IMPORT = f"imported-modules/{_PART}/{_PART}/{_PART}"
MODULE_ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("modules", ModulesHandler),
    ("module-jobs", ModuleJobsHandler),
    ("imported-modules", ImportsHandler),
    (_IMPORT, ImportHandler),
    (f"{_IMPORT}/update", UpdateHandler),
    (f"{_MODULE}/projects", ModuleUsersHandler),
    (f"{_MODULE}/jobs", ModuleUsesHandler),
    (_MODULE, ModuleHandler),
    (f"{_MODULE}/favourite", FavouriteHandler),
    (f"{_MODULE}/versions/{_PART}", ModuleVersionHandler),
    (f"{_MODULE}/versions/{_PART}/code", ModuleCodeHandler),
]
