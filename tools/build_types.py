"""Writes the TypeScript types of the REST API's bodies; with `--check` it only says whether they are out of date.

They come from the OpenAPI document of the web application itself, so pages and JupyterLab extension cannot believe
anything else of it. The document is read without a server: no service is called while routes are described.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a script it finds its own folder alone
from openmo.web.app import create_app
from tools.build_assets import install_packages, with_node

ROOT = Path(__file__).resolve().parents[1]
TYPES = ROOT / "ts-shared" / "src" / "rest-api.ts"
GENERATOR = ROOT / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
HEADER = "/** The bodies of the REST API. Made by `make docs` from its OpenAPI document. */\n"
SETTINGS = ("--immutable", "--root-types", "--root-types-no-schema-prefix", "--default-non-nullable", "false")
PROBLEM = "application/problem+json"


def openapi_document() -> dict[str, Any]:
    """What a server answers at /api/openapi.json."""
    nothing: Any = SimpleNamespace(accounts=None, events=None, projects=None)
    app = create_app(services=nothing, identity=nothing, call_tokens=nothing, csrf_secret=b"", hosts=())
    return app.openapi()


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    """The bodies alone: what the scripts send where, they say in words of their own."""
    components = {**document["components"]["schemas"], "ProblemDocument": problem_document(document)}
    bodies = {name: untitled(schema) for name, schema in sorted(components.items())}
    return {"openapi": document["openapi"], "info": document["info"], "paths": {}, "components": {"schemas": bodies}}


def problem_document(document: dict[str, Any]) -> dict[str, Any]:
    """RFC 9457's, which every route describes in place."""
    found: list[dict[str, Any]] = [
        response["content"][PROBLEM]["schema"]
        for path in document["paths"].values()
        for operation in path.values()
        for response in operation["responses"].values()
        if PROBLEM in response.get("content", {})
    ]
    first, *others = found
    if any(other != first for other in others):
        sys.exit("The REST API describes problem documents in more than one way.")
    return first


def untitled(schema: Any) -> Any:
    """`schema` without the titles that pydantic makes of names."""
    if isinstance(schema, list):
        return [untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: part for key, part in schema.items() if key != "title"}
    return {
        key: part if key in LITERAL else fields(part) if key in FIELDS else untitled(part) for key, part in kept.items()
    }


LITERAL = ("default", "enum", "const", "examples", "required")
FIELDS = ("properties", "patternProperties")


def fields(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties of any name, `title` included."""
    return {name: untitled(schema) for name, schema in properties.items()}


def typescript(document: dict[str, Any]) -> str:
    """The types of the document's schemas."""
    environment = with_node({**os.environ, "NO_COLOR": "1"})
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "rest-api.ts")
        source.write_text(json.dumps(schemas(document)), "utf-8")
        command = ["node", str(GENERATOR), str(source), "--output", str(target), *SETTINGS]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        text = target.read_text("utf-8")
    _, _, types = text.partition("*/\n")  # its own notice that the file is made
    return HEADER + types


def main() -> int:
    if not GENERATOR.is_file():
        install_packages()
    types = typescript(openapi_document())
    if TYPES.exists() and TYPES.read_text("utf-8") == types:
        return 0
    is_check = "--check" in sys.argv
    if not is_check:
        TYPES.write_text(types, "utf-8")
    print(f"{'out of date' if is_check else 'wrote'}: {TYPES.relative_to(ROOT)}")
    return 1 if is_check else 0


if __name__ == "__main__":
    sys.exit(main())
