"""What people read is written as whole sentences that catalogues can hold, with their values beside them."""

import ast
import re
from collections.abc import Iterator

from sources import Module, modules

from tools.error_classes import error_names

_PLACES = re.compile(r"%\((\w+)\)s")


def test_no_error_is_raised_with_a_sentence_put_together() -> None:
    names = error_names()
    assert [
        f"{module.name}:{call.lineno} {ast.unparse(text)[:80]}"
        for module in modules()
        for call, text in _texts(module, names)
        if _is_put_together(text, module)
    ] == []


def test_a_message_is_one_sentence_with_a_value_for_each_of_its_places() -> None:
    wrong = []
    for module in modules():
        for call in _calls(module):
            if not (isinstance(call.func, ast.Name) and call.func.id == "message" and call.args):
                continue
            sentence = call.args[0]
            if not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
                wrong.append(f"{module.name}:{call.lineno} is no fixed sentence")
            elif call.keywords:  # without values the sentence stays as it is, to be filled in later
                values = {keyword.arg for keyword in call.keywords}
                if values != set(_PLACES.findall(sentence.value)):
                    wrong.append(f"{module.name}:{call.lineno} {sentence.value[:60]!r}")
    assert wrong == []


def _calls(module: Module) -> Iterator[ast.Call]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node


def _texts(module: Module, errors: frozenset[str]) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Each making of an error, with what it is to say: `NotFound(…)`, `source.error(…)` of specs."""
    for call in _calls(module):
        called = ast.unparse(call.func).rpartition(".")[2]
        if called in errors or (called == "error" and module.room == "specs"):
            named = next((keyword.value for keyword in call.keywords if keyword.arg in ("message", "problem")), None)
            if text := call.args[0] if call.args else named:
                yield call, text


def _is_put_together(text: ast.expr, module: Module) -> bool:
    match text:
        case ast.JoinedStr() | ast.BinOp() | ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")):
            return True
        case ast.IfExp():
            return _is_put_together(text.body, module) or _is_put_together(text.orelse, module)
        case ast.BoolOp():
            return any(_is_put_together(each, module) for each in text.values)
        case ast.Name(id=name):
            return any(_is_put_together(value, module) for value in _values(name, module))
    return False


def _values(name: str, module: Module) -> Iterator[ast.expr]:
    """What the module gives that name, in whichever function: none may be put together."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                yield value
