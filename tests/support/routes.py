"""Every route of the web application, and what a well-meant request to it looks like."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import select
from support.asgi import Answer, Client
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.apps.values import Channel
from openmo.core.hostile.trees import remove_tree
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.db.tables import METADATA
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.specs.examples import read_examples
from openmo.specs.files import load_app_spec
from openmo.web.security import SAFE_METHODS

SECRET = "canary of a project"
HIDDEN = "canary of a dataset"
APP_SPEC = """\
input:
  a: int
  photo: {value_type: img, optional: true}
output:
  b: int
examples:
  - {name: one, input: {a: 1, photo: examples/one.png}}
"""
_CHANGING = ("projects", "jobs", "releases")
"""Folders of the data folder that requests change."""
UPLOADED = "/uploads/{upload_id}/files"
TUS = {
    "tus-resumable": "1.0.0",
    "upload-length": "0",
    "upload-offset": "0",
    "upload-metadata": "path YQ==",
    "content-type": "application/offset+octet-stream",
}
STREAMS = ("/api/v1/events", "/log/stream")


@dataclass(frozen=True)
class Route:
    """One method of one route."""

    method: str
    path: str
    calls: tuple[Callable[..., Any], ...]
    """What it depends on."""

    @property
    def changes(self) -> bool:
        return self.method not in SAFE_METHODS

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def of_project(self) -> bool:
        return "/projects/{owner}/{name}" in self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: FastAPI) -> Iterator[Route]:
    """All but the mounted static files and the API's own description."""
    for context in iter_route_contexts(app.routes):
        if context.path in ("/static", "/api/openapi.json"):
            continue
        calls = tuple(_calls(context.dependant))
        for method in sorted(context.methods or ()):
            yield Route(method=method, path=context.path or "", calls=calls)


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for inner in dependant.dependencies:
        if inner.call is not None:
            yield inner.call
        yield from _calls(inner)


RETURNED_FILE = "r" * 43
"""The name of a file that a call of a module of everybody's own has returned."""


class Town:
    """Ada's private and public projects, with everything in them, and bob, who has one of his own."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.identity = MemoryIdentity()
        platform.samples()
        platform.dataset("ada", "concealed", files={"README.md": HIDDEN}, visibility=Visibility.PRIVATE)
        platform.module("ada", "concealed", visibility=Visibility.PRIVATE)
        self.private = self._project("secret", Visibility.PRIVATE)
        self.public = self._project("open", Visibility.PUBLIC)
        self.other = platform.project("ada", "other", files={"train.py": ""})
        platform.project("bob", "mine", files={"train.py": ""})
        self.upload = self._upload()
        self.app = platform.app(self.identity)
        self.client = Client(self.app)
        self.ada = self.identity.token("ada")
        self.root = self.identity.token("root", admin=True)
        platform.accounts.ensure("root", admin=True)
        self.bob = self.identity.token("bob")
        for each in ("ada", "bob", "root"):
            account = platform.accounts.get(each)
            kept = platform.folder.root / "web" / "module-calls" / "returned" / account.id / RETURNED_FILE
            write_files(kept, {"file.txt": "returned by a module"})
        self.ada_elsewhere = self.identity.token("ada", project_slug=self.other.slug)
        self.labs = {
            project.id: self.identity.token("ada", project_slug=project.slug) for project in (self.private, self.public)
        }

    def _project(self, name: str, visibility: Visibility) -> Project:
        platform, actor = self.platform, self.platform.actor("ada")
        marked = SECRET if visibility is Visibility.PRIVATE else "plain"
        files = {"train.py": f"# {marked}", "handler.py": HANDLER, "README.md": marked, "plot.png": marked}
        files |= {"app_spec.yml": APP_SPEC, "examples/one.png": marked}
        project = platform.project("ada", name, files=files, visibility=visibility)
        project = platform.projects.update(actor, project, title=f"{marked} {name}", description=marked)
        platform.imports.import_dataset(actor, project, platform.datasets.get(actor, "ada", "concealed"))
        platform.imports.import_dataset(actor, project, platform.datasets.get(actor, "openmo", "iris"))
        platform.imports.import_module(actor, project, platform.modules.get(actor, "ada", "concealed"))
        platform.imports.import_module(actor, project, platform.modules.get(actor, "openmo", "iris_classifier"))
        platform.apps.deploy(actor, project, notes=marked)
        platform.apps.deploy(actor, project, channel=Channel.DEV)
        platform.app_tokens.keep("a1", account="ada", owner="ada", slug=project.slug)
        job = platform.submit(project, name=marked)
        self._run(job, f'{{"metric": "loss", "value": 1}}\n{marked}\n')
        platform.submit(project, name=marked)
        return project

    def _upload(self) -> str:
        """An upload of ada's with a file of which nothing has come."""
        actor = self.platform.actor("ada")
        concealed = self.platform.datasets.get(actor, "ada", "concealed")
        upload = self.platform.uploads.open(actor, dataset=concealed, new=None).session.id
        self.platform.uploads.add_file(actor, upload, "new.bin", size=1)
        return upload

    def _run(self, job: Job, prints: str) -> None:
        executor, runner, folder = self.platform.executor, self.platform.runner(), self.platform.launcher.folder(job)
        assert isinstance(executor, MemoryExecutor)
        runner.step()
        executor.emit(folder, prints.encode())
        executor.finish(folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=self.platform.clock.now().timestamp()))
        runner.step()

    def keep(self, folder: Path) -> None:
        """Remembers how everything is, for `restore`."""
        self._kept = folder
        for name in _CHANGING:
            shutil.copytree(self.platform.folder.root / name, folder / name, symlinks=True)
        with closing(sqlite3.connect(folder / "rows.sqlite")) as copy, closing(self._connect()) as rows:
            rows.backup(copy)

    def restore(self, *, files: bool = True) -> None:
        """Everything is as it was kept, or all but the files; on SQLite."""
        for name in _CHANGING if files else ():
            remove_tree(self.platform.folder.root / name)
            shutil.copytree(self._kept / name, self.platform.folder.root / name, symlinks=True)
        with closing(sqlite3.connect(self._kept / "rows.sqlite")) as copy, closing(self._connect()) as rows:
            copy.backup(rows)
        self.platform.servers.started.clear()
        self.platform.servers.stopped.clear()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(str(self.platform.database.engine.url.database))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the database holds."""
        with self.platform.database.read() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=str)
                for table in METADATA.sorted_tables
            }

    def request(
        self,
        route: Route,
        project: Project | str,
        headers: dict[str, str],
        *,
        named: tuple[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Answer:
        """A request that is right in every respect but perhaps who sends it.

        `named`: owner and name in the address where it is not the project that the address names. `body`: what to send
        instead of what is right, as an option of the client.
        """
        name = project if isinstance(project, str) else project.name
        path = route.path
        for part, value in {
            "{owner}": named[0] if named else "ada",
            "{name}": named[1] if named else name,
            "{number}": "1",
            "{path:path}": "README.md",
            "{dataset_owner}": "openmo",
            "{dataset_name}": "iris",
            "{module_owner}": "openmo",
            "{module_name}": "iris_classifier",
            "{tag}": "en",
            "{version}": "1" if "/datasets/" in path else "1.0.0",
            "{token_id}": "a1",
            "{token}": RETURNED_FILE,
            "{file:path}": "main.py",
            "{slug}": project if isinstance(project, str) else project.slug,
            "{link}": "x" * 43,
            "{key}": read_examples(load_app_spec(APP_SPEC))[0].key,
            "{example}": "0",
            "{field}": "1",
            "{upload_id}": self.upload,
        }.items():
            path = path.replace(part, value)
        assert "{" not in path, f"say in tests/support/routes.py what stands for the parameters of {route}"
        if "/metrics/" in path or "/jobs/compare" in path:
            path += "?metric=loss&n=1"
        path += {"/diff": "?a=1&b=1", "/file": "?path=README.md"}.get(path[path.rfind("/") :], "")
        path += {"/log/place": "?line=1", "/log/search": "?text=loss"}.get(path[path.rfind("/log/") :], "")
        options = _body(route, name, path) if body is None or not route.changes else body
        if UPLOADED in route.path and route.method != "GET":
            headers = {**TUS, **headers}
            options = {"body": b""}
        accept = {"accept": "application/json" if route.api else "text/html"}
        until = b"\n\n" if route.path.endswith(STREAMS) else None
        return self.client.ask(route.method, path, headers={**accept, **headers}, until=until, **options)


@contextmanager
def town_on_sqlite(template: Path, root: Path) -> Iterator[Town]:
    """A town whose database is a copy of that file: what rights say is the same on every database."""
    shutil.copyfile(template, root / "town.sqlite")
    database = Database(f"sqlite:///{root / 'town.sqlite'}")
    town = Town(Platform(database, root / "data"))
    yield town
    town.client.close()
    database.close()


def _body(route: Route, name: str, path: str) -> dict[str, Any]:
    """What is right to send, as an option of the client."""
    if not route.changes:
        return {}
    return {"json_body": _json(route)} if route.api else {"form": _form(name, path)}


def _json(route: Route) -> dict[str, Any]:
    imported = "/api/v1/projects/{owner}/{name}/modules/{module_owner}/{module_name}/{version}"
    bodies: dict[str, dict[str, Any]] = {
        f"{imported}/update": {"digest": "0" * 64},
        "/api/v1/projects": {"title": "New"},
        "/api/v1/uploads/{upload_id}/remove": {"patterns": ["README.md"]},
        "/api/v1/projects/{owner}/{name}": {"title": "Changed"},
        "/api/v1/modules/{owner}/{name}": {"title": "Changed"},
        "/api/v1/projects/{owner}/{name}/datasets": {"dataset": "openmo/digits"},
        "/api/v1/projects/{owner}/{name}/modules": {"module": "openmo/iris_classifier"},
        "/api/v1/projects/{owner}/{name}/module/skeleton": {"kind": "model"},
        "/api/v1/projects/{owner}/{name}/module/versions": {"notes": "First."},
        "/api/v1/projects/{owner}/{name}/module/prepare": {"notebook": {"cells": []}},
        "/api/v1/projects/{owner}/{name}/module/spec": {"spec": {}},
        "/api/v1/projects/{owner}/{name}/module/files": {"main": None, "module_spec": None},
        "/api/v1/modules/{owner}/{name}/versions/{version}/yank": {"reason": "It is wrong."},
        "/api/v1/projects/{owner}/{name}/modules/jobs": {"module": "openmo/iris_classifier", "method": "run"},
        "/api/v1/projects/{owner}/{name}/jobs": {"script": "train.py"},
        "/api/v1/projects/{owner}/{name}/jobs/delete": {"numbers": [1]},
        "/api/v1/projects/{owner}/{name}/jobs/{number}/priority": {"priority": -1},
        "/api/v1/projects/{owner}/{name}/app/prepare": {"notebook": {"cells": []}},
        "/api/v1/projects/{owner}/{name}/app/spec": {"spec": {"input": {"a": {"value_type": "int"}}}},
        "/api/v1/projects/{owner}/{name}/app/files": {"handler": HANDLER, "app_spec": "input: {}\n"},
        "/api/v1/projects/{owner}/{name}/app/tokens": {"note": "a robot"},
        "/api/v1/modules/{owner}/{name}/versions/{version}/code": {"method": "run"},
        "/api/v1/modules/{owner}/{name}/versions/{version}/call": {"method": "none such"},
        "/api/v1/projects/{owner}/{name}/module/try": {"method": "run"},
        "/api/v1/notebooks/export": {"name": "a.ipynb", "notebook": {"cells": [], "nbformat": 4, "nbformat_minor": 5}},
    }
    return bodies.get(route.path, {})


def _form(name: str, path: str) -> dict[str, str]:
    return {
        "title": "Changed",
        "description": "Changed",
        "visibility": "public",
        "kind": "app",
        "module_kind": "model",
        "template": "blank",
        "confirmation": name,
        "script": "train.py",
        "device": "cpu",
        "channel": "release",
        "dataset": "openmo/iris@1" if path.endswith("/datasets/update") else "openmo/iris",
        "module": "openmo/iris_classifier/1.0.0",
        "version": "1" if path.startswith("/datasets/") else "1.0.0",
        "reason": "It is wrong.",
        "project": f"ada/{name}",
        "to": "delete",
        "values": "{}",
    }
