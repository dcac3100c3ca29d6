"""The files that a new module project begins with: a whole module that works, and says how to make it one's own."""

import keyword
from dataclasses import dataclass
from pathlib import Path

from openmo.languages.language import Language
from openmo.specs.files import MODULE_SPEC, dump_module_spec
from openmo.specs.module import ModuleKind, read_module

MAIN = "main.py"
README = "README.md"
_NAMES = {ModuleKind.MODEL: "straight_line", ModuleKind.TOOLKIT: "word_count"}
"""What the modules are called that lie in the folder of skeletons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonChoice:
    """Which skeleton, and whose it will be."""

    kind: ModuleKind
    owner: str
    name: str
    """The module's."""
    title: str
    language: Language


def module_name(project: str) -> str:
    """What the module is called that a project of that name makes."""
    return project.replace("-", "_")


def class_name(module: str) -> str:
    """The name of a module's class: its own, as far as Python takes that for a name."""
    if not module.isidentifier():
        return f"module_{module}"
    return f"{module}_" if keyword.iskeyword(module) or keyword.issoftkeyword(module) else module


class Skeletons:
    """The skeletons below one folder; they ship with OpenMo, so they are trusted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self, choice: SkeletonChoice) -> dict[str, str]:
        """Text by name; module_spec.yml says what main.py declares."""
        folder = self._folder / choice.kind / choice.language.tag
        example = _NAMES[choice.kind]
        made = {}
        for path in sorted(folder.iterdir()):
            text = path.read_text(encoding="utf-8")
            text = text.replace(f"owner/{example}", f"{choice.owner}/{choice.name}")
            made[path.name] = text.replace(example, class_name(choice.name))
        _, _, about = made[README].partition("\n")
        made[README] = f"# {choice.title}\n{about}"
        made[MODULE_SPEC] = dump_module_spec(read_module(made[MAIN]).spec)
        return made
