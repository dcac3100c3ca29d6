"""The child process that formats documents: one after another, each within its processor time, or it ends.

It runs in the sandbox with no file of its own, since parsers of hostile text may be made to do anything.
"""

import resource
import signal
import socket
import sys

import msgspec

from openmo.system.frames import FrameError, FrameSocket
from openmo.web.documents.formatting import formatted
from openmo.web.documents.values import CPU_SECONDS, Document

_MEMORY_BYTES = 2 << 30


def main() -> None:
    """Answers frames on the socket whose number is the argument, until the other end closes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    connection = FrameSocket(socket.socket(fileno=int(sys.argv[1])))
    decode, encode = (
        msgspec.json.Decoder(Document).decode,
        msgspec.json.Encoder(enc_hook=str).encode,
    )  # markup is a text
    formatted(Document(form="markdown", text="[a](b)\n```python\n1\n```"))  # loads the usual lexer before anybody waits
    while True:
        try:
            frame = connection.receive()
        except (FrameError, ConnectionError):
            return
        if frame is None:
            return
        # Its default action ends this process, whatever a regular expression is busy with: the parent sees the end.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        answer = encode(formatted(decode(frame)))
        signal.setitimer(signal.ITIMER_PROF, 0)
        connection.send(answer)


if __name__ == "__main__":
    main()
