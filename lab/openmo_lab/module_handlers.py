"""Our routes for modules: finding them, looking at them, importing them and inserting code that calls them."""

from dataclasses import asdict
from http import HTTPStatus

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from openmo_lab.modules import Modules
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.requests import ModuleCodeRequest, ModuleRequest, module_query


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


class ImportsHandler(ModulesRoute):
    """POST openmo/imported-modules: the version appears in the project's folder."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = ModuleRequest.parse(self.request.body)
        self.answer(await self.modules.import_version(request.module), HTTPStatus.CREATED)


_PART = "([^/]{1,200})"
_MODULE = f"modules/{_PART}/{_PART}"
MODULE_ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("modules", ModulesHandler),
    ("imported-modules", ImportsHandler),
    (_MODULE, ModuleHandler),
    (f"{_MODULE}/favourite", FavouriteHandler),
    (f"{_MODULE}/versions/{_PART}", ModuleVersionHandler),
    (f"{_MODULE}/versions/{_PART}/code", ModuleCodeHandler),
]
