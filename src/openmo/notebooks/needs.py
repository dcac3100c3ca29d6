"""What converted code needs at the top of its script, gathered while cells are converted."""

from dataclasses import dataclass, field

from openmo.notebooks.names import NamesBound
from openmo.notebooks.shell import command_expression


@dataclass(slots=True)
class Needs:
    """Helpers, modules and `__future__` names of one script, and what is known of its notebook."""

    knows: NamesBound
    helpers: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    futures: dict[str, None] = field(default_factory=dict)

    def call(self, helper: str, *arguments: str) -> str:
        self.helpers.add(helper)
        return f"{helper}({', '.join(arguments)})"

    def text(self, command: str) -> str:
        return command_expression(command, self.knows)

    def mentions(self, word: str) -> bool:
        return self.knows.mentions(word)
