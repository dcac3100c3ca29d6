"""YAML from people we don't know: no tags that build objects, no bombs, and a line for every complaint.

Scalars mean what YAML 1.2 says: only `true` and `false` are truths (so `[yes, no]` are two words), dates stay text, and
`1e5` is a number. Merge keys (`<<: *default`) work as in YAML 1.1.
"""

import math
import re
from collections.abc import Mapping
from io import StringIO
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from openmo.core.messages import message
from openmo.specs.annotations import is_text
from openmo.specs.errors import SpecFileError

MAX_TEXT = 256 << 10
MAX_DEPTH = 40
MAX_NODES = 50_000  # after aliases and merge keys are spelt out
MAX_ALIASES = 1_000
_LONG = 100  # so many characters count as one more value

_MERGE = "tag:yaml.org,2002:merge"
_STR = "tag:yaml.org,2002:str"
_RESOLVERS = (
    ("tag:yaml.org,2002:bool", re.compile(r"true|True|TRUE|false|False|FALSE"), "tTfF"),
    ("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+"), "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        re.compile(
            r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
        ),
        "-+.0123456789",
    ),
    (_MERGE, re.compile(r"<<"), "<"),
    ("tag:yaml.org,2002:null", re.compile(r"~|null|Null|NULL|"), ("~", "n", "N", "")),
)


class _Loader(yaml.SafeLoader):
    """A SafeLoader that counts what it builds; a fresh resolver table, so that YAML 1.1's surprises stay out."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own API)

    def __init__(self, text: str, filename: str) -> None:
        super().__init__(text)
        self.filename = filename
        self._depth = 0
        self._aliases = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # types-pyyaml leaves the parser untyped
        if isinstance(event, yaml.AliasEvent):
            self._aliases += 1
        self._depth += 1
        if self._depth > MAX_DEPTH or self._aliases > MAX_ALIASES:
            raise SpecFileError(
                "this is nested too deeply or repeats itself too often for a spec; write it out plainly.",
                file=self.filename,
                line=event.start_mark.line + 1,
            )
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def plain_number(self, node: ScalarNode) -> int | float:
        text = self.construct_scalar(node)
        value = float(text.replace(".inf", "inf").replace(".nan", "nan")) if _is_float(node) else _integer(text)
        if isinstance(value, float) and not math.isfinite(value):
            raise SpecFileError(
                message("%(text)s is not a finite number.", text=text), file=self.filename, line=line_of(node)
            )
        return value


def _is_float(node: ScalarNode) -> bool:
    return node.tag.endswith(":float")


def _integer(text: str) -> int:
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


for _tag, _pattern, _first in _RESOLVERS:
    _full = re.compile(rf"(?:{_pattern.pattern})\Z")
    _Loader.add_implicit_resolver(_tag, _full, list(_first))
_Loader.yaml_constructors = {
    _STR: yaml.SafeLoader.construct_yaml_str,
    "tag:yaml.org,2002:null": yaml.SafeLoader.construct_yaml_null,
    "tag:yaml.org,2002:bool": yaml.SafeLoader.construct_yaml_bool,
    "tag:yaml.org,2002:int": _Loader.plain_number,
    "tag:yaml.org,2002:float": _Loader.plain_number,
    "tag:yaml.org,2002:seq": yaml.SafeLoader.construct_yaml_seq,
    "tag:yaml.org,2002:map": yaml.SafeLoader.construct_yaml_map,
    None: yaml.SafeLoader.construct_undefined,
}


class Document:
    """A parsed YAML mapping whose parts can still say on which line they stand."""

    is_text = True
    """People wrote it; what releases keep was read from a text once and means what it says."""

    def __init__(self, text: str, filename: str) -> None:
        if len(text) > MAX_TEXT or len(text.encode("utf-8", "replace")) > MAX_TEXT:
            raise SpecFileError("the file is over 256 KiB; a spec is a few lines for each parameter.", file=filename)
        self.filename = filename
        try:
            self._loader = _Loader(text, filename)
            self.root = self._loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else None
            problem = message("not valid YAML: %(error)s.", error=error.problem or error.context)
            raise SpecFileError(problem, file=filename, line=line) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise SpecFileError(
                message("not valid YAML: %(error)s.", error=str(error).splitlines()[0].rstrip(".")), file=filename
            ) from error
        _check_size(self.root, filename)

    @classmethod
    def of(cls, data: Mapping[str, Any], filename: str) -> "Document":
        """The plain values of a document (`value`) as a document again; nothing is written out and parsed."""
        document = cls("", filename)
        document.is_text = False
        try:
            document.root = _Dumper(StringIO(), sort_keys=False).represent_data(dict(data))
        except (yaml.YAMLError, RecursionError) as error:
            raise SpecFileError("this holds what no spec can hold.", file=filename) from error
        _check_size(document.root, filename)
        return document

    def error(self, problem: str, node: Node | None) -> SpecFileError:
        return SpecFileError(problem, file=self.filename, line=line_of(node) if node else None)

    def entries(self, node: Node | None, what: str) -> dict[str, Node]:
        """The entries of a mapping, merge keys resolved; nothing at all for an empty value."""
        if node is None or _is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            raise self.error(message("%(what)s must be a mapping (`name:` lines, indented).", what=what), node)
        try:
            self._loader.flatten_mapping(node)
        except yaml.MarkedYAMLError as error:
            raise self.error(message("not valid YAML: %(error)s.", error=error.problem), node) from error
        return {self._name(key, what): value for key, value in node.value}

    def _name(self, key: Node, what: str) -> str:
        if not isinstance(key, ScalarNode) or not is_text(key.value):
            raise self.error(message("a name in %(what)s must be plain text.", what=what), key)
        return str(key.value)

    def value(self, node: Node) -> Any:
        """The plain value of a node: text, number, truth, None, lists and dicts with text keys."""
        try:
            return self._plain(self._loader.construct_object(node, deep=True), node)
        except yaml.MarkedYAMLError as error:
            raise self.error(message("not valid YAML: %(error)s.", error=error.problem), node) from error
        except ValueError as error:
            raise self.error(message("this value cannot be read (%(error)s).", error=str(error)), node) from error

    def _plain(self, value: Any, node: Node) -> Any:
        if isinstance(value, dict):
            if not all(isinstance(key, (str, int, float, bool)) or key is None for key in value):
                raise self.error(message("a key must be plain text."), node)
            return {key if isinstance(key, str) else str(key): self._plain(each, node) for key, each in value.items()}
        if isinstance(value, list):
            return [self._plain(each, node) for each in value]
        if isinstance(value, str) and not is_text(value):
            raise self.error(message("this text holds half a surrogate pair, which no file can hold."), node)
        return value


def line_of(node: Node) -> int | None:
    """The line, counted from 1, on which a node begins; None for what was never text."""
    return int(node.start_mark.line) + 1 if node.start_mark else None


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _check_size(root: Node | None, filename: str) -> None:
    """Counts the nodes as if all aliases were spelt out, and refuses circles and bombs."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Node) -> int:
        known = sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in open_nodes:
            raise SpecFileError("an alias refers to itself; write it out plainly.", file=filename, line=line_of(node))
        _check_keys(node, filename)
        open_nodes.add(id(node))
        total = 1 + sum(size(child) for child in _children(node))
        if isinstance(node, ScalarNode):
            total += len(node.value) // _LONG
        open_nodes.discard(id(node))
        if total > MAX_NODES:
            problem = message(
                "over %(limit)s values once its aliases are spelt out; write it out plainly.", limit=f"{MAX_NODES:,}"
            )
            raise SpecFileError(problem, file=filename, line=line_of(node))
        sizes[id(node)] = total
        return total

    if root is not None:
        size(root)


def _check_keys(node: Node, filename: str) -> None:
    """Refuses a key that stands twice, before merge keys bring in legal doubles."""
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, MappingNode) else ():
        if not isinstance(key, ScalarNode):
            raise SpecFileError("a key must be plain text.", file=filename, line=line_of(key))
        if key.value in seen:
            raise SpecFileError(
                message("%(value)s appears twice; keep one.", value=repr(key.value[:80])),
                file=filename,
                line=line_of(key),
            )
        seen.add(key.value)


def _children(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return []


class _Dumper(yaml.SafeDumper):
    """Writes plain YAML that both YAML 1.1 and 1.2 readers understand alike: whatever one might misread is quoted."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's own signature)
        return True


_Dumper.yaml_implicit_resolvers = {
    first: list(known) for first, known in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in _RESOLVERS:
    _Dumper.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern.pattern})\Z"), list(_first))


class FlowList(list[Any]):
    """A list written on one line: `[2, 4, 6]`."""


def _represent_text(dumper: yaml.SafeDumper, data: str) -> ScalarNode:
    # PyYAML folds these three into line breaks unless they are escaped, which only double quotes do.
    style = '"' if any(mark in data for mark in "\x85\u2028\u2029") else None
    return dumper.represent_scalar(_STR, data, style=style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(
    FlowList, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def dump(value: dict[str, Any]) -> str:
    """The mapping as YAML text, in its own order, with Chinese text readable."""
    if not value:
        return ""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text
