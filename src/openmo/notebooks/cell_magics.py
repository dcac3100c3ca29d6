"""Cells that begin with `%%` (`%%bash`, `%%capture`, `%%timeit`) as plain Python."""

import re

from openmo.notebooks.magics import NoEquivalent, reason, timeit_options
from openmo.notebooks.needs import Needs
from openmo.notebooks.outcomes import CONVERTED, Outcome, left_out
from openmo.notebooks.python import compiles
from openmo.notebooks.shell import literal

_SCRIPTS = {
    "bash": "bash",
    "sh": "sh",
    "shell": "bash",
    "ruby": "ruby",
    "perl": "perl",
    "python": "python",
    "python3": "python3",
}
_PYTHON_BODY = {
    "prun": "the code runs without the profiler",
    "memit": "the code runs without the memory profiler",
    "mprun": "the code runs without the memory profiler",
    "lprun": "the code runs without the profiler",
}
_KEPT_NAMES = re.compile(r"(?<!\S)--(?P<option>out|err|proc)(?:=|\s+)(?P<name>[^\W\d]\w*)")
_FLAGS = re.compile(r"(?<!\S)--(?P<option>bg|no-raise-error)(?!\S)")
_NOT_CAPTURED = re.compile(r"(?<!\S)--no-(?P<stream>stdout|stderr|display)(?!\S)")


def cell_outcome(source: str) -> Outcome:
    """What becomes of the first line of a cell that begins with `%%` and has an equivalent."""
    name = source.partition("\n")[0][2:].strip().partition(" ")[0]
    return left_out(_PYTHON_BODY[name]) if name in _PYTHON_BODY else CONVERTED


def convert_cell_magic(source: str, needs: Needs) -> tuple[str, str, str]:
    """For a cell that begins with `%%`: the code before its body, the body still to convert, and the code after it.

    A body that is no Python comes back inside the code before it. Raises NoEquivalent.
    """
    head, _, body = source.partition("\n")
    name, _, rest = head[2:].strip().partition(" ")
    rest = rest.strip()
    if name == "time":
        start, end = needs.call("_nb_started"), needs.call("_nb_elapsed", "_nb_cell_start")
        return f"_nb_cell_start = {start}", body, end
    if name == "capture":
        return _capture(rest, body, needs)
    if name in _PYTHON_BODY:
        return f"# {head}  # left out: {_PYTHON_BODY[name]}", body, ""
    return _whole_cell(name, rest, body, needs), "", ""


def _whole_cell(name: str, rest: str, body: str, needs: Needs) -> str:
    if name == "timeit":
        return _timed_cell(rest, body, needs)
    if name in ("writefile", "file"):
        return _written_file(rest, body, needs)
    if name == "script" or name in _SCRIPTS:
        return _script(_SCRIPTS.get(name, ""), rest, body, needs)
    if name in ("sx", "system", "!"):
        return f"print({needs.call('_nb_shell_lines', block(body))})"
    raise NoEquivalent(reason(name))


def _script(program: str, rest: str, body: str, needs: Needs) -> str:
    names = {found["option"]: found["name"] for found in _KEPT_NAMES.finditer(rest)}
    rest = _KEPT_NAMES.sub("", rest)
    flags = {found["option"] for found in _FLAGS.finditer(rest)}
    command = f"{program} {_FLAGS.sub('', rest).strip()}".strip()
    if not command:
        raise NoEquivalent("it names no program")
    if "bg" in flags:
        if "out" in names or "err" in names:
            raise NoEquivalent("what a script in the background prints cannot be kept")
        target, options = names.get("proc", ""), ["wait=False"]
    else:
        kept = [each for each in ("out", "err") if each in names]
        target = ", ".join(names[each] for each in kept)
        options = [f"keep={literal(' '.join(kept))}"] if kept else []
        options += ["check=False"] if "no-raise-error" in flags else []
    call = needs.call("_nb_script", needs.text(command), block(body + "\n"), *options)
    return f"{target} = {call}" if target else call


def _capture(rest: str, body: str, needs: Needs) -> tuple[str, str, str]:
    dropped = {found["stream"] for found in _NOT_CAPTURED.finditer(rest)}
    name = _NOT_CAPTURED.sub("", rest).strip() or "_nb_captured"
    if not name.isidentifier():
        raise NoEquivalent("it names no variable")
    options = [f"{short}=False" for stream, short in (("stdout", "out"), ("stderr", "err")) if stream in dropped]
    return f"{name} = {needs.call('_nb_capture', *options)}", body, f"{name}.end()"


def _timed_cell(rest: str, body: str, needs: Needs) -> str:
    options, setup = timeit_options(rest)
    if not (compiles(body) and compiles(setup) and body.strip()):
        raise NoEquivalent("what it times is not plain Python")
    setups = [f"setup={literal(setup)}"] if setup else []
    return needs.call("_nb_timeit", block(body), "globals()", *setups, *options)


def _written_file(rest: str, body: str, needs: Needs) -> str:
    append = re.match(r"(?:-a|--append)\s+", rest)
    path = rest[append.end() if append else 0 :].strip().strip("'\"")
    if not path:
        raise NoEquivalent("it names no file")
    arguments = [needs.text(path), block(body + "\n")] + (['mode="a"'] if append else [])
    return needs.call("_nb_write", *arguments)


def block(text: str) -> str:
    """The text as a literal over several lines where that is safe, so that it stays readable."""
    plain = text.isprintable() or all(character.isprintable() or character in "\n\t" for character in text)
    if not plain or "\n" not in text.rstrip("\n"):
        return literal(text)
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = f'{escaped[:-1]}\\"'
    return f'"""\\\n{escaped}"""'
