"""Messages between processes: classes of typed fields, each defined once for both ends.

A child in a user's interpreter has the standard library alone, and loading `dataclasses` would cost every job 9 ms of
its start. So a record is a plain class; the platform reads what children write through `openmo.wire.strict`, which
checks every field against its annotation.
"""

import json

TYPE_CHECKING = False  # `typing` is slow to load
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar, Self, TypeVar, dataclass_transform

    _Class = TypeVar("_Class", bound=type)
else:

    def dataclass_transform(**_options: bool) -> "Callable[[_Class], _Class]":
        return lambda cls: cls


TAG = "kind"
"""The key that tells records apart where several may come."""


_set = object.__setattr__


class RecordError(ValueError):
    """A message that is not the record that it should be; says which field is missing or unknown."""


class Json(bytes):
    """A field that is a JSON document already, and is carried as it is."""

    __slots__ = ()


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """A message with a name: `class Spawned(Record, tag="spawned")` and its annotated fields, each given by keyword.

    Fields may have defaults. A record is equal to another of its class with equal fields, and never changes.
    """

    tag: "ClassVar[str]" = ""
    names: "ClassVar[tuple[str, ...]]" = ()
    """Its fields in order."""

    def __init_subclass__(cls, *, tag: str = "") -> None:
        cls.tag = tag
        cls.names = tuple(cls.__annotations__)
        cls._all = frozenset(cls.names)
        cls._required = frozenset(name for name in cls.names if name not in cls.__dict__)
        cls._nested = {name: record for name in cls.names if (record := _record_in(cls.__annotations__[name]))}
        cls._flat = not (tag or cls._nested)

    if not TYPE_CHECKING:  # for the type checker a record's constructor takes its fields

        def __init__(self, **values: object) -> None:
            given = values.keys()
            if given != self._all and (given - self._all or self._required - given):
                raise RecordError(self._complaint(given))
            _set(self, "__dict__", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} is set once.")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.values() == other.values()

    __hash__ = None  # type: ignore[assignment]  # fields may be lists

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.values().items())})"

    def describe(self) -> str:
        """One sentence for logs and errors; holds no secret."""
        raise NotImplementedError

    def values(self) -> "dict[str, object]":
        """The fields by name."""
        return {name: getattr(self, name) for name in self.names}

    def encode(self) -> bytes:
        """The record as a JSON document."""
        values = {TAG: self.tag, **self.values()} if self.tag else self.values()
        return json.dumps(values, default=_plain, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: "bytes | str") -> "Self":
        """The record that the platform wrote, at the child's end; raises RecordError, ValueError for what is no JSON.

        Types are not checked here: a child believes the platform. The other way round use `openmo.wire.strict`.
        """
        return cls.of_values(json.loads(data))

    @classmethod
    def of_values(cls, values: object) -> "Self":
        """The record with these fields, as JSON holds them; raises RecordError."""
        if not isinstance(values, dict):
            raise RecordError(f"{cls.__name__} is an object, not {type(values).__name__}.")
        if cls._flat and values.keys() == cls._all:  # every call of an app comes this way
            made = cls.__new__(cls)
            _set(made, "__dict__", values)
            return made
        if cls.tag and values.pop(TAG, None) != cls.tag:
            raise RecordError(f"This is no {cls.__name__}.")
        for name, record in cls._nested.items():
            if values.get(name) is not None:
                values[name] = record.of_values(values[name])
        return cls(**values)

    @classmethod
    def _complaint(cls, given: "set[str]") -> str:
        missing, unknown = sorted(cls._required - given), sorted(given - cls._all)
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has no field {', '.join(unknown)}"] if unknown else []
        return f"{cls.__name__} {' and '.join(parts)}."

    if TYPE_CHECKING:
        _all: ClassVar[frozenset[str]]
        _required: ClassVar[frozenset[str]]
        _flat: ClassVar[bool]
        _nested: ClassVar[dict[str, type["Record"]]]


def _record_in(annotation: object) -> "type[Record] | None":
    """The record in `Policy` and in `Policy | None`."""
    kinds = getattr(annotation, "__args__", (annotation,))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Record)), None)


def _plain(value: object) -> object:
    if isinstance(value, Record):
        return value.values()
    raise TypeError(f"{type(value).__name__} has no place in a record.")
