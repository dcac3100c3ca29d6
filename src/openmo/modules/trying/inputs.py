"""From the values of a call to what the method gets: by type, with defaults, and files as files."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from openmo.core.messages import message
from openmo.modules.inputs import check_errors, read_values
from openmo.serving.file_kinds import misfit
from openmo.serving.pool import InputFile
from openmo.serving.uploads import NotAFile, Uploads
from openmo.specs.examples import EXAMPLES
from openmo.specs.values import Parameter, ValueType

_DATA = "data:"


@dataclass(slots=True)
class CallInputs:
    """What a method gets."""

    conf: dict[str, object] = field(default_factory=dict)
    files: dict[str, InputFile] = field(default_factory=dict)

    def discard(self) -> None:
        """Files that no call took are gone."""
        for file in self.files.values():
            file.path.unlink(missing_ok=True)


def read_inputs(
    parameters: Sequence[Parameter],
    values: Mapping[str, object],
    uploads: Uploads,
    has_example: Callable[[str], bool],
) -> CallInputs:
    """The values as the method gets them.

    A file is sent as a data: URL or as base64, or names one of the module's own `examples/`; a table as rows, or as a
    file by a data: URL. What is left out gets its default. Raises InvalidInput with `errors`; then no file is left.
    """
    inputs, errors = CallInputs(), list[dict[str, str]]()
    try:
        plain = {name: value for name, value in values.items() if name not in _files(parameters, values)}
        for parameter in _files(parameters, values).values():
            value = values[parameter.name]
            if isinstance(value, str) and value.startswith(f"{EXAMPLES}/") and has_example(value):
                inputs.conf[parameter.name] = value
            elif error := _taken(inputs, parameter, value, uploads):
                errors.append({"name": parameter.name, "message": error})
        check_errors(errors)
        inputs.conf |= read_values(parameters, plain)
        errors += _filled(parameters, inputs)
        check_errors(errors)
    except BaseException:
        inputs.discard()
        raise
    return inputs


def _files(parameters: Sequence[Parameter], values: Mapping[str, object]) -> dict[str, Parameter]:
    """Inputs that were given and are files."""
    return {
        each.name: each
        for each in parameters
        if values.get(each.name) not in (None, "") and _is_file(each, values[each.name])
    }


def _is_file(parameter: Parameter, value: object) -> bool:
    if parameter.unchecked_type:
        return False
    is_table = parameter.value_type is ValueType.DATAFRAME
    return parameter.value_type.is_file or (is_table and isinstance(value, str) and value.startswith(_DATA))


def _taken(inputs: CallInputs, parameter: Parameter, value: object, uploads: Uploads) -> str:
    """Why it is no file of that kind; empty: it was taken."""
    if not isinstance(value, str):
        return message("Send a file: as a data: URL, or as base64.")
    try:
        file = inputs.files[parameter.name] = uploads.decode(value)
    except NotAFile:
        return message("Send a file: as a data: URL, or as base64.")
    return misfit(file.path, str(parameter.value_type))


def _filled(parameters: Sequence[Parameter], inputs: CallInputs) -> list[dict[str, str]]:
    """Defaults are in; what is missing all the same."""
    errors = []
    for each in parameters:
        if each.name in inputs.conf or each.name in inputs.files:
            continue
        if each.has_default:
            inputs.conf[each.name] = copy.deepcopy(each.default_value)
        elif each.required:
            errors.append({"name": each.name, "message": message("This input is required.")})
    return errors
