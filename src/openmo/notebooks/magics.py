"""IPython's commands (`!ls`, `%cd data`, `%%bash`, `obj?`) as plain Python, or as comments that say why not."""

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from openmo.notebooks.outcomes import CONVERTED, Outcome, left_out
from openmo.notebooks.python import compiles
from openmo.notebooks.shell import Knows, command_expression, literal

NOTEBOOK_ONLY = "it changes how the notebook works, not what the code does"
_REASONS = {
    "matplotlib": "figures show up in notebooks only; a script saves them with plt.savefig",
    "pylab": "figures show up in notebooks only; a script saves them with plt.savefig",
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
_SCRIPTS = {"bash": "bash", "sh": "sh", "ruby": "ruby", "perl": "perl", "python": "python", "python3": "python3"}
_PYTHON_BODY = {
    "capture": "its output is printed instead of kept",
    "prun": "the code runs without the profiler",
    "memit": "the code runs without the memory profiler",
    "mprun": "the code runs without the memory profiler",
    "lprun": "the code runs without the profiler",
}
_UNKNOWN = "it has no equivalent in plain Python"
_TIMEIT_OPTIONS = re.compile(r"(?:-[nrtcpqov]+\s*\d*\s+)*")
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?P<value>.*)", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<target>[^=!%#]*[^=!%#<>+\-*/&|^@:~\s])\s*=\s*(?P<mark>[!%])(?!=)(?P<rest>.*)", re.DOTALL)
_HELP = re.compile(r"\?{1,2}[\w.*%]+;?|%{0,2}[\w.*\[\]()]+\?{1,2};?")
_AUTOMAGIC = re.compile(r"(?P<name>pip|conda|mamba|ls|cd|mkdir|cat|cp|mv|rm)[ \t]+(?P<rest>[^=(].*)")


class NoEquivalent(Exception):
    """Plain Python has nothing for the command; the text says why, to stand behind "left out:"."""


@dataclass(slots=True)
class Needs:
    """What the converted code needs at the top of the script."""

    knows: Knows
    helpers: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)

    def call(self, helper: str, *arguments: str) -> str:
        self.helpers.add(helper)
        return f"{helper}({', '.join(arguments)})"

    def text(self, command: str) -> str:
        return command_expression(command, self.knows)


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
    return [needs.call("_nb_shell", needs.text(command[1:].strip()))]


def _value(mark: str, rest: str, needs: Needs) -> str:
    """The expression whose value `x = !command` or `x = %magic` assigns."""
    if mark == "!":
        return needs.call("_nb_shell_lines", needs.text(rest))
    name, _, arguments = rest.partition(" ")
    arguments = arguments.strip()
    if name in ("sx", "system"):
        return needs.call("_nb_shell_lines", needs.text(arguments))
    if name == "pwd":
        needs.modules.add("os")
        return "os.getcwd()"
    if name == "env" and not arguments:
        needs.modules.add("os")
        return "dict(os.environ)"
    if name == "env" and re.fullmatch(r"\w+", arguments):
        needs.modules.add("os")
        return f"os.environ[{literal(arguments)}]"
    if name in ("time", "timeit", "prun") and compiles(f"({arguments})"):
        return f"({arguments})"
    raise NoEquivalent(_reason(name))


def line_magic(name: str, rest: str, needs: Needs) -> list[str]:
    """The plain equivalent of `%name rest`; raises NoEquivalent."""
    convert = _LINE_MAGICS.get(name)
    if convert:
        return convert(rest, needs)
    if name in _SHELL_ALIASES:
        return [needs.call("_nb_shell", needs.text(f"{name} {rest}".strip()))]
    raise NoEquivalent(_reason(name))


def _reason(name: str) -> str:
    return NOTEBOOK_ONLY if name in _SETTINGS else _REASONS.get(name, _UNKNOWN)


def _cd(rest: str, needs: Needs) -> list[str]:
    path = re.sub(r"^-q\s+", "", rest).strip().strip("'\"") or "~"
    if path.startswith("-"):
        raise NoEquivalent("a script keeps no history of folders")
    needs.modules.add("os")
    target = needs.text(path)
    return [f"os.chdir(os.path.expanduser({target}))" if path[0] in "~{$" else f"os.chdir({target})"]


def _env(rest: str, needs: Needs) -> list[str]:
    needs.modules.add("os")
    if not rest:
        return ["print(dict(os.environ))"]
    assigned = _VARIABLE.fullmatch(rest)
    if assigned:
        return [f"os.environ[{literal(assigned['name'])}] = {needs.text(assigned['value'])}"]
    if not re.fullmatch(r"\w+", rest):
        raise NoEquivalent("it is no `NAME=value`")
    return [f"print(os.environ[{literal(rest)}])"]


def _pwd(_: str, needs: Needs) -> list[str]:
    needs.modules.add("os")
    return ["print(os.getcwd())"]


def _time(rest: str, needs: Needs) -> list[str]:
    if not compiles(rest):
        raise NoEquivalent("what it times is not plain Python")
    start, end = needs.call("_nb_started"), needs.call("_nb_elapsed", "_nb_start")
    return [f"_nb_start = {start}", rest, end] if rest else []


def _timeit(rest: str, needs: Needs) -> list[str]:
    statement = _without_options(rest)
    if not compiles(statement) or not statement:
        raise NoEquivalent("what it times is not plain Python")
    return [needs.call("_nb_timeit", literal(statement), "globals()")]


def _without_options(rest: str) -> str:
    options = _TIMEIT_OPTIONS.match(rest)
    return rest[options.end() :] if options else rest


def _run(rest: str, needs: Needs) -> list[str]:
    arguments = re.sub(r"^(?:-[a-zA-Z]+\s+)*", "", rest)
    if not arguments:
        raise NoEquivalent("it names no script")
    if re.match(r"\S+\.ipynb\b", arguments):
        raise NoEquivalent("it runs a notebook; export that one too and run its .py")
    if not re.match(r"\S+\.\w+\b", arguments):
        arguments = re.sub(r"^\S+", lambda script: f"{script[0]}.py", arguments)
    return [needs.call("_nb_run", needs.text(arguments), "globals()")]


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
    "run": _run,
    "sx": _system,
    "system": _system,
    "time": _time,
    "timeit": _timeit,
}


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
    if name == "timeit":
        return _timed_cell(_without_options(rest), body, needs), "", ""
    if name in _PYTHON_BODY:
        return f"# {head}  # left out: {_PYTHON_BODY[name]}", body, ""
    if name in ("writefile", "file"):
        return _written_file(rest, body, needs), "", ""
    program = (
        rest if name == "script" else f"{_SCRIPTS[name]} {_script_options(rest)}".strip() if name in _SCRIPTS else ""
    )
    if program:
        return needs.call("_nb_script", literal(program), block(body + "\n")), "", ""
    if name in ("sx", "system", "!"):
        return f"print({needs.call('_nb_shell_lines', block(body))})", "", ""
    raise NoEquivalent(_reason(name))


def _script_options(rest: str) -> str:
    return re.sub(r"--(?:out|err|proc|bg|no-raise-error)\b(?:[ =]\w+)?", "", rest).strip()


def _timed_cell(setup: str, body: str, needs: Needs) -> str:
    if not (compiles(body) and compiles(setup) and body.strip()):
        raise NoEquivalent("what it times is not plain Python")
    arguments = [block(body), "globals()"] + ([literal(setup)] if setup else [])
    return needs.call("_nb_timeit", *arguments)


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
