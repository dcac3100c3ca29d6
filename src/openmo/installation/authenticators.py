"""Whether the authenticator that the settings name is there, found out without loading it."""

from importlib.metadata import entry_points
from importlib.util import find_spec

from openmo.core.errors import InvalidInput
from openmo.core.messages import message


def check_authenticator(name: str) -> None:
    """Raises InvalidInput for what is neither the name of an authenticator nor a class in a module that is here."""
    known = sorted(point.name for point in entry_points(group="jupyterhub.authenticators"))
    if name.lower() in {each.lower() for each in known} or _is_here(name.rpartition(".")[0]):
        return
    raise InvalidInput(
        message(
            "There is no authenticator %(name)s here. Known are %(known)s; any other is named as package.module.Class, "
            "once it is installed beside OpenMo.",
            name=repr(name),
            known=", ".join(known),
        ),
        field="authenticator",
    )


def _is_here(module: str) -> bool:
    try:
        return bool(module) and find_spec(module) is not None
    except (ImportError, ValueError):
        return False
