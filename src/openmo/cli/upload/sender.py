"""Sending files by tus: each goes on where the server has it, whatever broke off on either side."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import httpx

from openmo.cli.client import ApiClient, Refused
from openmo.cli.upload.meter import Meter
from openmo.cli.upload.sources import LocalFile
from openmo.core.errors import Conflict, OpenMoError, Unavailable
from openmo.core.messages import message

_AT_ONCE = 4
SMALL_BYTES = 4 << 20
"""Such a file is announced and sent by one request."""
_PART_BYTES = 64 << 20
_CHUNK = 1 << 18
_SILENCE_SECONDS = 120.0
"""So long without a byte that came, it is given up."""
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 5.0
_TRY_AGAIN = frozenset({408, 423, 425, 429, 460, 500, 502, 503, 504})
_BYTES = "application/offset+octet-stream"


class Sender:
    """Sends files to one upload."""

    def __init__(self, client: ApiClient, upload: str, meter: Meter) -> None:
        self._client = client
        self._files = f"/api/v1/uploads/{upload}/files"
        self.meter = meter
        self._stop = threading.Event()

    def send(self, files: Sequence[LocalFile]) -> None:
        """Every file is with the server; raises what the server refuses, and Unavailable when it stays silent."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="upload") as threads:
            waiting = [threads.submit(self._send, file) for file in files]
            try:
                for each in waiting:
                    each.result()
            except BaseException:
                self._stop.set()
                for each in waiting:
                    each.cancel()
                raise

    def _send(self, file: LocalFile) -> None:
        if self._stop.is_set():
            return
        with file.source.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            place = _Place(self, file, sha256)
            trial = _Trial(self._stop)
            while not place.is_whole:
                before = place.offset
                try:
                    place.go_on(content)
                except OpenMoError as error:
                    place.is_known = False
                    trial.failed(error)
                else:
                    trial.came(place.offset - before)
        self.meter.done()

    def announce(self, file: LocalFile, sha256: str, content: BinaryIO) -> httpx.Response:
        values = {"path": file.target, "sha256": sha256}
        headers = {
            "Upload-Length": str(file.bytes),
            "Upload-Metadata": ",".join(f"{key} {_base64(value)}" for key, value in values.items()),
        }
        if not 0 < file.bytes <= SMALL_BYTES:
            return self._client.send("POST", self._files, headers=headers)
        content.seek(0)
        headers["Content-Type"] = _BYTES
        return self._client.send("POST", self._files, headers=headers, content=content.read(file.bytes))

    def part(self, address: str, content: BinaryIO, offset: int, size: int) -> httpx.Response:
        content.seek(offset)
        headers = {"Upload-Offset": str(offset), "Content-Type": _BYTES, "Content-Length": str(size)}
        return self._client.send("PATCH", address, headers=headers, content=self._chunks(content, size))

    def _chunks(self, content: BinaryIO, size: int) -> Iterator[bytes]:
        while size > 0 and not self._stop.is_set():
            data = content.read(min(_CHUNK, size))
            if not data:
                raise Conflict("A file got shorter while it was sent: give the command again.")
            size -= len(data)
            yield data
            self.meter.sent(len(data))

    def offset(self, address: str) -> int:
        return int(self._client.send("HEAD", address, headers={}).headers["upload-offset"])


class _Place:
    """A file as the server has it."""

    def __init__(self, sender: Sender, file: LocalFile, sha256: str) -> None:
        self._sender = sender
        self._file = file
        self._sha256 = sha256
        self._address = ""
        self.offset = 0
        self.is_known = True
        """Whether the server said how much it has, since something last went wrong."""

    @property
    def is_whole(self) -> bool:
        return bool(self._address) and self.is_known and self.offset == self._file.bytes

    def go_on(self, content: BinaryIO) -> None:
        """One request's worth."""
        if not self._address:
            self._announce(content)
        elif not self.is_known:
            self._settle(self._sender.offset(self._address), sent=0)
        else:
            size = min(_PART_BYTES, self._file.bytes - self.offset)
            answer = self._sender.part(self._address, content, self.offset, size)
            self._settle(int(answer.headers["upload-offset"]), sent=0)

    def _announce(self, content: BinaryIO) -> None:
        answer = self._sender.announce(self._file, self._sha256, content)
        self._address = httpx.URL(answer.headers["location"]).path
        there = int(answer.headers["upload-offset"])
        self._settle(there, sent=there if self._file.bytes <= SMALL_BYTES else 0)

    def _settle(self, there: int, *, sent: int) -> None:
        """The server has so much of the file; the meter says what it has, and not what was lost on the way."""
        self._sender.meter.sent(sent)
        self._sender.meter.at(self._file.target, there)
        self.offset, self.is_known = there, True


class _Trial:
    """How long it makes sense to go on."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._wait = _FIRST_WAIT_SECONDS
        self._came = time.monotonic()

    def came(self, size: int) -> None:
        if size > 0:
            self._wait, self._came = _FIRST_WAIT_SECONDS, time.monotonic()

    def failed(self, error: OpenMoError) -> None:
        """Waits before the next try; raises the error where there is none."""
        lasting = isinstance(error, Refused) and error.status not in _TRY_AGAIN and error.code != "wrong_offset"
        if lasting or not isinstance(error, Refused | Unavailable):
            raise error
        if time.monotonic() - self._came > _SILENCE_SECONDS:
            raise Unavailable(
                message("The upload does not get on (%(why)s): give the same command again later.", why=str(error))
            ) from error
        if self._stop.wait(self._wait):
            raise error
        self._wait = min(2 * self._wait, _LONGEST_WAIT_SECONDS)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
