"""The platform's part in publishing modules, for JupyterLab's double: the real reading of cells, over one folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openmo.config.shipped import shipped
from openmo.core.errors import OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.languages.language import ENGLISH
from openmo.projects.publishing.candidates import version_files
from openmo.projects.publishing.preparing.proposal import module_spec_from_data, prepare_module
from openmo.projects.publishing.preparing.schemas import ModulePreparationView
from openmo.projects.publishing.schemas import VersionFileView
from openmo.projects.publishing.skeleton import SkeletonChoice, Skeletons
from openmo.specs.errors import SpecError
from openmo.specs.files import load_module_spec, module_spec_data
from openmo.specs.generate import is_generated
from openmo.specs.module import ModuleKind, read_module

FILES = {"main": "main.py", "module_spec": "module_spec.yml"}
NAME = "digits_1"


@dataclass(slots=True)
class PublishingDouble:
    """What makes a module of the folder `workspace`; `versions` holds the drafts that it was sent."""

    workspace: Path | None = None
    versions: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    """The problem documents that the next checks, calls and versions are refused with, one after the other."""
    report: dict[str, Any] = field(default_factory=dict)
    """What a check says besides that all is well."""
    trial: dict[str, Any] = field(default_factory=dict)
    """What the next call returns."""

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The answer to a route below the project; None when it is not about its module."""
        routes: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "GET module": lambda _: self._plan(),
            "POST module/skeleton": self._begin,
            "POST module/prepare": self._prepared,
            "POST module/spec": _spec,
            "GET module/files": lambda _: self._files(),
            "PUT module/files": self._write,
            "POST module/check": self._check,
            "POST module/try": self._try,
            "POST module/versions": self._publish,
        }
        route = f"{method} {path}"
        if route not in routes:
            return None
        if self.failures and path.rpartition("/")[2] in ("check", "try", "versions"):
            failure = self.failures.pop(0)
            return failure["status"], failure
        try:
            return 200, routes[route](body)
        except OpenMoError as error:
            return error.status, {
                "title": error.title,
                "status": error.status,
                "detail": str(error),
                "code": error.code,
                "type": f"urn:openmo:error:{error.code}",
            }

    @property
    def _root(self) -> Path:
        assert self.workspace is not None, "the test must say which folder is the project"
        return self.workspace

    def _plan(self) -> dict[str, Any]:
        files = version_files(HostileFolder(self._root))
        kind, spec = None, {}
        try:
            kind = read_module((self._root / "main.py").read_text()).kind
            spec = module_spec_data(load_module_spec((self._root / "module_spec.yml").read_text()))
        except (SpecError, FileNotFoundError):
            pass
        return {
            "name": f"ada/{NAME}",
            "kind": kind,
            "spec": spec,
            "problems": [],
            "warnings": [],
            "files": [VersionFileView.of(each).model_dump(mode="json") for each in files.items],
            "truncated": False,
            "version": f"0.{len(self.versions) + 1}.0",
            "last": f"0.{len(self.versions)}.0" if self.versions else "",
            "has_dev": False,
            "bump": None,
            "changes": [],
            "unchanged_since": "",
            "title": "Digits",
            "description": "",
            "category": "other",
            "tags": [],
            "visibility": "private",
            "stays_public": False,
        }

    def _begin(self, body: dict[str, Any]) -> dict[str, Any]:
        choice = SkeletonChoice(kind=ModuleKind(body["kind"]), owner="ada", name=NAME, title="Digits", language=ENGLISH)
        made = Skeletons(shipped("skeletons")).files(choice)
        for name, text in made.items():
            (self._root / name).write_text(text)
        return {"files": list(made)}

    def _prepared(self, body: dict[str, Any]) -> dict[str, Any]:
        made = prepare_module(body["notebook"], body["cells"], name=NAME)
        return ModulePreparationView.of(made, str).model_dump(mode="json")

    def _files(self) -> dict[str, Any]:
        found = {name: self._root / file for name, file in FILES.items()}
        texts = {name: file.read_text() if file.exists() else None for name, file in found.items()}
        return {**texts, "from_cells": is_generated(texts["main"] or "")}

    def _write(self, body: dict[str, Any]) -> dict[str, Any]:
        before = self._files()
        for name, file in FILES.items():
            if body[name] is None:
                (self._root / file).unlink(missing_ok=True)
            else:
                (self._root / file).write_text(body[name])
        return before

    def _check(self, _: dict[str, Any]) -> dict[str, Any]:
        passed = {
            "ok": True,
            "problems": [],
            "warnings": [],
            "version_proposed": "0.1.0",
            "bump": None,
            "changes": [],
            "kind": "toolkit",
            "methods": ["run"],
            "environment": "",
            "seconds": 0.1,
            "log": "",
        }
        return {**passed, **self.report}

    def _try(self, body: dict[str, Any]) -> dict[str, Any]:
        returned = {
            "identifier": f"ada/{NAME}",
            "method": body["method"],
            "output": {},
            "types": {},
            "files": [],
            "duration_ms": 12.0,
            "log": "",
        }
        return {**returned, **self.trial}

    def _publish(self, draft: dict[str, Any]) -> dict[str, Any]:
        self.versions.append(draft)
        version = draft.get("version") or f"0.{len(self.versions)}.0"
        return {"owner": "ada", "name": NAME, "version": "" if draft.get("dev") else version}


def _spec(body: dict[str, Any]) -> dict[str, Any]:
    spec, text = module_spec_from_data(body["spec"])
    return {"spec": module_spec_data(spec), "spec_yaml": text}
