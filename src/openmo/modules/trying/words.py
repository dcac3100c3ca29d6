"""How a call ended that returned nothing, in words for its caller."""

from openmo.core.errors import OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.execution.executor import Exit, ExitKind
from openmo.modules.checking.inside.messages import LOAD, Failed
from openmo.modules.trying.values import ModuleFailed, ModuleTimedOut
from openmo.serving.public_text import public_text

_WRONG_OUTPUT = "WrongOutput"
_SHOWN = 600


def raised(failed: Failed, log: str) -> ModuleFailed:
    """What the module raised, and where."""
    text = public_text(failed.text)
    error = (f"{failed.error}: {text}" if text else failed.error)[:_SHOWN]
    if failed.missing:
        said = message("The package %(name)s is missing.", name=failed.missing)
    elif failed.error == _WRONG_OUTPUT:
        said = message("%(method)s: %(error)s", method=failed.step, error=text[:_SHOWN])
    elif failed.step == LOAD:
        said = message("The module cannot be loaded: %(error)s", error=error)
    else:
        said = message("%(method)s failed: %(error)s", method=failed.step, error=error)
    place = {"file": failed.file, "line": failed.line} if failed.file else {}
    return ModuleFailed(said, log=log, traceback=public_text(failed.trace), **place)


def ended(exit_: Exit, *, overfull: bool, method: str, seconds: float, log: str) -> OpenMoError:
    """Why the process left no answer."""
    kind = exit_.kind
    if overfull:
        return ModuleFailed(message("%(step)s wrote too much to the disk.", step=method), log=log)
    if kind is ExitKind.TIME_LIMIT:
        return ModuleTimedOut(
            message("%(method)s did not end within %(seconds)s seconds.", method=method, seconds=f"{seconds:.0f}")
        )
    if kind is ExitKind.OUT_OF_MEMORY:
        return ModuleFailed(message("%(method)s took more memory than a call may.", method=method), log=log)
    if kind is ExitKind.TOO_MANY_PROCESSES:
        return ModuleFailed(message("%(method)s started more processes than a call may.", method=method), log=log)
    if kind in (ExitKind.EXITED, ExitKind.SIGNALLED):
        return ModuleFailed(message("%(method)s ended its process and returned nothing.", method=method), log=log)
    return Unavailable(message("The module could not be called: %(reason)s", reason=exit_.detail or kind))
