"""What changed among the inputs, or the outputs, of one method."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openmo.core.messages import message
from openmo.modules.compatibility.ranges import Relation, missing_choices, relation
from openmo.modules.compatibility.types import takes_more, type_name
from openmo.modules.compatibility.values import Change, ChangeCode
from openmo.specs.ranges import write_value_range
from openmo.specs.values import Parameter

_SHOWN = 60


def input_changes(method: str, old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[Change]:
    """What callers of `method` notice of its inputs."""
    pairs = _paired(old, new)
    for before, after in pairs.renamed:
        text = message(
            "the input %(name)s is called %(other)s now.", name=_quoted(before.name), other=_quoted(after.name)
        )
        yield _change(ChangeCode.INPUT_RENAMED, method, before, text)
    for each in pairs.removed:
        text = message("the input %(name)s is gone.", name=_quoted(each.name))
        yield _change(ChangeCode.INPUT_REMOVED, method, each, text)
    for each in pairs.added:
        if each.required:
            text = message("each call must give the new input %(name)s.", name=_quoted(each.name))
            yield _change(ChangeCode.INPUT_DEMANDED, method, each, text)
        else:
            text = message("there is a new input %(name)s, which may be left out.", name=_quoted(each.name))
            yield _change(ChangeCode.INPUT_ADDED, method, each, text)
    for before, after in pairs.kept:
        yield from _input(method, before, after)


def output_changes(method: str, old: Sequence[Parameter], new: Sequence[Parameter]) -> Iterator[Change]:
    """What callers of `method` notice of what it returns."""
    pairs = _paired(old, new)
    for before, after in pairs.renamed:
        text = message(
            "the output %(name)s is called %(other)s now.", name=_quoted(before.name), other=_quoted(after.name)
        )
        yield _change(ChangeCode.OUTPUT_RENAMED, method, before, text)
    for each in pairs.removed:
        text = message("the output %(name)s is gone.", name=_quoted(each.name))
        yield _change(ChangeCode.OUTPUT_REMOVED, method, each, text)
    for each in pairs.added:
        text = message("there is a new output %(name)s.", name=_quoted(each.name))
        yield _change(ChangeCode.OUTPUT_ADDED, method, each, text)
    for before, after in pairs.kept:
        yield from _output(method, before, after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    kept: tuple[tuple[Parameter, Parameter], ...]
    renamed: tuple[tuple[Parameter, Parameter], ...]
    removed: tuple[Parameter, ...]
    added: tuple[Parameter, ...]


def _paired(old: Sequence[Parameter], new: Sequence[Parameter]) -> _Pairs:
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    removed = tuple(each for each in old if each.name not in after)
    added = tuple(each for each in new if each.name not in before)
    kept = tuple((each, after[each.name]) for each in old if each.name in after)
    if len(removed) == len(added) == 1 and _nameless(removed[0]) == _nameless(added[0]):
        return _Pairs(kept=kept, renamed=((removed[0], added[0]),), removed=(), added=())
    return _Pairs(kept=kept, renamed=(), removed=removed, added=added)


def _nameless(parameter: Parameter) -> Parameter:
    return replace(parameter, name="", key="", description="")


def _input(method: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    name = _quoted(new.name)
    types = message(
        "the input %(name)s is of the type %(new)s now, and was of the type %(old)s.",
        name=name,
        new=type_name(new),
        old=type_name(old),
    )
    wider_type = takes_more(old, new)
    if type_name(old) != type_name(new):
        code = ChangeCode.INPUT_TYPE_WIDER if wider_type else ChangeCode.INPUT_TYPE_CHANGED
        yield _change(code, method, new, types)
    if type_name(old) == type_name(new) or wider_type:
        yield from _input_range(method, old, new, quiet=wider_type)
    if new.required and not old.required:
        text = message("each call must give the input %(name)s now.", name=name)
        yield _change(ChangeCode.INPUT_NOW_REQUIRED, method, new, text)
    elif old.required and not new.required:
        text = message("the input %(name)s may be left out now.", name=name)
        yield _change(ChangeCode.INPUT_NOW_OPTIONAL, method, new, text)
    else:
        yield from _default(method, old, new)
    yield from _details(method, old, new)


def _input_range(method: str, old: Parameter, new: Parameter, *, quiet: bool) -> Iterator[Change]:
    """`quiet`: a wider type has been told already, so a wider range is no news."""
    name, found = _quoted(new.name), relation(old, new)
    if old.choices is not None and new.choices is not None:
        for choice in missing_choices(old.choices, new.choices):
            text = message("the input %(name)s takes %(choice)s no more.", name=name, choice=_shown(choice))
            yield _change(ChangeCode.CHOICE_REMOVED, method, new, text)
        for choice in missing_choices(new.choices, old.choices):
            text = message("the input %(name)s takes %(choice)s, too.", name=name, choice=_shown(choice))
            yield _change(ChangeCode.CHOICE_ADDED, method, new, text)
    elif found in (Relation.NARROWER, Relation.OTHER):
        text = message(
            "the input %(name)s takes %(new)s now; before, it took %(old)s.",
            name=name,
            new=_range(new),
            old=_range(old),
        )
        yield _change(ChangeCode.INPUT_RANGE_NARROWER, method, new, text)
    elif found is Relation.WIDER and not quiet:
        text = message(
            "the input %(name)s takes %(new)s now; before, it took %(old)s.",
            name=name,
            new=_range(new),
            old=_range(old),
        )
        yield _change(ChangeCode.INPUT_RANGE_WIDER, method, new, text)


def _default(method: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    name = _quoted(new.name)
    if old.has_default and not new.has_default:
        text = message("the input %(name)s has no default any more.", name=name)
        yield _change(ChangeCode.DEFAULT_REMOVED, method, new, text)
    elif new.has_default and not old.has_default:
        text = message("the input %(name)s has the default %(new)s now.", name=name, new=_shown(new.default_value))
        yield _change(ChangeCode.DEFAULT_ADDED, method, new, text)
    elif not _same(old.default_value, new.default_value):
        text = message(
            "the default of the input %(name)s is %(new)s now, and was %(old)s.",
            name=name,
            new=_shown(new.default_value),
            old=_shown(old.default_value),
        )
        yield _change(ChangeCode.DEFAULT_CHANGED, method, new, text)


def _output(method: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    name = _quoted(new.name)
    if type_name(old) != type_name(new):
        text = message(
            "the output %(name)s is of the type %(new)s now, and was of the type %(old)s.",
            name=name,
            new=type_name(new),
            old=type_name(old),
        )
        yield _change(ChangeCode.OUTPUT_TYPE_CHANGED, method, new, text)
    elif (found := relation(old, new)) is not Relation.EQUAL:
        narrower = found is Relation.NARROWER
        text = message(
            "the output %(name)s may be %(new)s now; before, it was %(old)s.",
            name=name,
            new=_range(new),
            old=_range(old),
        )
        code = ChangeCode.OUTPUT_RANGE_NARROWER if narrower else ChangeCode.OUTPUT_RANGE_WIDER
        yield _change(code, method, new, text)
    if new.optional and not old.optional:
        text = message("the output %(name)s may be missing now.", name=name)
        yield _change(ChangeCode.OUTPUT_MAY_LACK, method, new, text)
    elif old.optional and not new.optional:
        text = message("the output %(name)s is always there now.", name=name)
        yield _change(ChangeCode.OUTPUT_NEVER_LACKS, method, new, text)
    yield from _details(method, old, new)


def _details(method: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    texts = (old.description, old.key, _fields(old)) != (new.description, new.key, _fields(new))
    if texts:
        text = message("%(name)s is described in other words.", name=_quoted(new.name))
        yield _change(ChangeCode.DETAILS_CHANGED, method, new, text)


def _fields(parameter: Parameter) -> str:
    return repr({name: value for name, value in sorted(parameter.extra.items()) if name != "value_type"})


def _change(code: ChangeCode, method: str, parameter: Parameter, text: str) -> Change:
    told = message("%(name)s: %(problem)s", name=method, problem=text)
    return Change(code=code, message=told, method=method, parameter=parameter.name)


def _same(one: object, other: object) -> bool:
    """1 and 1.0 are one default; True, to which they are equal, is another."""
    return (isinstance(one, bool) is isinstance(other, bool) and one == other) or repr(one) == repr(other)


def _range(parameter: Parameter) -> str:
    found = parameter.value_range
    return message("any value") if found is None else _cut(str(write_value_range(found)))


def _shown(value: object) -> str:
    return _cut(repr(value))


def _quoted(name: str) -> str:
    return _cut(repr(name))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
