"""IPython's commands (`!ls`, `%cd data`, `%%bash`, `obj?`) as plain Python, or as comments that say why not."""

import keyword
import re
from collections.abc import Callable

from openmo.notebooks.needs import Needs
from openmo.notebooks.outcomes import CONVERTED, Outcome, left_out
from openmo.notebooks.python import compiles
from openmo.notebooks.shell import literal

NOTEBOOK_ONLY = "it changes how the notebook works, not what the code does"
_REASONS = {
    "matplotlib": "figures show up in notebooks only; a script saves them with plt.savefig",
    "tensorboard": "it shows a page inside the notebook",
    "debug": "a script has nobody to answer a debugger",
    "pdb": "a script has nobody to answer a debugger",
    "store": "it keeps variables for other notebooks only",
    "html": "it shows a page inside the notebook",
    "javascript": "it shows a page inside the notebook",
    "js": "it shows a page inside the notebook",
    "svg": "it shows a picture inside the notebook",
    "latex": "it shows a formula inside the notebook",
    "markdown": "it shows text inside the notebook",
}
_SETTING_NAMES = """
    load_ext reload_ext unload_ext autoreload aimport config autosave precision automagic alias rehashx colors xmode
    pprint autocall autoawait lsmagic magic quickref gui reset reset_selective who whos who_ls history hist notebook
    doctest_mode pinfo pinfo2 pdoc psource pfile pdef page clear cls pycat bookmark logstart logstop
"""
_SETTINGS = frozenset(_SETTING_NAMES.split())
_SHELL_ALIASES = frozenset(
    ["ls", "ll", "cat", "mkdir", "rm", "rmdir", "cp", "mv", "head", "tail", "wget", "conda", "mamba", "uv"]
)
_UNKNOWN = "it has no equivalent in plain Python"
_TIMEIT_OPTIONS = re.compile(r"(?:-(?:[nrpv]\s*\d+|[tcqo]+)(?:\s+|$))*")
_PYLAB = """\
import numpy
import matplotlib
from matplotlib import mlab, pylab, pyplot
np = numpy
plt = pyplot"""
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<value>.*)", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<target>[^=!%#]*[^=!%#<>+\-*/&|^@:~\s])\s*=\s*(?P<mark>[!%])(?!=)(?P<rest>.*)", re.DOTALL)
_HELP = re.compile(r"\?{1,2}[\w.*%]+;?|%{0,2}[\w.*\[\]()]+\?{1,2};?")
_AUTOMAGIC = re.compile(r"(?P<name>pip|conda|mamba|ls|cd|mkdir|cat|cp|mv|rm)[ \t]+(?P<rest>[^=(].*)")


class NoEquivalent(Exception):
    """Plain Python has nothing for the command; the text says why, to stand behind "left out:"."""


def convert_statement(statement: str, needs: Needs) -> tuple[str, Outcome] | None:
    """The plain equivalent of a command and what was done to it; None when the statement is no command."""
    body = statement.lstrip(" \t")
    indent = statement[: len(statement) - len(body)]
    body = body.rstrip()
    if not body or body[0] == "#":
        return None
    try:
        lines = _plain(body, needs)
    except NoEquivalent as reason:
        return _left_out(body, indent, str(reason))
    if lines is None:
        return None
    return "\n".join(indent + line for line in lines), CONVERTED


def _left_out(body: str, indent: str, reason: str) -> tuple[str, Outcome]:
    first, *others = body.split("\n")
    assigned = _ASSIGNMENT.fullmatch(body)
    keep = f"{assigned['target']} = None  " if assigned else "pass  " if indent else ""
    lines = [f"{indent}{keep}# {first}  # left out: {reason}", *(f"{indent}# {each}" for each in others)]
    return "\n".join(lines), left_out(reason)


def _plain(body: str, needs: Needs) -> list[str] | None:
    """The lines that do the same; None for what is no command. Raises NoEquivalent."""
    joined = re.sub(r"\\\n[ \t]*", "", body) if "\n" in body else body
    if body[0] == "!":
        return _bang(joined, needs)
    if body[0] == "%":
        name, _, rest = joined.lstrip("%").strip().partition(" ")
        return line_magic(name, rest.strip(), needs)
    if _HELP.fullmatch(body):
        raise NoEquivalent("it shows help in the notebook")
    assigned = _ASSIGNMENT.fullmatch(joined)
    if assigned and _is_target(assigned["target"]):
        return [f"{assigned['target']} = {_value(assigned['mark'], assigned['rest'].strip(), needs)}"]
    automagic = _AUTOMAGIC.fullmatch(joined)
    if automagic and not compiles(joined):
        return line_magic(automagic["name"], automagic["rest"], needs)
    return None


def _is_target(text: str) -> bool:
    plain_name = text.isidentifier() and not keyword.iskeyword(text)  # the usual case, without asking the compiler
    return plain_name or compiles(f"{text} = 0")


def _bang(command: str, needs: Needs) -> list[str]:
    if command.startswith("!!"):
        return [f"print({needs.call('_nb_shell_lines', needs.text(command[2:].strip()))})"]
    call = needs.call("_nb_shell", needs.text(command[1:].strip()))
    return [f"_exit_code = {call}" if needs.mentions("_exit_code") else call]


def _value(mark: str, rest: str, needs: Needs) -> str:
    """The expression whose value `x = !command` or `x = %magic` assigns."""
    if mark == "!":
        return needs.call("_nb_shell_lines", needs.text(rest))
    name, _, arguments = rest.partition(" ")
    arguments = arguments.strip()
    if name in ("sx", "system"):
        return needs.call("_nb_shell_lines", needs.text(arguments))
    if name == "timeit":
        return _timeit(arguments, needs)[0]
    if name == "time" and compiles(f"({arguments})"):
        return needs.call("_nb_timed", f"lambda: ({arguments})")
    if name == "prun" and compiles(f"({arguments})"):
        return f"({arguments})"
    if name == "pwd" or (name == "env" and re.fullmatch(r"\w*", arguments)):
        needs.modules.add("os")
        everything = "os.getcwd()" if name == "pwd" else "dict(os.environ)"
        return f"os.environ[{literal(arguments)}]" if arguments else everything
    raise NoEquivalent(reason(name))


def line_magic(name: str, rest: str, needs: Needs) -> list[str]:
    """The plain equivalent of `%name rest`; raises NoEquivalent."""
    convert = _LINE_MAGICS.get(name)
    if convert:
        return convert(rest, needs)
    if name in _SHELL_ALIASES:
        return [needs.call("_nb_shell", needs.text(f"{name} {rest}".strip()))]
    raise NoEquivalent(reason(name))


def reason(name: str) -> str:
    return NOTEBOOK_ONLY if name in _SETTINGS else _REASONS.get(name, _UNKNOWN)


def _cd(rest: str, needs: Needs) -> list[str]:
    quiet = re.match(r"-q(?:\s+|$)", rest)
    path = rest[quiet.end() if quiet else 0 :].strip().strip("'\"")
    if path.startswith("-") and path != "-":
        raise NoEquivalent("a script keeps no numbered history of folders")
    arguments = [*([needs.text(path)] if path else []), *(["quiet=True"] if quiet else [])]
    return [needs.call("_nb_cd", *arguments)]


def _env(rest: str, needs: Needs) -> list[str]:
    needs.modules.add("os")
    if not rest:
        return ["print(dict(os.environ))"]
    assigned = _VARIABLE.fullmatch(rest)
    if assigned:
        name = assigned["name"]
        variable = f"os.environ[{literal(name)}]"
        return [f"{variable} = {needs.text(assigned['value'])}", f"print({literal(f'env: {name}=')} + {variable})"]
    if not re.fullmatch(r"\w+", rest):
        raise NoEquivalent("it is no `NAME=value`")
    return [f"print(os.environ[{literal(rest)}])"]


def _pwd(_: str, needs: Needs) -> list[str]:
    needs.modules.add("os")
    return ["print(os.getcwd())"]


def _time(rest: str, needs: Needs) -> list[str]:
    if not compiles(rest, top_level_await=True):
        raise NoEquivalent("what it times is not plain Python")
    if rest and compiles(f"_(lambda: ({rest}))"):
        return [needs.call("_nb_timed", f"lambda: ({rest})")]
    start, end = needs.call("_nb_started"), needs.call("_nb_elapsed", "_nb_start")
    return [f"_nb_start = {start}", rest, end] if rest else []


def _timeit(rest: str, needs: Needs) -> list[str]:
    options, statement = timeit_options(rest)
    if not compiles(statement) or not statement:
        raise NoEquivalent("what it times is not plain Python")
    return [needs.call("_nb_timeit", literal(statement), "globals()", *options)]


def timeit_options(rest: str) -> tuple[list[str], str]:
    """The options of `%timeit` as arguments of the helper, and what follows them."""
    found = _TIMEIT_OPTIONS.match(rest)
    options, behind = (found[0], rest[found.end() :]) if found else ("", rest)
    numbers = dict(re.findall(r"-([nr])\s*(\d+)", options))
    arguments = [f"{name}={int(numbers[key])}" for key, name in (("n", "number"), ("r", "repeat")) if key in numbers]
    return [*arguments, *(["quiet=True"] if re.search(r"-[tco]*q", options) else [])], behind.strip()


def _run(rest: str, needs: Needs) -> list[str]:
    found = re.match(r"(?:-[a-zA-Z]+\s+)*", rest)
    options, arguments = (found[0], rest[found.end() :]) if found else ("", rest)
    if not arguments:
        raise NoEquivalent("it names no script")
    if re.match(r"\S+\.ipynb\b", arguments):
        raise NoEquivalent("it runs a notebook; export that one too and run its .py")
    flags = ["shared=True"] if "i" in options else []
    if "m" in options:
        flags.append("module=True")
    elif not re.match(r"\S+\.\w+\b", arguments):
        arguments = re.sub(r"^\S+", lambda script: f"{script[0]}.py", arguments)
    return [needs.call("_nb_run", needs.text(arguments), "globals()", *flags)]


def _pylab(rest: str, _: Needs) -> list[str]:
    stars = [] if "--no-import-all" in rest else ["from matplotlib.pylab import *", "from numpy import *"]
    return [*_PYLAB.split("\n"), *stars]


def _pip(rest: str, needs: Needs) -> list[str]:
    return [needs.call("_nb_pip", needs.text(rest))]


def _system(rest: str, needs: Needs) -> list[str]:
    return [needs.call("_nb_shell", needs.text(rest))]


def _profiled(rest: str, _: Needs) -> list[str]:
    if not rest or not compiles(rest):
        raise NoEquivalent("the profiler belongs to the notebook")
    return [rest]


_LINE_MAGICS: dict[str, Callable[[str, Needs], list[str]]] = {
    "cd": _cd,
    "env": _env,
    "set_env": _env,
    "pip": _pip,
    "prun": _profiled,
    "pwd": _pwd,
    "pylab": _pylab,
    "run": _run,
    "sx": _system,
    "system": _system,
    "time": _time,
    "timeit": _timeit,
}
