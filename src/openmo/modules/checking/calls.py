"""With which inputs each method is called to try it: the author's example first, defaults for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openmo.core.messages import message
from openmo.modules.checking.values import Problem, WarningCode
from openmo.specs.examples import EXAMPLES, is_example
from openmo.specs.files import MODULE_SPEC
from openmo.specs.values import ModuleSpec

Conf = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One method and its inputs."""

    method: str
    conf: Conf
    defaults: tuple[str, ...]
    """Inputs that have the spec's default, and no example of the author's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The calls in order, and a word on each method that cannot be called."""

    calls: tuple[Call, ...]
    warnings: tuple[Problem, ...]


def plan_calls(spec: ModuleSpec, methods: Sequence[str]) -> Plan:
    """Training comes first, as it may make what predictions need."""
    calls, warnings = [], []
    for method in methods:
        example = example_of(spec, method)
        defaults = {each.name: each.default_value for each in spec.inputs.get(method, ()) if each.has_default}
        conf = {**defaults, **example}
        missing = [each.name for each in spec.inputs.get(method, ()) if each.required and each.name not in conf]
        if missing:
            warnings.append(_not_tried(method, missing))
        else:
            left = tuple(name for name in defaults if name not in example)
            calls.append(Call(method=method, conf=conf, defaults=left))
    return Plan(calls=tuple(calls), warnings=tuple(warnings))


def example_of(spec: ModuleSpec, method: str) -> Conf:
    """The inputs of the first example of the method: `examples: {predict: [{input: {…}}]}`, as in an app_spec.yml."""
    examples = spec.extra.get(EXAMPLES)
    listed = examples.get(method) if isinstance(examples, Mapping) else None
    for entry in listed if isinstance(listed, list) else []:
        if is_example(entry):
            return {str(name): value for name, value in entry["input"].items()}
    return {}


def _not_tried(method: str, missing: Sequence[str]) -> Problem:
    names = ", ".join(repr(name[:60]) for name in missing[:5])
    return Problem(
        code=WarningCode.NOT_TRIED,
        message=message("%(method)s was not tried, since nothing gives it %(names)s.", method=method, names=names),
        remedy=message(
            "Give each a default, or an example below `%(key)s: %(method)s:` in %(spec)s, with files in %(folder)s/.",
            key=EXAMPLES,
            method=method,
            spec=MODULE_SPEC,
            folder=EXAMPLES,
        ),
        file=MODULE_SPEC,
    )
