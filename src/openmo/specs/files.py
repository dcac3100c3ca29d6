"""app_spec.yml and module_spec.yml, read and written."""

from collections.abc import Mapping
from typing import Any

from yaml.nodes import Node

from openmo.core.messages import message
from openmo.specs.fields import read_parameter
from openmo.specs.ranges import write_value_range
from openmo.specs.safe_yaml import Document, FlowList, dump
from openmo.specs.values import MODULE_METHODS, ModuleSpec, Parameter, Spec

APP_SPEC = "app_spec.yml"
MODULE_SPEC = "module_spec.yml"


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
    return {name: _parameters(document, method, f"{what} of {name}", any_type=True) for name, method in methods.items()}


def _parameters(document: Document, node: Node | None, what: str, *, any_type: bool = False) -> tuple[Parameter, ...]:
    found: dict[str, Parameter] = {}
    for key, each in document.entries(node, what).items():
        parameter = read_parameter(document, key, each, any_type=any_type)
        if parameter.name in found:
            raise document.error(
                message("%(name)s names two parameters; give each a name of its own.", name=repr(parameter.name)), each
            )
        found[parameter.name] = parameter
    return tuple(found.values())


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


def parameter_data(parameter: Parameter) -> dict[str, Any]:
    """The parameter as a spec's file holds it, with its name."""
    return {"name": parameter.name, **_fields(parameter, named=False)}


def _section(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    keys = [each.key or each.name for each in parameters]
    keyed = len(set(keys)) == len(keys)  # else names, which differ in any case
    return {
        key if keyed else each.name: _fields(each, named=keyed and bool(each.key))
        for key, each in zip(keys, parameters, strict=True)
    }


def _fields(parameter: Parameter, *, named: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": parameter.name} if named else {}
    fields |= {"value_type": str(parameter.value_type), "description": parameter.description}
    if parameter.has_default:
        fields["default_value"] = parameter.default_value
    if parameter.value_range is not None:
        written = write_value_range(parameter.value_range)
        fields["value_range"] = FlowList(written) if isinstance(written, list) else written
    if parameter.optional:
        fields["optional"] = True
    return fields | dict(parameter.extra)
