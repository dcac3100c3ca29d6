"""Which projects make a module."""

from openmo.core.errors import Conflict
from openmo.projects.values import Project, ProjectKind


def check_makes_module(project: Project) -> None:
    """Raises Conflict for a project that makes an app."""
    if project.kind is not ProjectKind.MODULE:
        raise Conflict("This project makes an app: a module begins with a project of the kind module.")
