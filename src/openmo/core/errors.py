"""The root of every error that OpenMo raises on purpose.

An error is data first: a stable `code` that programs branch on, a `status` that the web layer renders, a `title` that
names the kind, a message that says what happened and what to do, and `fields` for machines. The domain never imports
HTTP; one renderer, `openmo.core.problems`, turns any of these into RFC 9457 problem details.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from openmo.core.messages import as_message, message

_DETAIL_LENGTH = 1000


class OpenMoError(Exception):
    """Something went wrong that a person can understand and mend."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = message("Something went wrong")
    remedy: ClassVar[str] = "Do what the message says."

    def __init__(self, message: str, **fields: object) -> None:
        """`message`: a fixed text, or `message("…%(x)s…", x=…)` for one with values: catalogues hold both."""
        super().__init__(message)
        self.message = as_message(message)
        self.fields = fields

    @property
    def wrong(self) -> tuple[Mapping[str, str], ...]:
        """What `errors` lists of the fields: for each wrong one its `name` and a `message`."""
        listed = self.fields.get("errors")
        return tuple(each for each in listed if isinstance(each, Mapping)) if isinstance(listed, (list, tuple)) else ()

    def __str__(self) -> str:
        return self.message


class InvalidInput(OpenMoError):
    """The caller sent something that cannot be right; `errors` may list one entry for each wrong input.

    `summary` says that the message sums up these entries and nothing else.
    """

    code = "invalid_input"
    status = 422
    title: ClassVar[str] = message("Invalid input")
    remedy = "Correct the fields in `errors`, and send it again."

    @classmethod
    def of_fields(cls, wrong: Iterable[tuple[str, str]]) -> Self:
        """The error of a whole request whose fields are wrong, each with why."""
        errors = [{"name": name, "message": why} for name, why in wrong]
        detail = "; ".join(f"{each['name']}: {each['message']}" for each in errors)[:_DETAIL_LENGTH]
        return cls(as_message(detail), errors=errors, summary=True)


class NotFound(OpenMoError):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    status = 404
    title: ClassVar[str] = message("Not found")
    remedy = "Check the address; ask the owner whether it is shared with you."


class NotSignedIn(OpenMoError):
    """The caller did not say who they are."""

    code = "not_signed_in"
    status = 401
    title: ClassVar[str] = message("Not signed in")
    remedy = "Sign in, or send a token: `Authorization: Bearer …`."


class Forbidden(OpenMoError):
    """The caller is known and may see the thing, but may not do this to it."""

    code = "forbidden"
    status = 403
    title: ClassVar[str] = message("Not allowed")
    remedy = "Ask the owner, or use a token that may do this."


class MethodNotAllowed(OpenMoError):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    title: ClassVar[str] = message("Method not allowed")
    remedy = "Use one of the methods that the header Allow names."


class Conflict(OpenMoError):
    """The request is fine, but the present state of the thing rules it out."""

    code = "conflict"
    status = 409
    title: ClassVar[str] = message("Conflict")
    remedy = "Read the thing again: the message says what is in the way."


class TooLarge(OpenMoError):
    """The input exceeds a stated limit."""

    code = "too_large"
    status = 413
    title: ClassVar[str] = message("Too large")
    remedy = "Send less: `limit` says how much is accepted."


class UnsupportedMediaType(OpenMoError):
    """The body is of a type that is not read here."""

    code = "unsupported_media_type"
    status = 415
    title: ClassVar[str] = message("Unsupported media type")
    remedy = "Send one of the types that the message names."


class TooManyRequests(OpenMoError):
    """The caller asked more often than the limit allows."""

    code = "too_many_requests"
    status = 429
    title: ClassVar[str] = message("Too many requests")
    remedy = "Wait for `retry_after` seconds."


class UnexpectedError(OpenMoError):
    """A mistake of ours; the server's log has it under `request_id`."""

    code = "internal_error"
    status = 500
    title: ClassVar[str] = message("Something broke on our side")
    remedy = "Report it with `request_id`."


class Unavailable(OpenMoError):
    """A part of the platform cannot serve right now; `retry_after` (seconds) says when to try again."""

    code = "unavailable"
    status = 503
    title: ClassVar[str] = message("Temporarily unavailable")
    remedy = "Wait for `retry_after` seconds."

    def __init__(self, message: str, *, retry_after: float = 1.0, **fields: object) -> None:
        super().__init__(message, retry_after=retry_after, **fields)
        self.retry_after = retry_after


class StorageFull(OpenMoError):
    """A disk has no space for what was to be saved, or too little of it is left."""

    code = "storage_full"
    status = 507
    title: ClassVar[str] = message("The disk is full")
    remedy = "Delete what is not needed (old jobs, results, releases), or ask the administrator for space."


class Damaged(OpenMoError):
    """What the platform keeps is not what it wrote: a file is missing, cut short, or something else lies there."""

    code = "damaged"
    status = 500
    title: ClassVar[str] = message("Something stored is damaged")
    remedy = "Restore what the message names from a backup, or make it anew."


class DeadlineExceeded(OpenMoError):
    """The work did not finish within its time limit."""

    code = "deadline_exceeded"
    status = 504
    title: ClassVar[str] = message("Time limit exceeded")
    remedy = "Send less work, or ask for a higher limit."


class InvalidTransition(Conflict):
    """A lifecycle was asked for a move that its table does not allow."""

    code = "invalid_transition"
    title: ClassVar[str] = message("This state does not allow that")
    remedy = "Read the thing again: it is in another state by now."
