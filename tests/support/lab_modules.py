"""The platform's part in modules, for JupyterLab's double: the spec of a sample, and the real code that calls it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openmo.core.errors import OpenMoError
from openmo.core.references import Reference
from openmo.modules.schemas import ModuleCodeView
from openmo.modules.snippets.calls import write_call
from openmo.specs.files import load_module_spec, parameter_data

IRIS = Path(__file__).resolve().parents[2] / "examples/iris_classifier"
_IMPORTS = "projects/ada/digits 1/modules"


@dataclass(slots=True)
class ModulesDouble:
    """Two modules: `openmo/iris_classifier`, which is real, and `openmo/kmeans_cluster`, which is only listed."""

    imports: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    favourites: set[str] = field(default_factory=set)
    requirements: list[str] = field(default_factory=list)
    """What the version asks for, all of it lacking in the project; those with `<` are there in another version."""
    drafts: list[dict[str, Any]] = field(default_factory=list)
    """Calls that became jobs."""
    failure: dict[str, Any] | None = None
    """The problem document that the next requests are refused with."""

    def answer(
        self, method: str, path: str, body: dict[str, Any], query: dict[str, str]
    ) -> tuple[int, dict[str, Any]] | None:
        """The answer to a route about modules; None when it is about something else."""
        if not path.startswith(("modules", _IMPORTS)):
            return None
        if self.failure is not None:
            return self.failure["status"], self.failure
        try:
            return self._answer(f"{method} {path}", body, query)
        except OpenMoError as error:
            document = {"title": error.title, "status": error.status, "detail": str(error), "code": error.code}
            return error.status, {**document, **error.fields, "type": f"urn:openmo:error:{error.code}"}

    def _answer(self, route: str, body: dict[str, Any], query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer: dict[str, Any]
        status = 200
        match route.split("/"):
            case ["GET modules"]:
                self.queries.append(query)
                found = [self._view(name) for name in ("iris_classifier", "kmeans_cluster")]
                answer = {"items": [each for each in found if query.get("search", "") in each["name"]], "next": ""}
            case [head, _, _, "modules", *rest]:
                status, answer = self._imported(head.split()[0], rest, body, query)
            case [_, "openmo", "iris_classifier", "projects"]:
                answer = {"items": [_USER], "total": 3}
            case [_, "openmo", "iris_classifier", "jobs"]:
                answer = {"items": [_USE], "next": ""} if self.drafts else {"items": [], "next": ""}
            case [_, "openmo", "iris_classifier"]:
                answer = {**self._view("iris_classifier"), "versions": [_VERSION]}
            case [_, "openmo", name, "favourite"]:
                (self.favourites.add if route.startswith("PUT") else self.favourites.discard)(name)
                status, answer = 204, {}
            case [_, "openmo", "iris_classifier", "versions", "1.0.0"]:
                own = "e" * 64 if self.requirements else ""
                answer = {**_details(), "requirements": self.requirements, "environment": own}
            case [_, "openmo", "iris_classifier", "versions", "1.0.0", "code"]:
                answer = _code(body, self.requirements)
            case _:
                status, answer = 404, {"title": "Not found", "status": 404, "detail": route, "code": "not_found"}
        return status, answer

    def _imported(
        self, verb: str, rest: list[str], body: dict[str, Any], query: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        """What the project imports, and a module's job."""
        match verb, rest:
            case "GET", []:
                items = [{"identifier": each, "newer": _newer(each), "yanked_reason": None} for each in self.imports]
                return 200, {"items": items}
            case "POST", []:
                self.imports.append(body["module"])
                return 201, {"identifier": body["module"], "folder": f"modules/{body['module']}"}
            case "POST", ["jobs"]:
                _code({**body, "cells": []}, [])  # refuses wrong values
                self.drafts.append(body)
                return 201, _JOB
            case "DELETE", parts:
                self.imports.remove("/".join(parts))
                return 204, {}
        *parts, _ = rest
        before = "/".join(parts)
        after = f"openmo/iris_classifier/{query.get('to') or body.get('version') or '1.0.0'}"
        if verb == "POST":
            self.imports[self.imports.index(before)] = after
        call = {"file": "a.ipynb", "cell": 1, "line": 1, "before": f"run('{before}')", "after": f"run('{after}')"}
        return 200, {"before": before, "after": after, "calls": [call], "skipped": [], "digest": "d" * 64}

    def _view(self, name: str) -> dict[str, Any]:
        return {
            "owner": "openmo",
            "name": name,
            "identifier": f"openmo/{name}/1.0.0",
            "title": name.replace("_", " ").capitalize(),
            "description": "",
            "version": "1.0.0",
            "kind": "toolkit",
            "category": "tabular",
            "tags": ["sample"],
            "imports": len(self.imports),
            "favourite": name in self.favourites,
            "url": f"/modules/openmo/{name}",
        }


_USER = {"project": "bob/flowers", "title": "Flowers", "url": "/projects/bob/flowers"}
_JOB = {
    "id": "job-7",
    "number": 7,
    "name": "run_iris_classifier-7",
    "script": "run_iris_classifier.py",
    "state": "succeeded",
    "device": "cpu",
    "gpus": 0,
    "args": [],
    "reason": "",
    "stop_requested": False,
    "started_at": None,
    "ended_at": None,
    "url": "/projects/ada/digits 1/jobs/7",
}
_USE = {**_JOB, "owner": "ada", "project": "digits 1", "versions": ["1.0.0"], "methods": ["run"]}
_USE |= {"created_at": "2026-01-31T00:00:00Z"}
_VERSION = {"version": "1.0.0", "notes": "", "created_at": "2026-01-31T00:00:00Z", "size": 4600, "files": 4}
_VERSION |= {"yanked_reason": None}


def _newer(identifier: str) -> str:
    return "" if identifier.endswith("/1.0.0") else "1.0.0"


def _details() -> dict[str, Any]:
    spec = load_module_spec((IRIS / "module_spec.yml").read_text())
    methods = [
        {
            "name": name,
            "inputs": [parameter_data(each) for each in inputs],
            "outputs": [parameter_data(each) for each in spec.outputs.get(name, ())],
        }
        for name, inputs in spec.inputs.items()
    ]
    readme = "<h1>Iris</h1><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    return {
        "identifier": "openmo/iris_classifier/1.0.0",
        "kind": "toolkit",
        "readme": "# Iris",
        "readme_html": readme,
        "methods": methods,
        "requirements": [],
        "environment": "",
        "environment_ready": False,
        "python": "",
        "size": 4600,
        "digest": "0",
        "notes": "first",
        "yanked_reason": None,
    }


def _code(draft: dict[str, Any], requirements: list[str]) -> dict[str, Any]:
    inputs = load_module_spec((IRIS / "module_spec.yml").read_text()).inputs[draft["method"]]
    reference = Reference("openmo", "iris_classifier", "1.0.0")
    snippet = write_call(
        reference,
        draft["method"],
        inputs,
        draft["values"],
        cells=draft["cells"],
        own_environment=draft["own_environment"],
    )
    conflicts = [line for line in requirements if "<" in line]
    return ModuleCodeView.of(snippet, missing=requirements, conflicts=conflicts).model_dump(mode="json")
