"""What can be in the way of a file that is sent."""

from typing import ClassVar

from openmo.core.errors import Conflict, OpenMoError
from openmo.core.messages import message


class Locked(OpenMoError):
    """Somebody else is writing this at the moment: wait, and go on where the thing then stands."""

    code = "locked"
    status = 423
    title: ClassVar[str] = message("In use")
    remedy = "Wait for `retry_after` seconds, ask where it stands (HEAD), and go on from there."

    def __init__(self, text: str, *, retry_after: float = 1.0) -> None:
        super().__init__(text, retry_after=retry_after)


class ChecksumMismatch(OpenMoError):
    """What came is not what was sent; it was thrown away."""

    code = "checksum_mismatch"
    status = 460
    title: ClassVar[str] = message("Damaged on the way")
    remedy = "Send the same bytes again, from the offset where they began."


class WrongOffset(Conflict):
    """A part of a file does not begin where the file ends."""

    code = "wrong_offset"
    title: ClassVar[str] = message("Other offset")
    remedy = "Ask where the file stands (HEAD), and go on from there."
