"""The inputs that a typed signature declares: `def handle(sepal_length: float, note: str = "") -> dict`."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from openmo.specs.annotations import MISSING, SILENCE, Annotation, literal, read_comment, type_of_value
from openmo.specs.ranges import read_value_type
from openmo.specs.source import Function, Source
from openmo.specs.values import LISTS, ValueType
from openmo.system.python_parsing import parse

_PLAIN = {
    "int": ValueType.INT,
    "float": ValueType.FLOAT,
    "str": ValueType.STR,
    "bool": ValueType.BOOL,
    "datetime": ValueType.DATETIME,
    "date": ValueType.DATETIME,
    "Path": ValueType.FILE,
    "PathLike": ValueType.FILE,
    "bytes": ValueType.FILE,
    "BinaryIO": ValueType.FILE,
    "DataFrame": ValueType.DATAFRAME,
    "Image": ValueType.IMG,
    "list": ValueType.STR_LIST,
    "List": ValueType.STR_LIST,
}
_SEQUENCES = frozenset({"list", "List", "Sequence", "Iterable", "tuple", "Tuple"})
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "Any", "object"})
_LIST_OF = {element: whole for whole, element in LISTS.items()}
_SECTION = re.compile(r"\s*(args|arguments|parameters|参数|returns?|yields?|返回)\s*[:：]\s*", re.IGNORECASE)
_ENTRY = re.compile(
    r"\s*\*{0,2}['\"`]?(?P<name>[^\s:：('\"`]+)['\"`]?\s*(?:\((?P<type>[^)]*)\))?\s*[:：]\s*(?P<text>.*)"
)
_INPUT_SECTIONS = ("a", "p", "参")


def is_mapping(annotation: ast.expr | None) -> bool:
    """Whether the annotation stands for one mapping that holds all inputs: `dict`, `Mapping[str, Any]`, `Any`."""
    node = _unquoted(annotation)
    base = node.value if isinstance(node, ast.Subscript) else node
    return base is not None and _last_name(base) in _MAPPINGS


def read_type(annotation: ast.expr | None) -> Annotation:
    """What a type annotation says: type, choices (`Literal`), optional (`| None`), description (`Annotated`)."""
    node = _unquoted(annotation)
    if node is None:
        return SILENCE
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        return _generic(_last_name(node.value), node.slice)
    return Annotation(value_type=_PLAIN.get(_last_name(node)))


def _generic(base: str, argument: ast.expr) -> Annotation:
    arguments = argument.elts if isinstance(argument, ast.Tuple) else [argument]
    if base in ("Optional", "Union"):
        annotation = _union(arguments)
        return replace(annotation, optional=True) if base == "Optional" else annotation
    if base == "Literal":
        values = [literal(each) for each in arguments]
        scalars = bool(values) and all(isinstance(each, (str, int)) for each in values)
        return Annotation(value_type=ValueType.ENUM, value_range=tuple(values)) if scalars else SILENCE
    if base == "Annotated" and arguments:
        return _annotated(arguments)
    if base in _SEQUENCES and arguments:
        element = read_type(arguments[0]).value_type
        return Annotation(value_type=_LIST_OF.get(element) if element else None)
    return SILENCE


def _annotated(arguments: list[ast.expr]) -> Annotation:
    annotation = read_type(arguments[0])
    for each in arguments[1:]:
        text = literal(each)
        if isinstance(text, str):
            named = read_value_type(text)
            annotation = replace(annotation, value_type=named) if named else replace(annotation, description=text)
    return annotation


def _union(members: list[ast.expr]) -> Annotation:
    real = [each for each in members if not (isinstance(each, ast.Constant) and each.value is None)]
    annotation = read_type(real[0]) if real else SILENCE
    return replace(annotation, optional=True) if len(real) < len(members) else annotation


def _unquoted(annotation: ast.expr | None) -> ast.expr | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return annotation


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def read_signature(source: Source, function: Function, parameters: list[ast.arg]) -> dict[str, Annotation]:
    """What signature, comments behind the parameters, and docstring say, by parameter name, in that order of weight."""
    described = read_docstring(function)[0]
    defaults = _defaults(function.args)
    lines = [each.end_lineno or each.lineno for each in parameters]
    annotations = {}
    for parameter, line in zip(parameters, lines, strict=True):
        alone = lines.count(line) == 1
        comment = read_comment(source.comments.get(line, "")) if alone else SILENCE
        documented = described.get(parameter.arg, SILENCE)
        # A comment or docstring may say more than Python's types can: `photo (img)` for `photo: str`.
        typed = comment.or_else(Annotation(value_type=documented.value_type)).or_else(read_type(parameter.annotation))
        annotations[parameter.arg] = typed.or_else(documented).or_else(_of_default(defaults.get(parameter.arg)))
    return annotations


def _of_default(node: ast.expr | None) -> Annotation:
    if node is None:
        return SILENCE
    value = literal(node)
    guess = None if value is MISSING else type_of_value(value)
    return Annotation(optional=True, default_value=value, guessed_type=guess)


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    given = dict(zip((each.arg for each in reversed(positional)), reversed(arguments.defaults), strict=False))
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return given | {each.arg: default for each, default in named if default is not None}


def read_docstring(function: Function) -> tuple[Mapping[str, Annotation], Mapping[str, Annotation]]:
    """The entries of a Google-style docstring's Args and Returns sections, by name."""
    inputs: dict[str, Annotation] = {}
    outputs: dict[str, Annotation] = {}
    for section, name, kind, text in _entries(ast.get_docstring(function) or ""):
        words = [word.strip() for word in kind.split(",")]
        annotation = Annotation(
            value_type=read_value_type(words[0]) if words[0] else None,
            description=text or None,
            optional=True if "optional" in words[1:] else None,
        )
        into = inputs if section.startswith(_INPUT_SECTIONS) else outputs
        into.setdefault(name, annotation)
    return inputs, outputs


def _entries(docstring: str) -> Iterator[tuple[str, str, str, str]]:
    """(section, name, type, text) for each entry, its continuation lines joined to the text."""
    section, indent = "", 0
    entry: list[str] | None = None
    for line in docstring.split("\n"):
        depth = len(line) - len(line.lstrip())
        head = _SECTION.fullmatch(line)
        if head or (line.strip() and section and depth == 0):
            if entry:
                yield section, entry[0], entry[1], " ".join(entry[2:]).strip()
            section, indent, entry = (head[1].lower() if head else ""), 0, None
        elif section and line.strip():
            indent = indent or depth
            match = _ENTRY.fullmatch(line) if depth <= indent else None
            if match:
                if entry:
                    yield section, entry[0], entry[1], " ".join(entry[2:]).strip()
                entry = [match["name"], match["type"] or "", match["text"]]
            elif entry:
                entry.append(line.strip())
    if entry and section:
        yield section, entry[0], entry[1], " ".join(entry[2:]).strip()
