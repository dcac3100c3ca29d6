"""Writes the generated pages of docs/reference; with `--check` it only says which are out of date."""

import ast
import inspect
import sys
from pathlib import Path
from typing import Any

import click

from openmo.accounts.rights import AUDIENCES, INCLUDES, TABLE, Audience, Kind, Right, Role, Token
from openmo.cli.main import COMMANDS, cli
from openmo.core.problems import EXTENSIONS
from openmo.jobs.log.text import visible

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also when it runs as a script
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lab"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from openmo_lab import problems as lab_problems
from security.escape.__main__ import ATTEMPTS, Attempt

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from support.training_logs import TrainingLog, training_logs

from tools.error_classes import error_classes

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
_ERRORS_HEAD = """# Errors

Made by `make docs` from the classes themselves.

Every answer that is an error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document
(`application/problem+json`), whoever answers: the web service, the gateway, the proxy, the tools of language models,
the JupyterLab extension. `code` is stable: programs branch on it. `type` is `urn:openmo:error:` with the code. `detail`
is for people: it says what happened and what to do, in English or 简体中文. `openmo … --json` prints the same document.
"""
_ERROR_TABLE = ("| status | code | title | what it means | what to do |", "| --- | --- | --- | --- | --- |")
_RIGHTS_HEAD = """# Rights

Made by `make docs` from the table that every door asks: pages, REST API, gateway, JupyterHub and, through the REST API,
the command line. What somebody may not see is absent for them (404), never forbidden; what is theirs to see but not to
do is refused (403), and guests are asked to sign in (401).

A column is what the thing is open to; a cell names who may. *Everybody* includes guests. Owners may do what people with
an account may, and so may administrators; administrators may do no more than is said here, and see no private projects.
Jobs and releases are as public as their project. An app is as public as its owner decided; its development version is
always private.

The last column names tokens that do not stand for all of their account: that of **one project** (its JupyterLab server
has it; it acts on this project, and on what belongs to no project as its owner), and that for **one app**. Where it
says *any*, what guests may do can be done with a token for something else, too. A token never lets its bearer do
more than its account may.
"""
_RIGHTS_TITLES = {
    Kind.PLATFORM: "The installation",
    Kind.PROJECT: "Projects",
    Kind.JOB: "Jobs of a project",
    Kind.RELEASE: "A project's app, as its owner looks after it",
    Kind.APP: "Deployed apps, as their callers meet them",
    Kind.DATASET: "Datasets",
    Kind.MODULE: "Modules",
}
_AUDIENCE_WORDS = {
    Audience.PUBLIC: "public",
    Audience.SIGNED_IN: "for people with an account",
    Audience.LINK: "by its link",
    Audience.PRIVATE: "private",
}
_ROLE_WORDS = {
    Role.GUEST: "everybody",
    Role.LINK: "whoever has the link",
    Role.SIGNED_IN: "people with an account",
    Role.OWNER: "the owner",
    Role.ADMINISTRATOR: "administrators",
}
_TOKEN_WORDS = {Token.PROJECT: "one project", Token.APP: "one app", Token.OTHER: "any"}
_PROGRESS_TEXT_HEAD = """# Progress text that is charted

Made by `make docs` from the logs in `tests/corpora/training`, each of which is a test. Some were printed by
that version, others are written in the form that its source or documentation gives.

What these programs print becomes curves without any change to your code; [metrics](../explanation/metrics.md) says by
which rules. Durations, dates, memory, throughput, percentages of progress and settings are never charted. An evaluation
that prints the same names as the training gets its own: `[EVAL] loss: 0.3` is *EVAL loss*.
"""
_NOT_CHARTED = "Not charted"
_SAMPLE_LINES = 4
_SAMPLE_WIDTH = 160
SETTINGS = ROOT / "src" / "openmo" / "config" / "settings.py"
ISOLATION = ROOT / "docs" / "explanation" / "isolation.md"
_ATTEMPTS_HEAD = """<!-- Made by `make docs` from tests/security/escape: change that. -->
## Every attempt to get out, and what refuses it

The tests make each of these attempts as real code in a notebook's kernel, a terminal, a job, an app's handler and the
trial of a deployment; a module that a cell calls runs in its kernel. They look from outside at what came of it: at the
files, processes and sockets that it was made upon, and for secrets in what it brought back. Each is also made under
each wall by itself, as root and as an ordinary user, and without any sandbox, where it must work.

The last column names what refuses it in all five places, each by itself. *Landlock 6* is Landlock from that ABI on,
*view* a view of its own, *capabilities* those that root gave up and others never had, *seccomp* the refused system
calls, *rights* the [table of rights](../reference/rights.md), *kernel* that Linux allows it to nobody.
"""
_NOUNS = {
    "files": "Reading files of others",
    "writes": "Changing files of others",
    "processes": "Processes of others",
    "ancestors": "Processes above",
    "memory": "Shared memory, queues and keys",
    "sockets": "Sockets and the network",
    "devices": "Devices",
    "mounts": "Mounts and roots",
    "kernel": "The kernel",
    "platform_api": "The platform's own doors",
}


def pages() -> dict[Path, str]:
    """The text of each generated page."""
    return {
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "errors.md": errors_page(),
        REFERENCE / "progress-text.md": progress_text_page(),
        REFERENCE / "rights.md": rights_page(),
        REFERENCE / "settings.md": settings_page(),
        ISOLATION: isolation_page(),
    }


def progress_text_page() -> str:
    """The kinds of text that count, each with the source of all samples and a sample of every one."""
    lines = [_PROGRESS_TEXT_HEAD]
    logs = training_logs()
    for kind in sorted({log.kind for log in logs}, key=lambda kind: (kind == _NOT_CHARTED, kind)):
        lines.append(f"## {kind}\n")
        for log in (log for log in logs if log.kind == kind):
            lines += [f"{log.source}:\n", "```", *_sample(log), "```\n"]
            names = ", ".join(f"`{name}` by {chart['axis']}" for name, chart in log.charts.items())
            lines.append(f"Charted: {names}.\n" if names else "Nothing is charted.\n")
    return "\n".join(lines).rstrip("\n") + "\n"


def _sample(log: TrainingLog) -> list[str]:
    """The first lines that say something, as a terminal shows them."""
    shown = [visible(line).strip("\n")[:_SAMPLE_WIDTH].rstrip() for line in log.data.decode().split("\n")]
    return [line for line in shown if line.strip()][:_SAMPLE_LINES]


def cli_page() -> str:
    """Every command with its help, as the command line prints it."""
    parts = ["# The command line\n\nMade by `make docs` from the commands themselves.\n"]
    context = click.Context(cli, info_name="openmo", terminal_width=100, max_content_width=100)
    for name, entry in COMMANDS.items():
        if not entry.hidden:
            command = cli.get_command(context, name)
            if command is not None:
                parts += _sections(command, context, name)
    return "\n".join(parts)


def _sections(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    found = [f"## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"]
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            child = command.get_command(context, inner)
            if child is not None:
                found += _sections(child, context, inner)
    return found


def errors_page() -> str:
    """Every error by its code, from the classes themselves, and what the members of problem details mean."""
    parts = [_ERRORS_HEAD, "## Of the server, the gateway and the command line\n", *_ERROR_TABLE]
    parts += [
        _error_row(kind.status, kind.code, kind.title, kind.__doc__, kind.remedy)
        for kind in sorted(error_classes().values(), key=lambda each: (each.status, each.code))
        if "code" in vars(kind)
    ]
    parts += ["\n## Of the JupyterLab extension\n", *_ERROR_TABLE]
    for problem in _lab_problems():
        parts.append(
            _error_row(problem.status_code, problem.code, problem.title, type(problem).__doc__, problem.detail)
        )
    parts += ["\n## Members\n", "| member | what it says |", "| --- | --- |"]
    parts += [f"| `{name}` | {meaning} |" for name, meaning in EXTENSIONS.items()]
    return "\n".join([*parts, ""])


def _error_row(status: int, code: str, title: str, meaning: str | None, remedy: str) -> str:
    first = " ".join((meaning or "").strip().partition("\n\n")[0].split())
    return f"| {int(status)} | `{code}` | {title} | {first} | {remedy} |"


def _lab_problems() -> list[lab_problems.Problem]:
    """One of each kind that the extension's server half raises by itself, with stand-ins for what it is about."""
    kinds = [each for each in vars(lab_problems).values() if isinstance(each, type)]
    found = []
    for kind in kinds:
        if issubclass(kind, lab_problems.Problem) and kind is not lab_problems.Problem:
            stand_ins: list[Any] = [f"({name})" for name in inspect.signature(kind).parameters]
            found.append(kind(*stand_ins))
    return sorted(found, key=lambda each: (each.status_code, each.code))


def rights_page() -> str:
    """The table of rights, kind by kind."""
    parts = [_RIGHTS_HEAD]
    for kind, audiences in AUDIENCES.items():
        head = ["who may …", *(_AUDIENCE_WORDS[audience] for audience in audiences), "tokens for"]
        if len(audiences) == 1:
            head[1] = ""
        rows = [head, ["---"] * len(head), *(_right(right) for right in TABLE if right.kind is kind)]
        lines = [f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows]
        parts.append("\n".join([f"## {_RIGHTS_TITLES[kind]}\n", *lines, ""]))
    return "\n".join(parts)


def _right(right: Right) -> list[str]:
    tokens = ", ".join(_TOKEN_WORDS[token] for token in Token if token in right.tokens)
    cells = [_who(right.least[audience]) for audience in AUDIENCES[right.kind]]
    return [f"{right.meaning} (`{right.verb}`)", *cells, tokens or "–"]


def _who(least: frozenset[Role]) -> str:
    """The roles, without those that others of them include."""
    told = [role for role in Role if role in least and not any(one in INCLUDES[role] for one in least - {role})]
    return ", ".join(_ROLE_WORDS[role] for role in told) or "–"


def settings_page() -> str:
    """Every setting with its variable, its default and what it means, from the source of `Settings`."""
    module = ast.parse(SETTINGS.read_text("utf-8"))
    definition = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for node, after in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(after, ast.Expr):
            meaning = " ".join(str(ast.literal_eval(after.value)).split())
            default = f"`{ast.unparse(node.value)}`" if node.value is not None else "see `openmo up --help`"
            rows.append(f"| `OPENMO_{node.target.id.upper()}` | {default} | {meaning} |")
    return (
        "# Settings\n\nMade by `make docs` from `openmo.config.settings`. Options of `openmo up` go before.\n\n"
        + "\n".join([*rows, ""])
    )


def isolation_page() -> str:
    """What is written by hand of isolation, and a table of every attempt against it."""
    written = ISOLATION.read_text("utf-8").partition(_ATTEMPTS_HEAD.partition("\n")[0])[0].rstrip()
    parts = [written, "", _ATTEMPTS_HEAD]
    for noun, title in _NOUNS.items():
        parts += [f"### {title}\n", "| attempt | what it tries | kernel, terminal, job, app, trial: refused by |"]
        parts += ["| --- | --- | --- |", *(_attempt_row(each) for each in ATTEMPTS.values() if each.noun == noun), ""]
    return "\n".join(parts)


def _attempt_row(each: Attempt) -> str:
    refused = ", ".join(each.walls)
    if each.ordinary not in (None, each.walls):
        refused = f"root: {refused}; others: {', '.join(each.ordinary or ())}"
    if each.open_because:
        refused = f"nothing: {each.open_because}"
    return f"| {each.name.replace('_', ' ')} | {each.tries} | {refused} |"


def main() -> int:
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" not in sys.argv:
            path.write_text(pages()[path], "utf-8")
        print(f"{'out of date' if '--check' in sys.argv else 'wrote'}: {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
