"""Makes a module's main.py from notebook cells: as they are, and below them the class that offers their functions."""

import ast
from collections.abc import Sequence

from openmo.languages.language import ENGLISH, Language
from openmo.specs.errors import SpecError
from openmo.specs.functions import CallMode, read_function
from openmo.specs.generate import join_cells
from openmo.specs.names import read_statements, together
from openmo.specs.source import Function, Source, functions_named, methods_of, parse_source, top_level_statements
from openmo.specs.values import LOADER, MODULE_METHODS


def generate_module(cells: Sequence[str], name: str, language: Language = ENGLISH) -> str:
    """The source of a main.py that runs `cells` in order, and of them nothing else.

    Where no class of theirs has predict or run, a class `name` below them calls their functions train, predict, run
    and load_model, as far as they are there; it is called otherwise where the cells use that name themselves. Raises
    SpecError naming cell and line.
    """
    text = join_cells(cells, language)
    source = parse_source(text, "main.py")
    classes = [each for each in top_level_statements(source.tree.body) if isinstance(each, ast.ClassDef)]
    functions = _functions(source)
    if any({"predict", "run"} & methods_of(each).keys() for each in classes) or not functions:
        return text
    return f"{text}\n\n# %%\n{_class(source, functions, _free_name(text, name))}"


def _functions(source: Source) -> dict[str, Function]:
    found = {name: functions_named(name, source.tree.body) for name in MODULE_METHODS}
    return {name: each[-1] for name, each in found.items() if each}


def _free_name(text: str, name: str) -> str:
    """`name`, with underscores behind it as long as the code uses it for something else."""
    names = together(read_statements(text))
    taken = names.bound | names.used | {*MODULE_METHODS, LOADER}
    while name in taken:
        name += "_"
    return name


def _class(source: Source, functions: dict[str, Function], name: str) -> str:
    parts = [f"class {name}:\n    def __init__(self, conf={{}}):\n        pass\n"]
    loaders = functions_named(LOADER, source.tree.body)
    if loaders and not _demands(loaders[-1]):
        parts.append(f"    def {LOADER}(self):\n        {LOADER}()\n")
    parts += [
        f"    def {each}(self, conf={{}}):\n        return {each}({_handed(source, function)})\n"
        for each, function in functions.items()
    ]
    return "\n".join(parts)


def _demands(function: Function) -> bool:
    arguments = function.args
    return len(arguments.posonlyargs) + len(arguments.args) > len(arguments.defaults) or None in arguments.kw_defaults


def _handed(source: Source, function: Function) -> str:
    """What the method gives to its function: conf as it is, or one argument for each of its entries."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    if len(positional) > 1 and positional[0].arg == "self":
        return "self, conf"
    if not (positional or arguments.kwonlyargs or arguments.vararg or arguments.kwarg):
        return ""
    try:
        mode = read_function(source, function).mode
    except (SpecError, RecursionError):
        return "conf"  # whoever reads it next says what is wrong with it
    return "conf" if mode is CallMode.CONF else "**conf"
