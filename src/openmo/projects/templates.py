"""Project templates: folders with a `template.yml`, copied into a new workspace."""

from pathlib import Path

import yaml

from openmo.core.copies import copy_folder
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.projects.values import ProjectKind, Template

_DESCRIPTION = "template.yml"


class Templates:
    """The templates below one folder; they ship with OpenMo, so they are trusted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> tuple[Template, ...]:
        """Every template; *Blank* first."""
        found = [self._read(path.parent) for path in self._folder.glob(f"*/{_DESCRIPTION}")]
        return tuple(sorted(found, key=lambda template: (template.name != "blank", template.name)))

    def get(self, name: str) -> Template:
        """Raises InvalidInput."""
        for template in self.all():
            if template.name == name:
                return template
        known = ", ".join(template.name for template in self.all())
        raise InvalidInput(
            message("There is no template %(name)s. There are: %(known)s.", name=repr(name[:80]), known=known),
            field="template",
        )

    def fill(self, template: Template, workspace: Path) -> None:
        """The template's files appear in the workspace."""
        without = (_DESCRIPTION, "__pycache__", ".ipynb_checkpoints")
        copy_folder(self._folder / template.name, workspace, without=without)

    def _read(self, folder: Path) -> Template:
        data = yaml.safe_load((folder / _DESCRIPTION).read_text("utf-8"))
        return Template(
            name=folder.name,
            kind=ProjectKind(data.get("kind", "app")),
            titles=dict(data["title"]),
            descriptions=dict(data["description"]),
            datasets=tuple(data.get("datasets") or ()),
            optional_datasets=tuple(data.get("optional_datasets") or ()),
            modules=tuple(data.get("modules") or ()),
        )
