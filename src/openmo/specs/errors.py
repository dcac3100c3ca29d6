"""What can be wrong with a handler, a module or a spec file."""

from openmo.core.errors import OpenMoError
from openmo.core.messages import as_message, message


class SpecError(OpenMoError):
    """The source cannot be read as a handler or module; `file` and `line` say where, the message says the mend."""

    code = "invalid_handler"
    status = 422
    title = message("The handler cannot be read")
    remedy = "Correct `file` at `line`."

    def __init__(self, problem: str, *, file: str, line: int | None = None) -> None:
        place = file if line is None else message("%(file)s, line %(line)s", file=file, line=line)
        self.problem = as_message(problem)
        super().__init__(message("%(place)s: %(problem)s", place=place, problem=self.problem), file=file, line=line)
        self.file = file
        self.line = line


class SpecFileError(SpecError):
    """The text of an app_spec.yml or module_spec.yml is not a spec."""

    code = "invalid_spec"
    title = message("The spec file cannot be read")
    remedy = "Correct `file` at `line`."
