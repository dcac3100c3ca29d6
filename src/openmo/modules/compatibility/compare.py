"""Compares two versions of a module, without running any of their code."""

from collections.abc import Iterator

from openmo.core.messages import message
from openmo.modules.compatibility.parameters import input_changes, output_changes
from openmo.modules.compatibility.signatures import Surface, read_surface, surface_changes
from openmo.modules.compatibility.values import Bump, Change, ChangeCode, ComparedVersion, Comparison
from openmo.specs.values import MODULE_METHODS, ModuleSpec


def compare(old: ComparedVersion, new: ComparedVersion) -> Comparison:
    """What `new` changes for those who call `old`; raises SpecError for a source that cannot be read."""
    before, after = read_surface(old.source), read_surface(new.source)
    found = [
        *_kinds(old, new),
        *_methods(old.spec, new.spec, before, after),
        *surface_changes(before, after, declared=_declared(old.spec) | _declared(new.spec)),
    ]
    order = list(Bump)
    return Comparison(changes=tuple(sorted(found, key=lambda change: -order.index(change.bump))))


def _kinds(old: ComparedVersion, new: ComparedVersion) -> Iterator[Change]:
    if old.kind is not new.kind:
        text = message("the module is a %(new)s now, and was a %(old)s.", new=new.kind, old=old.kind)
        yield Change(code=ChangeCode.KIND_CHANGED, message=text)


def _methods(old: ModuleSpec, new: ModuleSpec, before: Surface, after: Surface) -> Iterator[Change]:
    """The methods that specs tell of; one that a file leaves out is there if the class has it."""
    for method in MODULE_METHODS:
        was, remains = _has(old, before, method), _has(new, after, method)
        if was and not remains:
            text = message("the method %(method)s is gone.", method=method)
            yield Change(code=ChangeCode.METHOD_REMOVED, message=text, method=method)
        elif remains and not was:
            text = message("there is a new method %(method)s.", method=method)
            yield Change(code=ChangeCode.METHOD_ADDED, message=text, method=method)
        elif was and remains:
            yield from input_changes(method, old.inputs.get(method, ()), new.inputs.get(method, ()))
            yield from output_changes(method, old.outputs.get(method, ()), new.outputs.get(method, ()))


def _has(spec: ModuleSpec, surface: Surface, method: str) -> bool:
    return method in surface.methods or bool(spec.inputs.get(method) or spec.outputs.get(method))


def _declared(spec: ModuleSpec) -> frozenset[tuple[str, str]]:
    """Method and name of each input, which the spec speaks for."""
    return frozenset((method, each.name) for method, inputs in spec.inputs.items() for each in inputs)
