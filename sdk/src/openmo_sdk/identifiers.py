"""Which module a text names, and where in the project it lies."""

import re
from dataclasses import dataclass
from pathlib import Path

from openmo_sdk.errors import BadIdentifier, ModuleNotImported

DEV = "dev"  # the moving version that a module's owner tests

_SEMVER = re.compile(
    r"(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?", re.ASCII
)


def working_directory() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # deleted, or out of a sandbox's sight
        return None


_STARTED_IN = working_directory()  # the project, when a notebook later changes its working directory


@dataclass(frozen=True, slots=True)
class Identifier:
    """A module's owner, name and version; no version means the newest release that the project has."""

    owner: str
    name: str
    version: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.owner, self.name, self.version) if part)


@dataclass(frozen=True, slots=True)
class Located:
    """A module version that is present: its full identifier and its folder in the project, as an absolute path."""

    identifier: Identifier
    folder: Path


def parse_identifier(text: str) -> Identifier:
    """The module that `owner/name` or `owner/name/version` names; raises BadIdentifier."""
    parts = str(text).strip().split("/")
    if len(parts) not in (2, 3) or not all(_is_plain(part) for part in parts):
        raise BadIdentifier(
            f"{str(text)[:120]!r} names no module: write 'owner/name/version', such as "
            "'openmo/iris_classifier/1.0.0', or 'owner/name' for the newest release."
        )
    version = parts[2] if len(parts) == 3 else None
    if version is not None and version != DEV and not _SEMVER.fullmatch(version):
        raise BadIdentifier(
            f"{version[:60]!r} in {str(text)[:120]!r} is not a version: write three numbers such as 1.0.0, or 'dev'."
        )
    return Identifier(parts[0], parts[1], version)


def _is_plain(part: str) -> bool:
    return bool(part) and part not in (".", "..") and part.isprintable() and not set(part) & set('\\:*?"<>|')


def version_key(version: str) -> tuple[object, ...]:
    """Sorts versions as Semantic Versioning 2.0.0 orders them: a pre-release comes before its release."""
    match = _SEMVER.fullmatch(version)
    if match is None:
        raise BadIdentifier(f"{version[:60]!r} is not a version: write three numbers such as 1.0.0.")
    numbers = tuple(int(match[part]) for part in ("major", "minor", "patch"))
    if match["pre"] is None:
        return (*numbers, 1, ())
    # Numeric identifiers compare as numbers and come before the alphanumeric ones.
    labels = tuple((0, int(label), "") if label.isdecimal() else (1, 0, label) for label in match["pre"].split("."))
    return (*numbers, 0, labels)


def locate(identifier: Identifier) -> Located:
    """The folder `modules/<owner>/<name>/<version>` of this project; raises ModuleNotImported, with what is there.

    The project is the working directory, or else the one in which Python started (a notebook may have moved since).
    """
    for root in dict.fromkeys(folder for folder in (working_directory(), _STARTED_IN) if folder is not None):
        versions = root / "modules" / identifier.owner / identifier.name
        if identifier.version is not None and (versions / identifier.version).is_dir():
            return Located(identifier, versions / identifier.version)
        present = _versions_in(versions)
        newest = None if identifier.version else _newest(present)
        if newest is not None:
            return Located(Identifier(identifier.owner, identifier.name, newest), versions / newest)
        if present:
            raise ModuleNotImported(_other_versions(identifier, present))
    raise ModuleNotImported(
        f"The module {identifier.owner}/{identifier.name} is not imported into this project: there is no folder "
        f"modules/{identifier.owner}/{identifier.name}. Import it on the module's page: Modules, in the bar at the top."
    )


def _versions_in(folder: Path) -> list[str]:
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return []
    return [name for name in names if (name == DEV or _SEMVER.fullmatch(name)) and (folder / name).is_dir()]


def _newest(versions: list[str]) -> str | None:
    return max((version for version in versions if version != DEV), key=version_key, default=None)


def _other_versions(identifier: Identifier, present: list[str]) -> str:
    releases = sorted((version for version in present if version != DEV), key=version_key)
    here = ", ".join([*releases, *([DEV] if DEV in present else [])])
    wanted = f"version {identifier.version}" if identifier.version else "release"
    return (
        f"The project has no {wanted} of the module {identifier.owner}/{identifier.name}; it has: {here}. "
        f"Import that version, or write '{identifier.owner}/{identifier.name}/{(releases or [DEV])[-1]}'."
    )
