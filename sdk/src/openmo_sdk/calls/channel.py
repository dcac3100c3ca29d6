"""Calls of one module in one interpreter: one after the other, whichever thread makes them."""

import itertools
import signal
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from openmo_sdk.calls import frames
from openmo_sdk.calls.child import Child, describe_end
from openmo_sdk.calls.failures import rebuild
from openmo_sdk.calls.frames import Frame
from openmo_sdk.calls.parcel import BadFrame, Incoming, Outgoing
from openmo_sdk.calls.values import Decoder, Encoder, parse
from openmo_sdk.errors import EnvironmentMissing, ModuleEnded
from openmo_sdk.identifiers import Located, working_directory

_KILLING_INTERRUPT = 3
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: which method (empty: only load the module), of which instance, with what."""

    located: Located
    verb: str
    conf: Mapping[str, Any]
    instance: int | None = None
    made_with: Mapping[str, Any] | None = None
    """For an instance of its own, what its class is given."""
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a call."""

    value: Any = None
    error: BaseException | None = None
    interrupted: bool
    """Whether the module's method heard of an interrupt."""


class Channel:
    """To a child that is started by the first call, and anew by the first call after its end."""

    def __init__(self, python: Path) -> None:
        self.python = python
        self.forgotten: deque[int] = deque()
        """Instances that nobody can call any more."""
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._made: set[int] = set()
        self._closed = False

    def call(self, call: Call) -> Any:
        """What the method returns, or raises. Raises CannotPass, EnvironmentMissing, ModuleEnded."""
        with self._lock:
            try:
                with _Interrupted(self, call.number) as interrupted:
                    outcome = self._call(call)
                    if outcome.interrupted:
                        interrupted.times = 0  # the module has heard of it, and this is what it made of that
                    if outcome.error is not None:
                        raise outcome.error
                    return outcome.value
            finally:
                if self._closed:
                    self._drop_present()

    def interrupt(self, call: int, times: int) -> None:
        """From a signal's handler: the third time there is no waiting for the module any more."""
        if (child := self._child) is None:
            return
        if times >= _KILLING_INTERRUPT:
            child.kill()
        else:
            child.interrupt(call)

    def close(self, *, at_once: bool = False) -> None:
        """The child ends, after the call that is under way; `at_once`: in the middle of it."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            try:
                self._drop_present()
            finally:
                self._lock.release()
        elif at_once and (child := self._child) is not None:
            child.kill()

    def forget(self) -> None:
        """In a forked process, whose calls need a child of their own."""
        child, self._child = self._child, None
        self._lock = threading.Lock()
        if child is not None:
            child.forget()

    def _call(self, call: Call) -> Outcome:
        outgoing = Outgoing()
        try:
            document = self._request(call, outgoing)
            if self._child is not None and not self._child.alive():
                raise self._ended(call, self._child, "since its last call")
            child = self._child or self._start(call)
            try:
                frame = self._converse(child, document, outgoing)
            except BadFrame as error:
                raise self._ended(call, child) from error
            except BaseException:
                self._drop(child)  # what it says next would answer a call that nobody waits for
                raise
            if frame is None:
                raise self._ended(call, child)
        finally:
            outgoing.close()
        if call.instance is not None:
            self._made.add(call.instance)
        return self._answer(call, child, frame)

    def _request(self, call: Call, outgoing: Outgoing) -> bytes:
        name = str(call.located.identifier)
        encoder = Encoder(outgoing, lambda keys: _parameter(name, keys))
        new = call.instance is not None and call.instance not in self._made
        made_with, conf = encoder.encode(dict(call.made_with or {})) if new else None, encoder.encode(dict(call.conf))
        forget = [self.forgotten.popleft() for _ in range(len(self.forgotten))]
        self._made.difference_update(forget)
        identifier = call.located.identifier
        return encoder.document(
            {
                "call": call.number,
                "verb": call.verb,
                "identifier": [identifier.owner, identifier.name, identifier.version],
                "folder": str(call.located.folder),
                "directory": str(working_directory() or call.located.folder),
                "instance": call.instance,
                "forget": forget,
                "made_with": made_with,
                "conf": conf,
            }
        )

    def _start(self, call: Call) -> Child:
        try:
            child = self._child = Child(self.python)
        except OSError as error:
            raise EnvironmentMissing(
                f"The Python {self.python}, in which {call.located.identifier} should run, did not start: {error}."
            ) from error
        try:
            hello = next(child.frames(), None)
        except BadFrame:
            hello = None
        except BaseException:
            self._drop(child)
            raise
        if hello is None:
            status = self._drop(child, at_once=False)
            raise EnvironmentMissing(
                f"The environment of {call.located.identifier} did not start: {describe_end(status)}; what it printed "
                f"stands above. It needs Python 3.11 or newer."
            )
        return child

    def _converse(self, child: Child, document: bytes, outgoing: Outgoing) -> Frame | None:
        child.send(document, outgoing.inline, outgoing.descriptors())
        return next(child.frames(), None)

    def _answer(self, call: Call, child: Child, frame: Frame) -> Outcome:
        incoming = Incoming(frame.inline, frame.descriptors)
        try:
            form, decoder = parse(frame.document), Decoder(incoming)
            interrupted = bool(form["interrupted"])
            if frame.kind == frames.FAILURE:
                return Outcome(error=rebuild(decoder, form), interrupted=interrupted)
            return Outcome(value=decoder.decode(form["value"]), interrupted=interrupted)
        except (BadFrame, KeyError) as error:
            raise self._ended(call, child) from error
        except ModuleNotFoundError as error:
            raise EnvironmentMissing(
                f"What {call.verb} of {call.located.identifier} returned needs {error.name}, which is not installed "
                f"here. Install it, usually with: pip install {error.name}"
            ) from error
        finally:
            incoming.close()

    def _ended(self, call: Call, child: Child, when: str = "") -> ModuleEnded:
        when = when or (f"during {call.verb}" if call.verb else "while it was loaded")
        return ModuleEnded(
            f"The process of the module {call.located.identifier} is gone {when} ({describe_end(self._drop(child))}); "
            "the next call starts a new one, without what this one had learned."
        )

    def _drop_present(self) -> None:
        if self._child is not None:
            self._drop(self._child, at_once=False)

    def _drop(self, child: Child, *, at_once: bool = True) -> int:
        self._child = None
        self._made.clear()
        return child.end(at_once=at_once)


class _Interrupted:
    """Hands Ctrl-C on to the call, as long as nobody but Python itself handles it here."""

    def __init__(self, channel: Channel, call: int) -> None:
        self.times = 0
        self._channel = channel
        self._call = call
        self._installed = False

    def __enter__(self) -> Self:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, step: TracebackType | None
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self.times and not isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt  # it came when the module's method had returned, or has ended the module

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.times += 1
        self._channel.interrupt(self._call, self.times)


def _parameter(module: str, keys: list[Any]) -> str:
    if not keys:
        return f"What {module} is called with"
    place = "".join(f"[{key!r:.60}]" for key in keys[1:])
    return f"The parameter {keys[0]!r:.60} of {module}" + (f", at {place}," if place else "")
