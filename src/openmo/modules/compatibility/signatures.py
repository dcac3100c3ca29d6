"""What the code says that a spec does not: other methods, and how each is called. griffe reads it; nothing is run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from openmo.core.messages import Message, message
from openmo.modules.compatibility.values import Change, ChangeCode
from openmo.specs.errors import SpecError
from openmo.specs.module import ModuleReading, read_module
from openmo.specs.values import MODULE_METHODS

if TYPE_CHECKING:  # every process knows this room, and only a check needs griffe, which takes 100 ms to load
    import griffe

_FILE = "main.py"
_CONSTRUCTOR = "__init__"
_LOADER = "load_model"
"""The one method that is called with nothing; all others are given conf, as their first argument."""
_POSITIONAL = ("positional_only", "positional_or_keyword")
_CHANGED_KIND = "PARAMETER_CHANGED_KIND"
_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "PARAMETER_ADDED_REQUIRED": message("it demands a new parameter %(name)s."),
        _CHANGED_KIND: message("its parameter %(name)s is given in another way now."),
        "PARAMETER_CHANGED_REQUIRED": message("its parameter %(name)s has no default any more."),
        "PARAMETER_MOVED": message("its parameter %(name)s stands at another place now."),
        "PARAMETER_REMOVED": message("its parameter %(name)s is gone."),
    }
)
"""griffe's kinds that matter here. It counts other defaults and types of parameters, too: a spec speaks of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A module's class as its callers meet it."""

    reading: ModuleReading
    bases: tuple[str, ...]
    """Classes of elsewhere that it inherits from."""
    functions: "Mapping[str, griffe.Function]"
    """Public methods and the constructor, those that it inherits within main.py included."""
    tree: "griffe.Object | griffe.Alias"

    @property
    def methods(self) -> frozenset[str]:
        """What callers may call by name."""
        return frozenset(self.functions) - {_CONSTRUCTOR}


def read_surface(source: str) -> Surface:
    """The surface of the module's class; raises SpecError for a source that is no module, too long or too deep."""
    reading = read_module(source, _FILE)
    import griffe

    try:
        with griffe.logger.disable():  # it would log each expression that it cannot read
            file = _visited(source)
            found = file[reading.class_name]
            members = found.all_members
    except (RecursionError, SyntaxError, KeyError, griffe.GriffeError) as error:
        raise SpecError(
            message("this module is nested too deeply to be read."), file=_FILE, line=reading.line
        ) from error
    functions = {name: each for name, each in members.items() if each.is_function and _is_called(name)}
    return Surface(
        reading=reading,
        bases=tuple(base for base in map(str, getattr(found, "bases", ())) if not _is_class(file, base)),
        functions=MappingProxyType(functions),
        tree=found,
    )


def surface_changes(old: Surface, new: Surface, *, declared: frozenset[tuple[str, str]]) -> Iterator[Change]:
    """What callers notice beyond the spec; `declared` names inputs, by method, that the spec speaks for.

    The methods of the spec are there or not by its own word, so their coming and going is not told here.
    """
    before, after = old.reading.class_name, new.reading.class_name
    if before != after:
        text = message("the class is called %(name)s now, and was called %(old)s.", name=after, old=before)
        yield Change(code=ChangeCode.CLASS_RENAMED, message=text)
    for base in old.bases:
        if base not in (*new.bases, "object"):
            text = message("the class inherits from %(base)s no more, and so lacks its methods.", base=base[:80])
            yield Change(code=ChangeCode.BASE_REMOVED, message=text)
    for name in sorted(old.functions.keys() - new.functions.keys() - set(MODULE_METHODS)):
        text = message("the method %(method)s is gone.", method=name)
        yield Change(code=ChangeCode.METHOD_REMOVED, message=text, method=name)
    for name in sorted(new.functions.keys() - old.functions.keys() - {*MODULE_METHODS, _CONSTRUCTOR}):
        text = message("there is a new method %(method)s.", method=name)
        yield Change(code=ChangeCode.METHOD_ADDED, message=text, method=name)
    for name in sorted(old.functions.keys() & new.functions.keys()):
        if ("async" in old.functions[name].labels) != ("async" in new.functions[name].labels):
            yield _signature(name, "", message("it is asynchronous now, or no more: its result is awaited otherwise."))
    yield from _breakages(old, new, declared)


def _breakages(old: Surface, new: Surface, declared: frozenset[tuple[str, str]]) -> Iterator[Change]:
    import griffe

    for each in griffe.find_breaking_changes(old.tree, new.tree):
        method, text = each.obj.name, _TEXTS.get(each.kind.name)
        if text is None or method not in old.functions:
            continue
        parameter = str((each.old_value or each.new_value).name)
        is_conf = parameter in (_conf(method, old.functions), _conf(method, new.functions))
        harmless = is_conf and each.kind.name != _CHANGED_KIND
        if not (harmless or (method, parameter) in declared):
            yield _signature(method, parameter, Message(text, {"name": repr(parameter[:60])}))


def _conf(method: str, functions: "Mapping[str, griffe.Function]") -> str:
    """The parameter that callers always give by its place, whatever its name and default; empty: there is none."""
    function = functions[method]
    own = [each for each in function.parameters if each.kind is not None and each.kind.name in _POSITIONAL]
    first = 0 if "staticmethod" in function.labels else 1
    return own[first].name if len(own) > first and method != _LOADER else ""


def _signature(method: str, parameter: str, text: str) -> Change:
    told = message("%(name)s: %(problem)s", name=method, problem=text)
    return Change(code=ChangeCode.SIGNATURE_CHANGED, message=told, method=method, parameter=parameter)


def _visited(source: str) -> "griffe.Module":
    import griffe

    known = griffe.ModulesCollection()  # by which it finds the classes of the same file that one inherits from
    found = griffe.visit("main", Path(_FILE), source, modules_collection=known)
    known["main"] = found
    return found


def _is_class(file: "griffe.Module", name: str) -> bool:
    """Whether main.py defines a class of that name, whose methods are known."""
    member = file.members.get(name)
    return member is not None and not member.is_alias and member.is_class


def _is_called(name: str) -> bool:
    return not name.startswith("_") or name == _CONSTRUCTOR
