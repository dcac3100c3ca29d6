"""What changed from one version of a module to the next, and how far its number must move."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from openmo.core.versions import Version
from openmo.specs.module import ModuleKind
from openmo.specs.values import ModuleSpec


class Bump(StrEnum):
    """Which part of MAJOR.MINOR.PATCH must grow, the smallest first."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @classmethod
    def largest(cls, bumps: Iterable["Bump"]) -> "Bump":
        """PATCH where there are none."""
        order = list(cls)
        return max(bumps, key=order.index, default=cls.PATCH)

    def after(self, version: Version) -> Version:
        """The least version after `version` that moves this part. Versions that begin with 0 follow the same rule."""
        if self is Bump.MAJOR:
            return Version(version.major + 1, 0, 0)
        if self is Bump.MINOR:
            return version.next_minor()
        return Version(version.major, version.minor, version.patch + 1)


class ChangeCode(StrEnum):
    """What kind of change it is; programs may rely on these words."""

    KIND_CHANGED = "kind_changed"
    CLASS_RENAMED = "class_renamed"
    BASE_REMOVED = "base_removed"
    METHOD_REMOVED = "method_removed"
    METHOD_ADDED = "method_added"
    SIGNATURE_CHANGED = "signature_changed"
    INPUT_REMOVED = "input_removed"
    INPUT_RENAMED = "input_renamed"
    INPUT_DEMANDED = "input_demanded"
    """A new input that each call must name."""
    INPUT_ADDED = "input_added"
    """A new input that a call may leave out."""
    INPUT_NOW_REQUIRED = "input_now_required"
    INPUT_NOW_OPTIONAL = "input_now_optional"
    INPUT_TYPE_CHANGED = "input_type_changed"
    INPUT_TYPE_WIDER = "input_type_wider"
    INPUT_RANGE_NARROWER = "input_range_narrower"
    INPUT_RANGE_WIDER = "input_range_wider"
    CHOICE_REMOVED = "choice_removed"
    CHOICE_ADDED = "choice_added"
    DEFAULT_REMOVED = "default_removed"
    DEFAULT_CHANGED = "default_changed"
    DEFAULT_ADDED = "default_added"
    OUTPUT_REMOVED = "output_removed"
    OUTPUT_RENAMED = "output_renamed"
    OUTPUT_ADDED = "output_added"
    OUTPUT_MAY_LACK = "output_may_lack"
    OUTPUT_NEVER_LACKS = "output_never_lacks"
    OUTPUT_TYPE_CHANGED = "output_type_changed"
    OUTPUT_RANGE_WIDER = "output_range_wider"
    OUTPUT_RANGE_NARROWER = "output_range_narrower"
    DETAILS_CHANGED = "details_changed"
    """Texts and other fields that no call depends on."""


_MINOR = (
    ChangeCode.METHOD_ADDED,
    ChangeCode.INPUT_ADDED,
    ChangeCode.INPUT_NOW_OPTIONAL,
    ChangeCode.INPUT_TYPE_WIDER,
    ChangeCode.INPUT_RANGE_WIDER,
    ChangeCode.CHOICE_ADDED,
    ChangeCode.DEFAULT_CHANGED,
    ChangeCode.DEFAULT_ADDED,
    ChangeCode.OUTPUT_ADDED,
    ChangeCode.OUTPUT_NEVER_LACKS,
    ChangeCode.OUTPUT_RANGE_NARROWER,
)
_PATCH = (ChangeCode.CLASS_RENAMED, ChangeCode.DETAILS_CHANGED)
BUMPS: Mapping[ChangeCode, Bump] = MappingProxyType(
    dict.fromkeys(ChangeCode, Bump.MAJOR) | dict.fromkeys(_MINOR, Bump.MINOR) | dict.fromkeys(_PATCH, Bump.PATCH)
)
"""The rule: what each kind of change demands. Whoever calls the module may use all that a release says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference that users of the module may notice."""

    code: ChangeCode
    message: str
    method: str = ""
    """Empty where it concerns the module as a whole."""
    parameter: str = ""

    @property
    def bump(self) -> Bump:
        return BUMPS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All changes, those that break calls first."""

    changes: tuple[Change, ...] = ()

    @property
    def bump(self) -> Bump:
        """The least that they demand; PATCH where nothing changed, since no version is published twice."""
        return Bump.largest(change.bump for change in self.changes)

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that demand a new major version."""
        return tuple(change for change in self.changes if change.bump is Bump.MAJOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedVersion:
    """What is compared of a version: its spec, its kind, and the source of its main.py."""

    spec: ModuleSpec
    kind: ModuleKind
    source: str
