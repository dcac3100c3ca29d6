"""Python sources of others, parsed within bounds.

CPython parses some sources in time that grows with the square of their length (one f-string of a megabyte takes a
minute), and holds all threads of a process meanwhile. So a source of some length is first parsed by a child that may
take a second for it.
"""

import ast
import subprocess
import sys
import warnings
from typing import Literal, overload

FREE_LENGTH = 32 << 10
"""Characters up to which every source is parsed in a tenth of a second or so."""
_CPU_SECONDS = 1.0
_WAIT_SECONDS = 30.0
"""For the child on a busy machine."""
_NO_MEMORY = 2
_PROBE = f"""\
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
signal.setitimer(signal.ITIMER_PROF, {_CPU_SECONDS})
import ast
try:
    ast.parse(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"), mode=sys.argv[1])
except MemoryError:
    sys.exit({_NO_MEMORY})
except Exception:
    pass  # whoever asked finds the same, and says it
"""


class TooCostly(ValueError):
    """The source takes too long to parse."""

    def __init__(self) -> None:
        super().__init__("it takes longer than a second to read: split it, and keep data in files")


@overload
def parse(text: str | bytes, *, filename: str = ...) -> ast.Module: ...
@overload
def parse(text: str | bytes, *, filename: str = ..., mode: Literal["eval"]) -> ast.Expression: ...
def parse(text: str | bytes, *, filename: str = "<source>", mode: str = "exec") -> ast.AST:
    """As `ast.parse`, without its warnings; raises TooCostly, a ValueError, where that would take too long."""
    if len(text) > FREE_LENGTH:
        _try(text, mode)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a string is the author's business
        return ast.parse(text, filename=filename, mode=mode)


def _try(text: str | bytes, mode: str) -> None:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        probe = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROBE, mode],
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TooCostly from error
    if probe.returncode == _NO_MEMORY:
        raise MemoryError("too deep, or too much for its parser")
    if probe.returncode != 0:
        raise TooCostly
