"""Which cells of a notebook make a file: proposed or chosen, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.core.messages import Message, as_message, message
from openmo.notebooks.quiet import TURNED_OFF, turn_off_commands
from openmo.notebooks.reading import CellKind, read_cells
from openmo.specs.cells import APP, CLASS, Aim, CellChoice, Reason, choose_cells
from openmo.specs.mistakes import Mistake, MistakeKind, Severity

CELL_LIMIT = 2000
CODE_LIMIT = 1 << 20
"""Characters of all code cells together; each is read several times while somebody waits."""
_HEAD_LENGTH = 100
_COMMAND_LENGTH = 80
_REASONS = {
    Reason.HANDLER: message("It defines handle."),
    Reason.MODULE: message("It defines %(names)s, which the module offers."),
    Reason.CLIENT: message("It makes the client that calls modules."),
    Reason.DEFINES: message("It defines %(names)s."),
    Reason.CHANGES: message("It changes %(names)s."),
    Reason.STAR: message("Its import * may define %(names)s."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCell:
    """One code cell, as a person decides about it."""

    index: int
    """Among all cells of the notebook, from 0."""
    id: str
    """The notebook's own name of the cell; empty in old formats."""
    head: str
    """Its first line that says something."""
    ticked: bool
    """Whether the file shown is made with it."""
    choice: CellChoice

    @property
    def why(self) -> str:
        """The reason for the tick, in a sentence; empty without one."""
        names, reason = ", ".join(self.choice.needed_for), self.choice.reason
        if reason is None:
            return ""
        if reason is Reason.MODULE and names == CLASS:
            return message("It defines the module's class.")
        return Message(_REASONS[reason].sentence, {"names": names})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The code cells of a notebook, and the sources of those that are taken."""

    cells: tuple[PreparedCell, ...]
    taken: tuple[str, ...]


def select_cells(
    notebook: Mapping[str, object],
    chosen: Sequence[int | str] | None = None,
    aim: Callable[[Sequence[str]], Aim] = lambda _: APP,
) -> Selection:
    """The notebook's code cells; taken are those that `chosen` names (indices or ids), or None: those proposed.

    `aim`: what they shall make, for these sources. Raises NotebookError, and InvalidInput for what names no cell.
    """
    found = _code_cells(notebook)
    quiet = [turn_off_commands(source).text for _, _, source in found]
    choices = choose_cells(quiet, aim(quiet))
    wanted = None if chosen is None else _indices(found, chosen)
    cells = tuple(
        PreparedCell(
            index=index,
            id=name,
            head=_head(source),
            ticked=choice.ticked if wanted is None else index in wanted,
            choice=choice,
        )
        for (index, name, source), choice in zip(found, choices, strict=True)
    )
    taken = tuple(text for cell, text in zip(cells, quiet, strict=True) if cell.ticked and not cell.choice.problem)
    return Selection(cells=cells, taken=taken)


def _code_cells(notebook: Mapping[str, object]) -> list[tuple[int, str, str]]:
    """(index, id, source) of each code cell."""
    cells = read_cells(notebook)
    if len(cells) > CELL_LIMIT:
        raise InvalidInput(
            message(
                "The notebook has over %(limit)s cells; put the app into one of its own.",
                limit=f"{CELL_LIMIT:,}",
            )
        )
    if sum(len(cell.source) for cell in cells if cell.kind is CellKind.CODE) > CODE_LIMIT:
        raise InvalidInput(
            message(
                "The notebook's cells hold more than %(limit)s KiB of code: keep data in files.", limit=CODE_LIMIT >> 10
            )
        )
    raw = notebook.get("cells")
    names = [each.get("id", "") for each in raw] if isinstance(raw, list) else []
    return [
        (index, str(names[index]) if index < len(names) else "", cell.source)
        for index, cell in enumerate(cells)
        if cell.kind is CellKind.CODE
    ]


def _indices(found: Sequence[tuple[int, str, str]], chosen: Sequence[int | str]) -> frozenset[int]:
    by_name: dict[int | str, int] = {name: index for index, name, _ in found if name}
    by_name |= {index: index for index, _, _ in found}
    for each in chosen:
        if each not in by_name:
            refusal = message("There is no code cell %(cell)s in this notebook any more.", cell=repr(str(each)[:80]))
            raise InvalidInput(refusal, field="cells")
    return frozenset(by_name[each] for each in chosen)


def _head(source: str) -> str:
    lines = (line.strip() for line in source.split("\n"))
    return next((line for line in lines if line.strip("# ")), "")[:_HEAD_LENGTH]


def unreadable(cells: Sequence[PreparedCell]) -> Iterator[Mistake]:
    """The ticked cells that are left out all the same."""
    for cell in cells:
        if cell.ticked and cell.choice.problem:
            text = message(
                "Cell %(number)s is left out, since it is not plain Python: %(problem)s",
                number=cell.index + 1,
                problem=cell.choice.problem,
            )
            yield error_at(None, text, MistakeKind.SYNTAX)


def turned_off(made: str) -> Iterator[Mistake]:
    """The lines of the file that work in notebooks only."""
    for number, line in enumerate(made.split("\n"), start=1):
        code = line.strip().removeprefix("pass").lstrip()
        if code.startswith(TURNED_OFF):
            command = code.removeprefix(TURNED_OFF)[:_COMMAND_LENGTH]
            text = message("%(command)s works in notebooks only and is turned off.", command=command)
            yield warning_at(number, text, MistakeKind.TURNED_OFF, command)


def error_at(line: int | None, text: str, kind: MistakeKind) -> Mistake:
    """What keeps the file from working."""
    return Mistake(line=line, message=as_message(text), severity=Severity.ERROR, kind=kind)


def warning_at(line: int | None, text: str, kind: MistakeKind, subject: str = "") -> Mistake:
    """What somebody should look at."""
    return Mistake(line=line, message=as_message(text), severity=Severity.WARNING, kind=kind, subject=subject)
