"""Which of a module's versions is the newest, and which number was the last."""

from collections.abc import Iterable

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.versions import Version
from openmo.modules.values import DEV, ModuleVersion


def last_number(versions: Iterable[ModuleVersion]) -> Version | None:
    """The largest number that was ever published, yanked or not; None: there is no release."""
    return max((Version.parse(each.version) for each in versions if each.version != DEV), default=None)


def newest_number(versions: Iterable[ModuleVersion]) -> str:
    """The newest release that was not yanked; empty: there is none."""
    return str(last_number(each for each in versions if each.yanked_at is None) or "")


def check_grows(last: Version | None, version: Version) -> None:
    """Raises InvalidInput for a version that is not larger than the last."""
    if last is not None and version <= last:
        raise InvalidInput(
            message("Versions only grow: after %(last)s, %(next)s would do.", last=last, next=last.next_minor()),
            field="version",
        )
