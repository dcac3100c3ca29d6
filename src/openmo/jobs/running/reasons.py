"""Why a job waits, and how it ended: a code with parameters, and the sentence for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from openmo.core.amounts import memory_text, time_text
from openmo.core.messages import Message, message
from openmo.events.values import Amount


@dataclass(frozen=True, slots=True)
class Reason:
    """What there is to say about a job; an empty code says nothing."""

    code: str = ""
    params: Mapping[str, Amount] = field(default_factory=dict)
    """Amounts end in `_bytes` or `_seconds`; `detail` is a sentence of its own."""


SENTENCES: Final[Mapping[str, Message]] = {
    "starting": message("It starts in a moment."),
    "waiting_cpus": message("Waiting for CPUs: it needs %(cpus)s, and %(free_cpus)s of %(all_cpus)s are free."),
    "waiting_gpus": message("Waiting for GPUs: it needs %(gpus)s, and %(free_gpus)s of %(all_gpus)s are free."),
    "waiting_disk": message(
        "Waiting for space: the disk is nearly full. Delete old results or jobs, or ask the administrator for space."
    ),
    "waiting_turn": message("Waiting for its turn."),
    "waiting_never": message(
        "It cannot start here: it needs %(cpus)s CPUs and %(gpus)s GPUs, and there are %(all_cpus)s and %(all_gpus)s. "
        "Terminate it and ask for less."
    ),
    "building_environment": message("An environment that it needs is being built: that takes a minute or two."),
    "exited": message(
        "It ended with exit code %(exit_code)s and printed nothing: look at what the script does at its end."
    ),
    "exited_saying": message(
        "Exit code %(exit_code)s, after the line: %(line)s. Correct what it says and run the job again."
    ),
    "exited_error": message(
        "Exit code %(exit_code)s: %(error)s. The end of the log shows where; correct it and run the job again."
    ),
    "missing_module": message(
        "Exit code %(exit_code)s: there is no Python package “%(module)s” here. "
        "Install it with !pip install in a notebook of the project, then create the job anew."
    ),
    "missing_file": message(
        "Exit code %(exit_code)s: there is no file %(path)s. A job runs in a copy of the project's code, with its "
        "datasets/, modules/ and results/; check the name, and that the file was there when the job was created."
    ),
    "reads_input": message(
        "Exit code %(exit_code)s: it asked for input, and a job has no keyboard. Give the value as an argument."
    ),
    "disk_full": message(
        "The disk is full, so it could not go on. Delete old results or jobs, or ask the administrator for space, then "
        "run it again."
    ),
    "too_many_files": message(
        "Exit code %(exit_code)s: it held too many files open at once. Close them, or use fewer worker processes."
    ),
    "not_allowed": message(
        "Exit code %(exit_code)s: %(error)s. A job may write to results/, to its own copy of the code and to temporary "
        "files; save there."
    ),
    "crashed": message(
        "It crashed (%(signal)s) in compiled code, such as a library's. The end of the log may say more; try less data "
        "or another version of the library."
    ),
    "signalled": message(
        "Its process was ended by %(signal)s from outside; the end of the log may say why. Run it again."
    ),
    "time_limit": message("It reached its time limit of %(limit_seconds)s. Run it again with a larger one."),
    "out_of_memory": message(
        "It ran out of memory: it held %(peak_bytes)s and may hold %(limit_bytes)s. "
        "Use smaller batches, load less at once, or allow more."
    ),
    "machine_out_of_memory": message(
        "The machine ran out of memory while it held %(peak_bytes)s. Use smaller batches or load less at once."
    ),
    "too_many_processes": message(
        "It started more processes and threads than a job may have at once, so it was stopped. Use fewer workers, or "
        "ask the administrator for more (OPENMO_PROCESSES)."
    ),
    "terminated_by": message("Stopped by %(who)s."),
    "terminated": message("It was stopped."),
    "lost": message("The process that watched over it was killed. Run it again."),
    "lost_machine": message("The machine was restarted while it ran. Run it again."),
    "end_unrecorded": message("The record of how it ended is damaged or gone. Run it again."),
    "not_started": message("Its process could not be started. Run it again."),
    "cannot_start": message("It could not be started: %(why)s. Correct that and run it again."),
}
AHEAD = message("Jobs ahead of it: %(ahead)s.")
ESTIMATE = message("It should start in about %(wait_seconds)s.")


def say(reason: Reason, translate: Callable[[str], str] = str) -> str:
    """The sentence in the language of `translate`; empty for a code that this version does not know."""
    if not reason.code or reason.code not in SENTENCES:
        return ""
    params = reason.params
    if detail := params.get("detail"):
        return translate(str(detail))
    shown = {name: _amount(name, value) for name, value in params.items()}
    sentences = [SENTENCES[reason.code]]
    sentences += [extra for name, extra in (("ahead", AHEAD), ("wait_seconds", ESTIMATE)) if params.get(name)]
    try:
        return " ".join(translate(sentence) % shown for sentence in sentences)
    except KeyError:  # written by another version, with other parameters
        return ""


def _amount(name: str, value: object) -> str:
    if not isinstance(value, int | float):
        return str(value)
    if name.endswith("_bytes"):
        return memory_text(value)
    return time_text(value) if name.endswith("_seconds") else str(value)
