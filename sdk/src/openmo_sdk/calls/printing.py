"""What a module prints in its own process appears here as if it were printed here."""

import codecs
import sys
from typing import TextIO

from openmo_sdk.calls.frames import STDERR, STDOUT


class Printer:
    """Text for this process's streams, as they are at that moment."""

    def __init__(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {
            source: decoder("backslashreplace") for source in (STDOUT, STDERR, -STDOUT, -STDERR)
        }  # below 0: what programs print that the module starts

    def write(self, source: int, data: bytes | bytearray, *, flush: bool) -> None:
        stream: TextIO | None = sys.stdout if abs(source) == STDOUT else sys.stderr
        text = self._decoders[source].decode(bytes(data))
        if stream is None or not text:
            return
        stream.write(text)
        if flush:
            stream.flush()
