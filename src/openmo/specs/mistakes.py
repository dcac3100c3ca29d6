"""What is wrong, or costly, in a handler.py that would otherwise show only when the app is called."""

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from openmo.core.messages import Message, message
from openmo.specs.handler import HANDLER_NAME
from openmo.specs.names import Statement, read_statements
from openmo.specs.source import top_level_statements

MODULE_NAMES = frozenset({"__annotations__", "__doc__", "__file__", "__name__", "__package__", "__spec__"})
_GIVEN = frozenset(dir(builtins)) | MODULE_NAMES
_NOTEBOOK_ONLY = frozenset({"display", "get_ipython", "In", "Out"})
_TRAINING = frozenset(
    {"backward", "cross_val_score", "fit", "fit_generator", "fit_predict", "fit_transform", "partial_fit", "train",
     "train_on_batch"}
)  # fmt: skip
_SHOWING = frozenset({"show", "savefig", "imshow"})
_WAITING = frozenset({"sleep"})
_COMMANDS = frozenset({"system", "popen", "Popen", "check_call", "check_output", "getoutput"})
_NETWORK = frozenset({"urlopen", "urlretrieve", "snapshot_download", "hf_hub_download", "wget"})
_READING = frozenset(
    {"open", "read_csv", "read_excel", "read_json", "read_parquet", "read_table", "loadtxt", "genfromtxt", "imread",
     "read_bytes", "read_text"}
)  # fmt: skip
_MAX_PER_KIND = 100  # of one sort: nobody reads more, and finding the line of each costs a walk
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


class Severity(StrEnum):
    ERROR = "error"
    """The app would not work."""
    WARNING = "warning"
    """It would, but somebody should look."""


class MistakeKind(StrEnum):
    """What programs that speak other languages go by."""

    SYNTAX = "syntax"
    UNDEFINED = "undefined"
    TOO_EARLY = "too_early"
    NOTEBOOK_ONLY = "notebook_only"
    TURNED_OFF = "turned_off"
    TRAINING = "training"
    LOOP = "loop"
    SHOWING = "showing"
    WAITING = "waiting"
    COMMAND = "command"
    NETWORK = "network"
    INPUT = "input"
    READS_FILE = "reads_file"
    CALLS_HANDLER = "calls_handler"
    HANDLER = "handler"
    PLEASE_CHECK = "please_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend or to look at; `subject` is the name, call or file that it is about."""

    line: int | None
    message: Message
    severity: Severity
    kind: MistakeKind
    subject: str = ""


_SENTENCES = {
    MistakeKind.TRAINING: message(
        "%(subject)s trains at every start of the app; train in a job, save the model, and load it here."
    ),
    MistakeKind.LOOP: message("This loop runs at every start of the app; move it into handle, or into a job."),
    MistakeKind.SHOWING: message(
        "%(subject)s draws where nobody looks; leave it out, or return the figure from handle."
    ),
    MistakeKind.WAITING: message("%(subject)s delays every start of the app."),
    MistakeKind.COMMAND: message("%(subject)s runs a command at every start of the app; leave it out."),
    MistakeKind.NETWORK: message(
        "%(subject)s needs the network at every start of the app; save the file in the project instead."
    ),
    MistakeKind.INPUT: message("%(subject)s waits for a keyboard that an app does not have; read from conf instead."),
    MistakeKind.READS_FILE: message(
        "%(subject)s is read at every start of the app, so it must be among the release's files."
    ),
    MistakeKind.CALLS_HANDLER: message("%(subject)s is called at every start of the app; leave the trial out."),
}


_MODULE_SENTENCES = {
    MistakeKind.TRAINING: message(
        "%(subject)s trains each time the module is loaded; train in a job or in train, save the model, and load it."
    ),
    MistakeKind.LOOP: message("This loop runs each time the module is loaded; move it into a method, or into a job."),
    MistakeKind.SHOWING: message("%(subject)s draws where nobody looks; leave it out, or return what it shows."),
    MistakeKind.WAITING: message("%(subject)s delays everybody who loads the module."),
    MistakeKind.COMMAND: message("%(subject)s runs a command each time the module is loaded; leave it out."),
    MistakeKind.NETWORK: message(
        "%(subject)s needs the network each time the module is loaded; save the file in the project instead."
    ),
    MistakeKind.INPUT: message(
        "%(subject)s waits for a keyboard that callers of a module do not have; read from conf instead."
    ),
    MistakeKind.READS_FILE: message(
        "%(subject)s is read when the module is loaded: it must be among the version's files, and be found there from "
        "Path(__file__).parent."
    ),
    MistakeKind.CALLS_HANDLER: message("%(subject)s is called each time the module is loaded; leave the trial out."),
}


def find_mistakes(source: str, *, module: bool = False) -> tuple[Mistake, ...]:
    """What a person should know before `source` is deployed as handler.py (or published as a module's main.py).

    By line; () when nothing is amiss.
    """
    sentences = _MODULE_SENTENCES if module else _SENTENCES
    try:
        statements = read_statements(source)
        found = [*islice(_undefined(statements), _MAX_PER_KIND), *islice(_work(statements, sentences), _MAX_PER_KIND)]
    except SyntaxError as error:
        return (_syntax(error.lineno, message("Syntax error: %(error)s.", error=error.msg)),)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return (_syntax(None, message("This is not readable as Python (%(error)s).", error=str(error))),)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.line or 0, each.subject)))


def _syntax(line: int | None, text: Message) -> Mistake:
    return Mistake(line=line, message=text, severity=Severity.ERROR, kind=MistakeKind.SYNTAX)


def _undefined(statements: tuple[Statement, ...]) -> Iterator[Mistake]:
    everything = frozenset[str]().union(*(each.names.bound for each in statements))
    has_star = any(each.names.star for each in statements)
    so_far: set[str] = set(_GIVEN)
    reported: set[str] = set()
    for each in statements:
        for name in sorted(each.names.used - _GIVEN - everything - reported):
            if not has_star:
                reported.add(name)
                yield _name_mistake(each, name)
        for name in sorted((each.names.at_once & everything) - so_far - reported):
            reported.add(name)
            yield Mistake(
                line=each.line_of(name),
                message=message(
                    "%(name)s is used here and defined further down; order the cells so that it comes first.", name=name
                ),
                severity=Severity.ERROR,
                kind=MistakeKind.TOO_EARLY,
                subject=name,
            )
        so_far |= each.names.bound


def _name_mistake(statement: Statement, name: str) -> Mistake:
    kind = MistakeKind.UNDEFINED
    text = message("%(name)s is not defined; tick the cell that defines it, or define it here.", name=name)
    if name in _NOTEBOOK_ONLY:
        kind = MistakeKind.NOTEBOOK_ONLY
        text = message("%(name)s exists in notebooks only; leave it out.", name=name)
    return Mistake(line=statement.line_of(name), message=text, severity=Severity.ERROR, kind=kind, subject=name)


def _work(statements: tuple[Statement, ...], sentences: Mapping[MistakeKind, Message]) -> Iterator[Mistake]:
    body = [each.node for each in statements if not _is_guarded(each.node)]
    seen: set[ast.AST] = set()
    for statement in top_level_statements(body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(statement, _LOOPS):
            yield _mistake(sentences[MistakeKind.LOOP], MistakeKind.LOOP, statement, "")
        for node in _run_at_once(statement):
            if isinstance(node, ast.Call) and node not in seen:
                seen.add(node)
                if (kind := _kind_of(node)) is not None:
                    yield _mistake(sentences[kind], kind, node, _subject(kind, node))


def _run_at_once(statement: ast.stmt) -> Iterator[ast.AST]:
    """Every node of the statement that runs with it, bodies of functions left out."""
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            stack.extend(ast.iter_child_nodes(node))


def _is_guarded(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`, which an app never runs."""
    return isinstance(node, ast.If) and any(
        isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(node.test)
    )


def _kind_of(call: ast.Call) -> MistakeKind | None:
    name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    base = _root_name(call.func)
    if isinstance(call.func, ast.Name) and name in (HANDLER_NAME, "input"):
        return MistakeKind.CALLS_HANDLER if name == HANDLER_NAME else MistakeKind.INPUT
    if name in _READING:
        return MistakeKind.READS_FILE if _file(call) else None
    if base == "subprocess" or (base == "requests" and name in ("get", "post", "request")):
        return MistakeKind.COMMAND if base == "subprocess" else MistakeKind.NETWORK
    kinds = (
        (_TRAINING, MistakeKind.TRAINING),
        (_SHOWING, MistakeKind.SHOWING),
        (_WAITING, MistakeKind.WAITING),
        (_COMMANDS, MistakeKind.COMMAND),
        (_NETWORK, MistakeKind.NETWORK),
    )
    return next((kind for names, kind in kinds if name in names), None)


def _mistake(sentence: Message, kind: MistakeKind, node: ast.stmt | ast.expr, subject: str) -> Mistake:
    text = Message(sentence.sentence, {"subject": subject})
    return Mistake(line=node.lineno, message=text, severity=Severity.WARNING, kind=kind, subject=subject)


def _subject(kind: MistakeKind, call: ast.Call) -> str:
    return _file(call) if kind is MistakeKind.READS_FILE else f"{_dotted(call.func)}()"


def _file(call: ast.Call) -> str:
    """The file that the call names outright."""
    first = call.args[0] if call.args else None
    if first is None and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        return _file(call.func.value)  # Path("a.txt").read_text()
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))[:80]


def _root_name(node: ast.expr) -> str:
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""
