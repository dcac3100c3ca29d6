"""One code cell at a time: as it is, with its commands converted, or commented out with the reason."""

import re
from typing import NamedTuple

from openmo.notebooks.awaits import wrapped
from openmo.notebooks.ipython_calls import SHELL, as_commands, commented, shell_names, without_calls
from openmo.notebooks.lines import statements
from openmo.notebooks.magics import Needs, NoEquivalent, cell_outcome, convert_cell_magic, convert_statement
from openmo.notebooks.outcomes import NO_IPYTHON, Outcome, left_out
from openmo.notebooks.python import compiles, problem
from openmo.notebooks.shell import Knows

_BEGINS_WITH_COMMAND = re.compile(r"[%!?]|[^\W\d]\w*[ \t]*=[ \t]*[%!](?!=)")  # no Python cell begins so
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

    def __init__(self, knows: Knows, *, trusting: bool) -> None:
        self.needs = Needs(knows=knows)
        self._trusting = trusting
        self._shell_names: set[str] = set()

    def convert(self, source: str) -> Converted | None:
        """The cell's code as valid Python; None for a blank cell."""
        text = source.rstrip().lstrip("\n")
        if not text:
            return None
        if not _BEGINS_WITH_COMMAND.match(text) and (self._looks_plain(text) or compiles(text)):
            return self._without_shell(text) if self._may_use_shell(text) else Converted(text)
        if text.startswith("%%"):
            return self._cell_magic(text)
        return self._commands(text)

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
        if rewritten != text:
            return self.convert(rewritten) or Converted("")
        plain, changed = without_calls(text, self._shell_names)
        first = text.split("\n", 1)[0]
        return Converted(plain, ((first, NO_IPYTHON),) if changed else ())

    def _cell_magic(self, text: str) -> Converted:
        head = text.partition("\n")[0]
        try:
            before, body, after = convert_cell_magic(text, self.needs)
        except NoEquivalent as reason:
            return _left_out(text, head, str(reason))
        inner = self.convert(body) or Converted("")
        code = "\n".join(part for part in (before, inner.text, after) if part)
        if not self._is_python(code):
            return _left_out(text, head, problem(code) or "")
        return Converted(code, ((head, cell_outcome(text)), *inner.changes))

    def _commands(self, text: str) -> Converted:
        """The cell with its command lines converted; commented out when that does not make it Python."""
        before = set(self.needs.helpers), set(self.needs.modules)
        for candidate in (text, _dedented(text)):
            converted = self._line_by_line(candidate)
            uses_shell = self._may_use_shell(converted.text)
            if compiles(converted.text) if uses_shell else self._is_python(converted.text):
                return self._finished(converted) if uses_shell else converted
            if compiles(converted.text, top_level_await=True) and (coroutine := wrapped(converted.text)):
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

    def _finished(self, converted: Converted) -> Converted:
        plain, _ = without_calls(converted.text, self._shell_names)
        return Converted(plain, converted.changes)


def _dedented(text: str) -> str:
    """The text without the first line's indentation, which notebooks forgive."""
    indent = re.match(r"[ \t]*", text)
    return re.sub(rf"^{indent[0]}", "", text, flags=re.MULTILINE) if indent and indent[0] else text


def _left_out(text: str, line: str, reason: str) -> Converted:
    reason = " ".join(reason.split())
    lines = [f"# Left out: {reason}.", *(commented(each) for each in re.split(r"\n", text.replace("\0", "")))]
    return Converted("\n".join(lines), ((line, left_out(reason)),))
