"""app_spec.yml and module_spec.yml, read and written."""

from collections.abc import Mapping
from typing import Any

from yaml.nodes import Node, ScalarNode

from openmo.core.messages import message
from openmo.specs.annotations import MISSING, Annotation, read_flag
from openmo.specs.ranges import read_value_range, read_value_type, write_value_range
from openmo.specs.safe_yaml import Document, FlowList, dump
from openmo.specs.values import MODULE_METHODS, ModuleSpec, Parameter, Spec, ValueType

APP_SPEC = "app_spec.yml"
MODULE_SPEC = "module_spec.yml"
_TYPES = ", ".join(ValueType)
_RANGES = '"0-10", ">=10", "<=10" or a list such as [2, 4, 6]'


def load_app_spec(text: str, filename: str = APP_SPEC) -> Spec:
    """The spec in `text`; unknown keys are kept in `extra`. Raises SpecFileError naming the line."""
    return _app_spec(Document(text, filename))


def read_app_spec(data: Mapping[str, Any], filename: str = APP_SPEC) -> Spec:
    """The spec whose plain values these are, as `app_spec_data` gives and releases keep them; raises SpecFileError."""
    return _app_spec(Document.of(data, filename))


def _app_spec(document: Document) -> Spec:
    sections = document.entries(document.root, "the spec")
    return Spec(
        inputs=_parameters(document, sections.get("input"), "input"),
        outputs=_parameters(document, sections.get("output"), "output"),
        extra=_extra(document, sections),
    )


def load_module_spec(text: str, filename: str = MODULE_SPEC) -> ModuleSpec:
    """The spec in `text`, by method; unknown keys are kept in `extra`. Raises SpecFileError naming the line."""
    document = Document(text, filename)
    sections = document.entries(document.root, "the spec")
    return ModuleSpec(
        inputs=_methods(document, sections.get("input"), "input"),
        outputs=_methods(document, sections.get("output"), "output"),
        extra=_extra(document, sections),
    )


def _extra(document: Document, sections: Mapping[str, Node]) -> dict[str, Any]:
    return {key: document.value(node) for key, node in sections.items() if key not in ("input", "output")}


def _methods(document: Document, node: Node | None, what: str) -> dict[str, tuple[Parameter, ...]]:
    methods = document.entries(node, what)
    for name, method in methods.items():
        if name not in MODULE_METHODS:
            raise document.error(
                message(
                    "%(name)s in %(what)s is no method of a module: use train, predict or run.",
                    name=repr(name),
                    what=what,
                ),
                method,
            )
    return {name: _parameters(document, method, f"{what} of {name}") for name, method in methods.items()}


def _parameters(document: Document, node: Node | None, what: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(document, name, each) for name, each in document.entries(node, what).items())


def _parameter(document: Document, name: str, node: Node) -> Parameter:
    if isinstance(node, ScalarNode) and isinstance(document.value(node), str):
        return Annotation(value_type=_value_type(document, node)).parameter(name)  # the short form `a: float`
    fields = document.entries(node, f"{name!r}")
    said: dict[str, Any] = {"default_value": MISSING}
    extra: dict[str, Any] = {}
    for key, each in fields.items():
        match key:
            case "value_type":
                said[key] = _value_type(document, each)
            case "value_range":
                said[key] = _value_range(document, each)
            case "optional":
                said[key] = _flag(document, each)
            case "default_value":
                said[key] = document.value(each)
            case "description":
                said[key] = _text(document, each)
            case "des" if "description" not in fields:
                said["description"] = _text(document, each)
            case _:
                extra[key] = document.value(each)
    parameter = Annotation(**said).parameter(name)
    if said.get("value_type") is ValueType.ENUM and parameter.choices is None:
        raise document.error(
            message("%(name)s is an enum, so it needs its choices: `value_range: [a, b, c]`.", name=repr(name)), node
        )
    return _with_extra(parameter, extra)


def _with_extra(parameter: Parameter, extra: dict[str, Any]) -> Parameter:
    return Parameter(
        name=parameter.name,
        value_type=parameter.value_type,
        description=parameter.description,
        default_value=parameter.default_value,
        has_default=parameter.has_default,
        value_range=parameter.value_range,
        optional=parameter.optional,
        check=parameter.check,
        extra=extra,
    )


def _value_type(document: Document, node: Node) -> ValueType | None:
    value = document.value(node)
    if isinstance(value, list) and len(value) == 1:
        value = f"[{value[0]}]"  # `value_type: [int]` is a YAML list
    found = read_value_type(value) if isinstance(value, str) else None
    if value is not None and found is None:
        raise document.error(
            message("%(value)s is not a value_type: use one of %(types)s.", value=repr(value)[:60], types=_TYPES), node
        )
    return found


def _value_range(document: Document, node: Node) -> Any:
    value = document.value(node)
    found = read_value_range(value)
    if value not in (None, "") and found is None:
        raise document.error(
            message("%(value)s is not a value_range: use %(ranges)s.", value=repr(value)[:60], ranges=_RANGES), node
        )
    return found


def _flag(document: Document, node: Node) -> bool | None:
    value = document.value(node)
    found = read_flag(value)
    if value is not None and found is None:
        raise document.error(message("optional is true or false, not %(value)s.", value=repr(value)[:60]), node)
    return found


def _text(document: Document, node: Node) -> str:
    value = document.value(node)
    if isinstance(node, ScalarNode):
        return "" if value is None else str(node.value)
    raise document.error(message("a description is text; put it in quotes."), node)


def app_spec_data(spec: Spec) -> dict[str, Any]:
    """The spec as the plain values that its file holds."""
    return {"input": _section(spec.inputs), "output": _section(spec.outputs), **spec.extra}


def module_spec_data(spec: ModuleSpec) -> dict[str, Any]:
    """The module's spec as the plain values that its file holds."""
    return {
        "input": {name: _section(each) for name, each in spec.inputs.items()},
        "output": {name: _section(each) for name, each in spec.outputs.items()},
        **spec.extra,
    }


def dump_app_spec(spec: Spec) -> str:
    """The text that `load_app_spec` reads back as an equal spec."""
    return dump(app_spec_data(spec))


def dump_module_spec(spec: ModuleSpec) -> str:
    """The text that `load_module_spec` reads back as an equal spec."""
    return dump(module_spec_data(spec))


def _section(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    return {each.name: _fields(each) for each in parameters}


def _fields(parameter: Parameter) -> dict[str, Any]:
    fields: dict[str, Any] = {"value_type": str(parameter.value_type), "description": parameter.description}
    if parameter.has_default:
        fields["default_value"] = parameter.default_value
    if parameter.value_range is not None:
        written = write_value_range(parameter.value_range)
        fields["value_range"] = FlowList(written) if isinstance(written, list) else written
    if parameter.optional:
        fields["optional"] = True
    return fields | dict(parameter.extra)
