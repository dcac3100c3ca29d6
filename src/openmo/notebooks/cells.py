"""One code cell at a time: as it is, with its commands converted, or commented out with the reason."""

import re
from typing import NamedTuple

from openmo.notebooks.awaits import starts_tasks, wrapped
from openmo.notebooks.cell_magics import cell_outcome, convert_cell_magic
from openmo.notebooks.displays import without_import
from openmo.notebooks.futures import without_futures
from openmo.notebooks.ipython_calls import SHELL, STAND_IN, as_commands, commented, shell_names, with_stand_in
from openmo.notebooks.lines import statements
from openmo.notebooks.magics import NoEquivalent, convert_statement
from openmo.notebooks.needs import Needs
from openmo.notebooks.outcomes import NO_IPYTHON, Outcome, left_out
from openmo.notebooks.python import compiles, problem
from openmo.notebooks.results import Results, with_result

_BEGINS_WITH_COMMAND = re.compile(r"[%!?]|[^\W\d]\w*[ \t]*=[ \t]*[%!](?!=)")  # no Python cell begins so
_BLANK_LINES = re.compile(r"^(?:[ \t]*\n)+")
_MAY_BE_COMMAND = re.compile(r"^[ \t]*[!%?]|=[ \t]*[!%]|\?;?[ \t]*$", re.MULTILINE)


class Converted(NamedTuple):
    """A cell's code for the script, and (line as it was, what was done) for every change."""

    text: str
    changes: tuple[tuple[str, Outcome], ...] = ()


class CellConverter:
    """Converts the cells of one notebook and remembers what the script needs at its top.

    A `trusting` converter takes what looks like Python for Python; its caller must ask `all_compile` about the outcome
    and, on a no, start again with one that asks about every cell and comments out what is not Python.
    """

    def __init__(self, needs: Needs, *, trusting: bool, results: Results = Results.FORGOTTEN) -> None:
        self.needs = needs
        self._trusting = trusting
        self._results = results
        self._number = 0
        self._shell_names: set[str] = set()

    def convert(self, source: str) -> Converted | None:
        """The cell's code as valid Python; None for a blank cell."""
        text = _BLANK_LINES.sub("", source.rstrip())
        if not text:
            return None
        self._number += 1
        text, futures = without_futures(text)
        self.needs.futures.update(dict.fromkeys(futures))
        if starts_tasks(text):
            self.needs.helpers.add("_nb_await")
        converted = self._converted(text)
        if self.needs.mentions("display_id") and compiles(converted.text):
            converted = Converted(without_import(converted.text), converted.changes)
        return self._with_result(converted)

    def _converted(self, text: str) -> Converted:
        if not _BEGINS_WITH_COMMAND.match(text) and (self._looks_plain(text) or compiles(text)):
            return self._without_shell(text) if self._may_use_shell(text) else Converted(text)
        if text.startswith("%%"):
            return self._cell_magic(text)
        return self._commands(text)

    def _with_result(self, converted: Converted) -> Converted:
        """The cell with its last line's value kept or shown, where the script is to do that."""
        if self._results is Results.FORGOTTEN or not compiles(converted.text):
            return converted
        helper, arguments = self._results.call(self._number)
        text = with_result(converted.text, f"{helper}(", f"{arguments})")
        if text is None or not compiles(text):
            return converted
        self.needs.helpers.add(helper)
        return Converted(text, converted.changes)

    def _looks_plain(self, text: str) -> bool:
        if not self._trusting or SHELL in text:
            return False
        marked = "%" in text or "!" in text or "?" in text
        return not (marked and _MAY_BE_COMMAND.search(text))

    def _is_python(self, text: str) -> bool:
        return self._trusting or compiles(text)

    def _may_use_shell(self, text: str) -> bool:
        return SHELL in text or (bool(self._shell_names) and any(name in text for name in self._shell_names))

    def _without_shell(self, text: str) -> Converted:
        self._shell_names |= shell_names(text)
        rewritten = as_commands(text, self._shell_names)
        return self._converted(rewritten) if rewritten != text else self._finished(Converted(text))

    def _cell_magic(self, text: str) -> Converted:
        head = text.partition("\n")[0]
        try:
            before, body, after = convert_cell_magic(text, self.needs)
        except NoEquivalent as reason:
            return _left_out(text, head, str(reason))
        inner = self._converted(body.strip("\n").rstrip()) if body.strip() else Converted("")
        if after.startswith("_nb_elapsed"):  # a timed cell has a value, too
            inner = self._with_result(inner)
        code = "\n".join(part for part in (before, inner.text, after) if part)
        if not self._is_python(code):
            return _left_out(text, head, problem(code) or "")
        return Converted(code, ((head, cell_outcome(text)), *inner.changes))

    def _commands(self, text: str) -> Converted:
        """The cell with its command lines converted; commented out when that does not make it Python."""
        before = set(self.needs.helpers), set(self.needs.modules)
        for candidate in (text, _dedented(text)):
            converted = self._line_by_line(candidate)
            if self._may_use_shell(converted.text) and compiles(converted.text, top_level_await=True):
                converted = self._finished(converted)
            if self._is_python(converted.text):
                return converted
            if compiles(converted.text, top_level_await=True) and (coroutine := self._coroutine(converted.text)):
                run = self.needs.call("_nb_await", "_nb_cell()")
                change = (text.split("\n", 1)[0], Outcome("converted: `await` outside a function runs in a coroutine"))
                return Converted(f"{coroutine}\n\n\n{run}", (*converted.changes, change))
        self.needs.helpers, self.needs.modules = before
        return _left_out(text, text.split("\n", 1)[0], f"not valid Python ({problem(converted.text)})")

    def _line_by_line(self, text: str) -> Converted:
        lines: list[str] = []
        changes: list[tuple[str, Outcome]] = []
        for statement in statements(text):
            done = convert_statement(statement, self.needs)
            if done is None:
                lines.append(statement)
            else:
                lines.append(done[0])
                changes.append((statement.strip(), done[1]))
        return Converted("\n".join(lines), tuple(changes))

    def _coroutine(self, text: str) -> str | None:
        shows = self._results is not Results.FORGOTTEN and not text.rstrip().endswith(";")
        return wrapped(text, returns=shows)

    def _finished(self, converted: Converted) -> Converted:
        plain, changed = with_stand_in(converted.text, self._shell_names)
        if not changed:
            return converted
        if STAND_IN in plain:
            self.needs.helpers.add(STAND_IN)
        return Converted(plain, (*converted.changes, (converted.text.split("\n", 1)[0], NO_IPYTHON)))


def _dedented(text: str) -> str:
    """The text without the first line's indentation, which notebooks forgive."""
    indent = re.match(r"[ \t]*", text)
    return re.sub(rf"^{indent[0]}", "", text, flags=re.MULTILINE) if indent and indent[0] else text


def _left_out(text: str, line: str, reason: str) -> Converted:
    reason = " ".join(reason.split())
    lines = [f"# Left out: {reason}.", *(commented(each) for each in re.split(r"\n", text.replace("\0", "")))]
    return Converted("\n".join(lines), ((line, left_out(reason)),))
