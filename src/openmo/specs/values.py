"""The values that the rest of the platform passes around: parameters, specs, and their types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class ValueType(StrEnum):
    """What a parameter holds, spelt as in spec files."""

    INT = "int"
    FLOAT = "float"
    STR = "str"
    BOOL = "bool"
    DATETIME = "datetime"
    ENUM = "enum"
    IMG = "img"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    DATAFRAME = "dataframe"
    INT_LIST = "[int]"
    FLOAT_LIST = "[float]"
    STR_LIST = "[str]"

    @property
    def is_file(self) -> bool:
        """Whether the value travels as a file and reaches the handler as a path."""
        return self in FILES

    @property
    def element(self) -> "ValueType | None":
        """The type of a list's elements; None for what is not a list."""
        return LISTS.get(self)


FILES = frozenset({ValueType.IMG, ValueType.VIDEO, ValueType.AUDIO, ValueType.FILE})
LISTS: Mapping[ValueType, ValueType] = MappingProxyType(
    {
        ValueType.INT_LIST: ValueType.INT,
        ValueType.FLOAT_LIST: ValueType.FLOAT,
        ValueType.STR_LIST: ValueType.STR,
    }
)
NUMBERS = frozenset({ValueType.INT, ValueType.FLOAT, ValueType.INT_LIST, ValueType.FLOAT_LIST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The numbers from `minimum` to `maximum`; None leaves a side open, `*_excluded` leaves the end point out."""

    minimum: float | None = None
    maximum: float | None = None
    minimum_excluded: bool = False
    maximum_excluded: bool = False


Choices = tuple[Any, ...]
ValueRange = Interval | Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One named input or output.

    `name` is what a form shows, a call sends and a handler gets; `key` what the spec file lists it under, where that is
    something else. `check` marks what was guessed and wants a person's look ("please check"); it is advice and no part
    of the spec, so two parameters that differ in nothing else are equal. `extra` holds the keys of a spec file that we
    don't know, and as `value_type` a word that is none of our types, whose values pass unchecked.
    """

    name: str
    key: str = ""
    value_type: ValueType = ValueType.STR
    description: str = ""
    default_value: Any = field(default=None, hash=False)
    has_default: bool = False
    value_range: ValueRange | None = None
    optional: bool = False
    check: bool = field(default=False, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def unchecked_type(self) -> str:
        """The type as a module's spec calls it, where that is none of ours (`ndarray`)."""
        return str(self.extra.get("value_type", ""))

    @property
    def required(self) -> bool:
        """Whether a call must name this input."""
        return not (self.optional or self.has_default)

    @property
    def choices(self) -> Choices | None:
        """The values to pick from, when there is a list of them."""
        return self.value_range if isinstance(self.value_range, tuple) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What an app takes and gives, in the order written; `extra` holds unknown top-level keys of its file."""

    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


MODULE_METHODS = ("train", "predict", "run")
LOADER = "load_model"
"""What a module's class may have besides: called once before the first prediction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """What each method of a module takes and gives, by method name (`train`, `predict`, `run`)."""

    inputs: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict, hash=False)
    outputs: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict, hash=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
