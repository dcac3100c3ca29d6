"""All that can be worked out about a release before its first call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from openmo.gateway.http import path_of
from openmo.serving.directory import DeployedRelease
from openmo.specs.validate import Validator, compile_validator
from openmo.specs.values import ValueType

_REMEMBERED = 4096
_LINK_LENGTH = 200
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_VERSION = re.compile(r"[A-Za-z0-9.+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A release with its validators compiled."""

    release: DeployedRelease
    validate: Validator
    """For JSON bodies."""
    validate_form: Validator
    """For form bodies, where all values arrive as text."""
    uploads: Mapping[str, ValueType]
    """Inputs whose values are files, and of which type."""
    tables: frozenset[str]
    """Inputs that may be a file, or a table in the body."""
    tail: bytes
    """The end of every answer's JSON."""


class Endpoints:
    """Remembers the endpoints of the releases that are called."""

    def __init__(self) -> None:
        self._known: dict[str, Endpoint] = {}

    def get(self, release: DeployedRelease) -> Endpoint:
        """The endpoint of this release; compiled at its first call, because a release never changes."""
        endpoint = self._known.get(release.release_id)
        if endpoint is None or (endpoint.release is not release and endpoint.release != release):
            # The same id with another object: access or limits may have been changed, or the dev release was replaced.
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            endpoint = self._known[release.release_id] = _compile(release)
        return endpoint


def _compile(release: DeployedRelease) -> Endpoint:
    spec = release.spec
    return Endpoint(
        release=release,
        validate=compile_validator(spec.inputs),
        validate_form=compile_validator(spec.inputs, from_form=True),
        uploads={each.name: each.value_type for each in spec.inputs if each.value_type.is_file},
        tables=frozenset(each.name for each in spec.inputs if each.value_type is ValueType.DATAFRAME),
        tail=b',"release":' + msgspec.json.encode(release.version) + b"}",
    )


@dataclass(frozen=True, slots=True)
class Address:
    """What `/run/...` names."""

    owner: str
    app: str
    version: str | None
    rest: tuple[str, ...] = ()
    link: str = field(default="", repr=False)
    """The secret of a link, from `/run/~<secret>/<owner>/<app>`."""

    @property
    def path(self) -> str:
        """The app's own path, as it was asked for."""
        secret = (f"~{self.link}",) if self.link else ()
        version = f"@{self.version}" if self.version else ""
        return path_of("run", *secret, self.owner, self.app + version)


def parse_address(path: str) -> Address | None:
    """The parts of `/run/[~<secret>/]<owner>/<app>[@version][/...]`; None for any other path."""
    parts = path[len("/run/") :].split("/")
    link = parts.pop(0)[1:] if parts[0].startswith("~") else ""
    if len(parts) > 2 and parts[-1] == "":
        parts.pop()
    if len(parts) < 2 or not (link.isascii() and len(link) <= _LINK_LENGTH):
        return None
    app, at, version = parts[1].partition("@")
    if not (_NAME.fullmatch(parts[0]) and _NAME.fullmatch(app)) or (at and not _VERSION.fullmatch(version)):
        return None
    return Address(parts[0], app, version or None, tuple(parts[2:]), link)
