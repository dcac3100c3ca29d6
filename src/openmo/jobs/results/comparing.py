"""What several jobs have in common, and in what they differ."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openmo.core.errors import InvalidInput
from openmo.jobs.values import Job

JOBS_MAX: Final = 100
"""Jobs that can be compared at once."""

_NUMBER_MAX: Final = 2**31 - 1
_FLAG: Final = "✓"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Jobs that ran the same script with equal arguments and variables, but for those that were to be ignored."""

    jobs: tuple[Job, ...]
    arguments: Mapping[str, str]
    """Those that count."""


def parse_numbers(text: str) -> tuple[int, ...]:
    """Numbers of jobs as an address gives them, `3,5,8`, each once; raises InvalidInput."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidInput("Give the numbers of the jobs to compare, such as n=3,5,8.", field="n")
    numbers = tuple(dict.fromkeys(min(int(part[:12]), _NUMBER_MAX) for part in parts))
    if len(numbers) > JOBS_MAX:
        raise InvalidInput("At most 100 jobs can be compared at once.", field="n")
    return numbers


def parse_names(text: str) -> frozenset[str]:
    """Names of arguments, `seed, lr`, without their dashes."""
    return frozenset(part.strip().lstrip("-").casefold() for part in text.split(",") if part.strip())


def arguments_of(args: Sequence[str]) -> dict[str, str]:
    """A command line by the names of its arguments (`--lr 0.1`, `--lr=0.1`, `lr=0.1`, `--fast`), others by place."""
    found: dict[str, str] = {}
    place = 0
    index = 0
    while index < len(args):
        text = args[index]
        name, equals, value = text.partition("=")
        index += 1
        if equals and name.lstrip("-"):
            pass
        elif _is_option(text):
            name, value = text, _FLAG
            if index < len(args) and not _is_option(args[index]):
                value = args[index]
                index += 1
        else:
            place += 1
            name, value = f"#{place}", text
        found[name] = f"{found[name]} {value}" if name in found else value
    return found


def differing(jobs: Iterable[Job]) -> tuple[str, ...]:
    """Arguments that are not the same in all of the jobs, in the order in which they first appear."""
    lines = [arguments_of(job.args) for job in jobs]
    names = dict.fromkeys(name for line in lines for name in line)
    return tuple(name for name in names if len({line.get(name) for line in lines}) > 1)


def group(jobs: Iterable[Job], ignored: Collection[str] = frozenset({"seed"})) -> tuple[Group, ...]:
    """The jobs by what they were asked to do, in their own order; `ignored` are names as `parse_names` gives them."""
    groups: dict[tuple[object, ...], list[Job]] = {}
    for job in jobs:
        groups.setdefault(_key(job, ignored), []).append(job)
    return tuple(
        Group(jobs=tuple(found), arguments=_counting(arguments_of(found[0].args), ignored)) for found in groups.values()
    )


def _key(job: Job, ignored: Collection[str]) -> tuple[object, ...]:
    arguments = _counting(arguments_of(job.args), ignored)
    return (job.script, frozenset(arguments.items()), frozenset(_counting(job.env, ignored).items()))


def _counting(values: Mapping[str, str], ignored: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name.lstrip("-").casefold() not in ignored}


def _is_option(text: str) -> bool:
    """`--lr` and `-v`, but no negative number."""
    return text.startswith("-") and len(text) > 1 and not text[1:2].isdigit() and text[1:2] != "."
