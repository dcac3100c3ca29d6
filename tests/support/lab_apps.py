"""The platform's part in deploying, for JupyterLab's double: the real reading of cells and files, over one folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openmo.apps.preparing.candidates import release_candidates
from openmo.apps.preparing.proposal import prepare_app, spec_from_data
from openmo.apps.schemas import CandidateList, PreparationView
from openmo.core.errors import OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.specs.files import app_spec_data
from openmo.specs.generate import is_generated

FILES = {"handler": "handler.py", "app_spec": "app_spec.yml"}


@dataclass(slots=True)
class AppDouble:
    """What makes an app of the folder `workspace`; `releases` holds the drafts that it was sent."""

    workspace: Path | None = None
    releases: list[dict[str, Any]] = field(default_factory=list)
    failure: dict[str, Any] | None = None
    """The problem document that the next release is refused with."""

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The answer to a route below the project; None when it is not about the app."""
        try:
            return self._answer(method, path, body)
        except OpenMoError as error:
            return error.status, {
                "title": error.title,
                "status": error.status,
                "detail": str(error),
                "code": error.code,
            }

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        routes: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "POST app/prepare": _prepared,
            "POST app/spec": _spec,
            "GET app": lambda _: self._reading(),
            "GET app/files": lambda _: self._files(),
            "PUT app/files": self._write,
            "GET app/candidates": lambda _: CandidateList.of(release_candidates(HostileFolder(self._root))).model_dump(
                mode="json"
            ),
        }
        route = f"{method} {path}"
        if route == "POST releases":
            return self._release(body)
        return (200, routes[route](body)) if route in routes else None

    def _reading(self) -> dict[str, Any]:
        return {"spec": {}, "warnings": [], "version": f"1.{len(self.releases)}.0"}

    def _files(self) -> dict[str, Any]:
        found = {name: self._root / file for name, file in FILES.items()}
        texts = {name: file.read_text() if file.exists() else None for name, file in found.items()}
        return {**texts, "from_cells": is_generated(texts["handler"] or "")}

    def _candidates(self) -> dict[str, Any]:
        return CandidateList.of(release_candidates(HostileFolder(self._root))).model_dump(mode="json")

    def _write(self, body: dict[str, Any]) -> dict[str, Any]:
        for name, file in FILES.items():
            (self._root / file).write_text(body[name])
        return self._reading()

    @property
    def _root(self) -> Path:
        assert self.workspace is not None, "the test must say which folder is the project"
        return self.workspace

    def _release(self, draft: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.failure is not None:
            return self.failure["status"], self.failure
        version = "dev" if draft["channel"] == "dev" else draft["version"] or f"1.{len(self.releases)}.0"
        self.releases.append(draft)
        return 201, {"version": version, "channel": draft["channel"], "page": "/projects/ada/digits 1/use"}


def _prepared(body: dict[str, Any]) -> dict[str, Any]:
    return PreparationView.of(prepare_app(body["notebook"], body["cells"]), str).model_dump(mode="json")


def _spec(body: dict[str, Any]) -> dict[str, Any]:
    spec, text = spec_from_data(body["spec"])
    return {"spec": app_spec_data(spec), "spec_yaml": text}
