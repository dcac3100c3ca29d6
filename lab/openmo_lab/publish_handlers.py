"""Our routes for making a project a module: beginning it, its files of a notebook's cells, trying and publishing it."""

from http import HTTPStatus

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from openmo_lab.paths import existing_file
from openmo_lab.platform_handler import PlatformHandler
from openmo_lab.publishing import Publishing
from openmo_lab.requests import PrepareRequest, SpecRequest, passed_on


class PublishRoute(PlatformHandler):
    """A route about the module that the project makes."""

    @property
    def publishing(self) -> Publishing:
        return Publishing(self.client)


class PlanHandler(PublishRoute):
    """GET openmo/module: what publishing would make of the project."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.publishing.plan())


class PrepareModuleHandler(PublishRoute):
    """POST openmo/module/prepare: what the chosen cells of a saved notebook would make."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = PrepareRequest.parse(self.request.body)
        publishing = self.publishing
        existing_file(self.root, request.path, suffix=".ipynb")
        notebook = await self.read_notebook(request.path)
        self.answer(await publishing.send("prepare", {"notebook": notebook, "cells": request.cells}))


class ModuleSpecHandler(PublishRoute):
    """POST openmo/module/spec: an edited spec as the text of its file, or what is wrong with it."""

    @authenticated
    @authorized
    async def post(self) -> None:
        request = SpecRequest.parse(self.request.body)
        self.answer(await self.publishing.send("spec", {"spec": request.spec}))


class ModuleFilesHandler(PublishRoute):
    """GET openmo/module/files: main.py and module_spec.yml as they are; PUT writes both, and answers what was there."""

    @authenticated
    @authorized
    async def get(self) -> None:
        self.answer(await self.publishing.files())

    @authenticated
    @authorized
    async def put(self) -> None:
        self.answer(await self.publishing.write(passed_on(self.request.body, "main", "module_spec")))


class BeginHandler(PublishRoute):
    """POST openmo/module/skeleton: a small module that works, where there is no main.py."""

    @authenticated
    @authorized
    async def post(self) -> None:
        draft = passed_on(self.request.body, "kind", "language")
        self.answer(await self.publishing.send("skeleton", draft), HTTPStatus.CREATED)


class CheckHandler(PublishRoute):
    """POST openmo/module/check: what the check says of the files; nothing is published."""

    @authenticated
    @authorized
    async def post(self) -> None:
        self.answer(await self.publishing.run("check", passed_on(self.request.body, "files")))


class TryHandler(PublishRoute):
    """POST openmo/module/try: what a method returns, files among it as data: URLs or links; nothing is published."""

    @authenticated
    @authorized
    async def post(self) -> None:
        draft = passed_on(self.request.body, "method", "values", "files")
        self.answer(await self.publishing.call({**draft, "inline_files": True}))


class VersionsHandler(PublishRoute):
    """POST openmo/module/versions: a new version, with a link that the browser can follow."""

    @authenticated
    @authorized
    async def post(self) -> None:
        names = ("version", "dev", "notes", "files", "title", "description", "category", "tags", "visibility", "again")
        self.answer(await self.publishing.publish(passed_on(self.request.body, *names)), HTTPStatus.CREATED)


PUBLISH_ROUTES: list[tuple[str, type[PlatformHandler]]] = [
    ("module", PlanHandler),
    ("module/prepare", PrepareModuleHandler),
    ("module/spec", ModuleSpecHandler),
    ("module/files", ModuleFilesHandler),
    ("module/skeleton", BeginHandler),
    ("module/check", CheckHandler),
    ("module/try", TryHandler),
    ("module/versions", VersionsHandler),
]
