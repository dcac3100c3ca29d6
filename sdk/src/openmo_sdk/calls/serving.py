"""The child's side: one module in its own interpreter, called over a socket until the other side is gone."""

import contextlib
import ctypes
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

from openmo_sdk.calls import frames
from openmo_sdk.calls.failures import describe
from openmo_sdk.calls.interrupts import Interrupts
from openmo_sdk.calls.output import Output
from openmo_sdk.calls.parcel import BadFrame, Incoming, Outgoing
from openmo_sdk.calls.values import Decoder, Encoder, parse
from openmo_sdk.errors import EnvironmentMissing
from openmo_sdk.identifiers import Identifier, Located
from openmo_sdk.loading import Loaded, load_new, load_shared
from openmo_sdk.methods import call_method

NUMBER = struct.Struct(">Q")
"""On the second socket: the number of the call to interrupt."""
_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 2.0
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def serve(connection: socket.socket, control: socket.socket, parent: int, dies_with_parent: bool) -> None:
    """Answers calls until `connection` ends. `parent` is the process that it must not outlive."""
    if dies_with_parent:
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        return
    with contextlib.suppress(ConnectionError, BadFrame):  # the other side is gone, or nothing that one can talk to
        Server(connection, control).run(parent)


class Server:
    """One module's calls, one after the other, in the main thread."""

    def __init__(self, connection: socket.socket, control: socket.socket) -> None:
        self._connection = connection
        self._control = control
        self._sending = threading.Lock()
        self._interrupts = Interrupts()
        self._output = Output(self._send_output, self._interrupts)
        self._instances: dict[int, Loaded] = {}

    def run(self, parent: int) -> None:
        self._interrupts.install()
        os.register_at_fork(after_in_child=self._leave)
        threading.Thread(target=self._watch, args=(parent,), name="openmo-calls", daemon=True).start()
        self._output.install()
        self._send(frames.HELLO)
        while True:
            frame = frames.receive(self._connection)
            if frame is None:
                return
            self._answer(frame)

    def _answer(self, frame: frames.Frame) -> None:
        incoming, outgoing = Incoming(frame.inline, frame.descriptors), Outgoing()
        try:
            request = parse(frame.document)
            encoder = Encoder(outgoing, lambda keys: _returned(request, keys))
            try:
                kind, form = frames.RESULT, {"value": encoder.encode(self._call(request, Decoder(incoming)))}
            except BaseException as error:  # noqa: BLE001 (whatever it is, the caller gets it)
                self._interrupts.end()
                outgoing.close()
                kind, form = frames.FAILURE, describe(encoder, error)
            self._output.flush(wanted=False)
            self._finish(kind, form, encoder, outgoing)
        finally:
            incoming.close()
            outgoing.close()

    def _finish(self, kind: int, form: dict[str, Any], encoder: Encoder, outgoing: Outgoing) -> None:
        form["interrupted"] = self._interrupts.delivered
        try:
            document, descriptors = encoder.document(form), outgoing.descriptors()
        except Exception as error:  # noqa: BLE001 (too large, or no memory for the copy)
            outgoing.close()
            encoder = Encoder(outgoing, str)
            kind, form = frames.FAILURE, describe(encoder, error)
            document, descriptors = encoder.document(form), []
        self._send(kind, document, outgoing.inline, descriptors)

    def _call(self, request: dict[str, Any], decoder: Decoder) -> Any:
        located = Located(Identifier(*request["identifier"]), Path(request["folder"]))
        with contextlib.suppress(OSError):
            os.chdir(request["directory"])
        for number in request["forget"]:
            self._instances.pop(number, None)
        try:
            conf = decoder.decode(request["conf"])
            made_with = decoder.decode(request["made_with"])
        except ModuleNotFoundError as error:
            raise EnvironmentMissing(
                f"The environment of {located.identifier} has no {error.name}, which a parameter's value needs: "
                "name it in the module's requirements, or pass the value in another form."
            ) from error
        try:
            self._interrupts.begin(request["call"])
            loaded = self._loaded(located, request["instance"], made_with)
            return call_method(located, loaded, request["verb"], conf) if request["verb"] else None
        finally:
            self._interrupts.end()

    def _loaded(self, located: Located, number: int | None, made_with: Any) -> Loaded:
        if number is None:
            return load_shared(located)
        if number not in self._instances:
            self._instances[number] = load_new(located, made_with)
        return self._instances[number]

    def _send(
        self,
        kind: int,
        document: bytes = b"",
        inline: bytes | bytearray = b"",
        descriptors: "list[int] | tuple[()]" = (),
    ) -> None:
        with self._interrupts, self._sending:
            frames.send(self._connection, kind, document, inline, descriptors)

    def _send_output(self, kind: int, data: bytes, flushed: bool) -> None:
        for start in range(0, len(data), frames.MAX_INLINE):
            with contextlib.suppress(OSError):
                self._send(kind, b"1" if flushed else b"", data[start : start + frames.MAX_INLINE])

    def _watch(self, parent: int) -> NoReturn:
        """Hears of interrupts, and of the parent's end, which the module may be too busy to notice."""
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while os.getppid() == parent:
            if not poll.poll(_LOOK_SECONDS * 1000):
                continue
            data = self._control.recv(NUMBER.size)
            if len(data) < NUMBER.size:
                time.sleep(_GRACE_SECONDS)  # in which the main thread ends in order, when it can
                break
            self._interrupts.request(NUMBER.unpack(data)[0])
        os._exit(1)

    def _leave(self) -> None:
        """A process that the module forked has no part in its calls."""
        self._connection.close()
        self._control.close()
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _returned(request: dict[str, Any], keys: list[Any]) -> str:
    what = f"What {request['verb'] or 'it'} of {'/'.join(filter(None, request['identifier']))} returned"
    return what + (f", at {''.join(f'[{key!r:.60}]' for key in keys)}," if keys else "")


def main() -> None:
    """Of start.py: the descriptors of both sockets, the parent, and whether to die with it."""
    connection, control, parent, dies = (int(word) for word in sys.argv[1:5])
    sys.argv[1:] = []
    serve(socket.socket(fileno=connection), socket.socket(fileno=control), parent, bool(dies))
