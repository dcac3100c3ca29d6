"""Words that the code has given up stay away: docs/reference/glossary.md has those that it uses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sources import ROOT

RETIRED = (
    ("said", "message"),
    ("Said", "Message"),
    ("told", "what it is: detail, notices, reported"),
    ("Sentence", "Message"),
    ("asked", "request"),
    ("Exchange", "Request"),
    ("Calling", "CallService"),
    ("CallBook", "CallRegistry"),
    ("FollowedCall", "AsyncCall"),
    ("takes_over", "wants_async"),
    ("Moment", "Cursor"),
    ("Changes", "ChangeFeed"),
    ("News", "LogEvents"),
    ("Chosen", "ComparedJobs"),
    ("Needle", "Query"),
    ("Found", "Match"),
    ("Place", "QueuePosition"),
    ("Grant", "Allocation"),
    ("AppTakenDown", "AppSuspended"),
    ("offline", "suspended"),
    ("taken_down", "suspended"),
    ("put_back", "resume"),
    ("is_there", "exists"),
    ("there_is", "capacity"),
    ("lacking", "missing"),
    ("amiss", "problems"),
    ("Running", "RunningProcess"),
    ("_PATIENCE", "…_TIMEOUT_SECONDS"),
    ("_AGAIN", "RETRY_SECONDS"),
    ("_MOST", "MAX_…"),
    ("_SELDOM", "…_INTERVAL_TICKS"),
    ("_SPARE", "…"),
    ("PATIENCE", "…_TIMEOUT_SECONDS"),
    ("MOST", "MAX_…"),
)
"""(retired, what to say instead): names of classes, functions, parameters of calls, fields and constants. Add to it."""
RETIRED_PARTS = frozenset({"amiss", "asked", "lacking", "patience", "said", "seldom", "tells", "told", "whoever"})
"""Words that stand in no such name, not beside others either: one searches for timeout, error, request, missing."""
PYTHON = ("src", "tests", "tools", "benchmarks", "lab/openmo_lab", "sdk/src")
SCRIPTS = ("lab/src", "web-assets/src", "ts-shared/src")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_DECLARED = re.compile(r"\b(?:class|interface|type|enum|function)\s+(\w+)")


def test_no_name_is_made_of_retired_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, line, name in (*_python_names(), *_script_names())
        if RETIRED_PARTS & set(_words(name))
        if not name.startswith("test_")  # a sentence
    ]
    assert found == []


def test_retired_words_stay_away() -> None:
    instead = dict(RETIRED)
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}: say {instead[name]}"
        for path, line, name in (*_python_names(), *_script_names())
        if name in instead
    ]
    assert found == []


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _python_names() -> Iterator[tuple[Path, int, str]]:
    for path in _files(PYTHON, "*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield path, node.lineno, name
                case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                    yield path, node.lineno, name
            if isinstance(node, ast.Module | ast.ClassDef):  # what a function calls its own is its own business
                for statement in node.body:
                    match statement:
                        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                            yield path, statement.lineno, name


def _script_names() -> Iterator[tuple[Path, int, str]]:
    for path in _files(SCRIPTS, "*.ts"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            yield from ((path, number, name) for name in _DECLARED.findall(line))


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob(pattern)) if "node_modules" not in path.parts)
