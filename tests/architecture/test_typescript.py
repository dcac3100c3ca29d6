"""The TypeScript and its style sheets: small files, no circles, and one package that both halves share."""

import json
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ts-shared", "web-assets", "lab")
SHARED = "@openmo/shared/"
LINES_AT_MOST = 400
GENERATED = (ROOT / "ts-shared" / "src" / "rest-api.ts",)  # by make docs
SOURCES = ("src", "tests", "styles", "style")
# What follows `from`, or `import` where a module is loaded for its effect or on demand.
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""")


def sources(*endings: str) -> Iterator[Path]:
    for package in PACKAGES:
        for folder in SOURCES:
            for path in sorted((ROOT / package / folder).rglob("*")):
                if path.suffix in endings and path not in GENERATED:
                    yield path


@cache
def imports() -> dict[Path, set[Path]]:
    """Our own modules, each with those that it imports."""
    found = {}
    for path in [*sources(".ts"), *GENERATED]:
        names = _IMPORT.findall(path.read_text("utf-8"))
        found[path] = {target for name in names if (target := module_of(path, name)) is not None}
    return found


def module_of(importer: Path, name: str) -> Path | None:
    """The file that an import names; None for packages of others and for drawings."""
    if name.startswith(SHARED):
        target = ROOT / "ts-shared" / "src" / name.removeprefix(SHARED)
    elif name.startswith("."):
        target = (importer.parent / name).resolve()
    else:
        return None
    if target.suffix:
        return None
    module = target.with_name(f"{target.name}.ts")
    assert module.is_file(), f"{importer.relative_to(ROOT)} imports {name}, which is not there"
    return module


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def test_no_file_is_over_the_budget() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources(".ts", ".scss", ".css")}
    assert len(lengths) > 150, "the sources were not read"
    too_long = {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LINES_AT_MOST}
    assert too_long == {}


def test_no_module_imports_itself_by_way_of_others() -> None:
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(str(path.relative_to(ROOT)) for path in error.args[1]))


def test_pages_and_jupyterlab_meet_in_the_shared_package_alone() -> None:
    crossings = {
        f"{importer.relative_to(ROOT)} imports {module.relative_to(ROOT)}"
        for importer, modules in imports().items()
        for module in modules
        if package_of(module) not in (package_of(importer), "ts-shared")
    }
    assert crossings == set()
    relative = {
        str(path.relative_to(ROOT))
        for path in sources(".ts")
        if package_of(path) != "ts-shared" and "ts-shared/" in "".join(_IMPORT.findall(path.read_text("utf-8")))
    }
    assert relative == set(), "import it by its name, @openmo/shared"


def test_the_extension_bundles_the_shared_package() -> None:
    """JupyterLab's builder leaves `dependencies` to the page that loads the extension, which has no such package."""
    manifest = json.loads((ROOT / "lab" / "package.json").read_text("utf-8"))
    assert "@openmo/shared" in manifest["devDependencies"]
    assert "@openmo/shared" not in manifest["dependencies"]


def test_the_bound_of_functions_has_no_exceptions() -> None:
    configuration = (ROOT / "eslint.config.js").read_text("utf-8")
    assert configuration.count('"max-lines-per-function": ["error", { max: 50') == 1
    assert configuration.count("max-lines-per-function") == 1
    exempt = [path for path in sources(".ts") if "max-lines-per-function" in path.read_text("utf-8")]
    assert exempt == []


# What this code once called a timeout, a retry, a limit, an interval, a message and a request.
_RENAMED = re.compile(
    r"\b(?:PATIENCE(?:_MS)?|AGAIN|MOST(?:_[A-Z]+)?|SELDOM|EVERY|LONGEST(?:_[A-Z]+)?|"
    r"said|told|asked|isThere|thereIs|lacking|amiss|patience|seldom|whoever)\b"
)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def test_the_field_has_one_word_for_each_thing() -> None:
    """Someone who searches for "timeout" or "retry" finds them: `MAX_…`, `…_MS`, `RETRY_MS`, message, request."""
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sources(".ts")
        if "tests" not in path.parts
        for match in _RENAMED.finditer(_STRING.sub('""', path.read_text("utf-8")))
    }
    assert found == set()
