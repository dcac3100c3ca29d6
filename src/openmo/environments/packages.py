"""Which packages a project has of its own, and which its requirements.txt names that are not there.

Read from files alone: what users installed is never run to find out what it is. All of it may be hostile.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from openmo.core.packages import PACKAGES

REQUIREMENTS = "requirements.txt"
HEAD_BYTES = 64 << 10
"""Of each file that is looked at: what is asked for stands at its head."""
TOTAL_BYTES = 16 << 20
"""Of all of them together, the small ones first."""
_FILE = re.compile(re.escape(PACKAGES) + r"/([^/]+)\.dist-info/(METADATA|direct_url\.json)")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9A-Za-z.!+_-]{1,100}")
_MAX_PACKAGES = 2000
_MAX_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange:
    """A package that is another, new or gone."""

    name: str
    before: str
    """Its version or address; empty: it was not there."""
    after: str


def is_wanted(path: str) -> bool:
    """Whether the file says something about packages."""
    return path == REQUIREMENTS or _FILE.fullmatch(path) is not None


def installed(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The distributions in the project's package folder as `pip freeze` writes them, sorted by name."""
    found: dict[str, str] = {}
    for path, data in sorted(files.items()):
        part = _FILE.fullmatch(path)
        if part is None or part[2] != "METADATA" or len(found) >= _MAX_PACKAGES:
            continue
        headers = HeaderParser().parsestr(data.decode("utf-8", "replace").partition("\n\n")[0])
        name, version = str(headers.get("Name", "")).strip(), str(headers.get("Version", "")).strip()
        if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
            name, _, version = part[1].partition("-")
            if not (_NAME.fullmatch(name) and _VERSION.fullmatch(version)):
                continue
        origin = _origin(files.get(f"{PACKAGES}/{part[1]}.dist-info/direct_url.json", b""))
        found[canonicalize_name(name)] = f"{name} @ {origin}" if origin else f"{name}=={version}"
    return tuple(found[name] for name in sorted(found))


def missing(requirements: str, *, lock: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a requirements.txt that neither the environment's lock nor the project's own packages satisfy.

    Options, nested files and lines that cannot be read are passed over; at most twenty are named.
    """
    versions = {**_versions(lock), **_versions("\n".join(own))}
    unmet = (str(wish) for wish in _requirements(requirements) if not _is_met(wish, versions))
    return tuple(dict.fromkeys(unmet))[:_MAX_SHOWN]


def conflicts(requirements: str, *, lock: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of `missing` whose package is there, in a version that they do not take."""
    there = {**_versions(lock), **_versions("\n".join(own))}
    unmet = missing(requirements, lock=lock, own=own)
    return tuple(line for line in unmet if canonicalize_name(Requirement(line).name) in there)


def lock_lines(lock: str) -> tuple[str, ...]:
    """What of the lock is installed here: `name==version`, without the lines for other machines."""
    return tuple(f"{wish.name}{wish.specifier}" for wish in _requirements(lock))


def differences(before: tuple[str, tuple[str, ...]], after: tuple[str, tuple[str, ...]]) -> tuple[PackageChange, ...]:
    """What differs between two (lock, own packages), sorted by name; a project's own goes before the lock's."""
    was, now = ({**_shown(lock_lines(lock)), **_shown(own)} for lock, own in (before, after))
    names = sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
    return tuple(PackageChange(name=name, before=was.get(name, ""), after=now.get(name, "")) for name in names)


def _shown(lines: Iterable[str]) -> dict[str, str]:
    """What is said of each package after its name."""
    found = {}
    for line in lines:
        name, _, version = re.split(r"(==| @ )", line, maxsplit=1) if "==" in line or " @ " in line else (line, "", "")
        found[str(canonicalize_name(name))] = version
    return found


def _is_met(wish: Requirement, versions: Mapping[str, str]) -> bool:
    version = versions.get(canonicalize_name(wish.name))
    if version is None:
        return False
    if not version or wish.url:
        return True  # from an address: whether it is the right one, only its author knows
    try:
        return wish.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _versions(lines: str) -> dict[str, str]:
    """Version by canonical name; empty for what came from an address."""
    return {
        canonicalize_name(wish.name): next((str(one.version) for one in wish.specifier), "")
        for wish in _requirements(lines)
    }


def _requirements(text: str) -> Iterator[Requirement]:
    for line in text.replace("\\\n", " ").splitlines()[:_MAX_PACKAGES]:
        wish = re.sub(r"(^|\s)#.*$", "", line).split(" --hash", 1)[0].strip()
        if not wish or wish.startswith("-") or len(wish) > 1000:
            continue
        try:
            requirement = Requirement(wish)
            applies = requirement.marker is None or requirement.marker.evaluate()
        except (InvalidRequirement, ValueError, RecursionError):
            continue
        if applies:
            yield requirement


def _origin(data: bytes) -> str:
    """The address of a package that came from none of the indexes, without what might be a password; else nothing."""
    try:
        said = json.loads(data)
        parts = urlsplit(str(said["url"]))
        address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
        vcs = said.get("vcs_info") or {}
        address = f"{vcs['vcs']}+{address}@{vcs['commit_id']}" if vcs else address
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return address if address.isprintable() and " " not in address and len(address) < 500 else ""
