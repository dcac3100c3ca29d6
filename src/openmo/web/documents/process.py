"""The formatting child as its parent sees it: started when it is needed, ended when it takes too long."""

import contextlib
import logging
import signal
import socket
import subprocess
import sys
from pathlib import Path

import msgspec

from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import Sandbox, SandboxPolicy
from openmo.sandbox.variables import child_variables
from openmo.system.child_python import PACKAGE_FOLDER, child_argv
from openmo.system.frames import DEFAULT_LIMIT, FrameError, FrameSocket
from openmo.web.documents.values import Document, Formatted

_log = logging.getLogger(__name__)
_CHILD = "openmo.web.documents.child"
_WAIT_SECONDS = 60.0
"""For an answer: the child's limit is its processor time, which a busy machine may give it slowly."""


class FormattingProcess:
    """One child in the sandbox; for one thread at a time."""

    def __init__(self, sandbox: Sandbox, home: Path) -> None:
        """`home` is the one folder that the child may write; nothing is meant to be there."""
        self._sandbox = sandbox
        self._home = home
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._answered = True
        self._took_long = False
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Formatted).decode

    def format(self, document: Document) -> Formatted | None:
        """None for what takes more than its processor time, memory or a minute; the next one gets a new child."""
        request = self._encode(document)
        if len(request) > DEFAULT_LIMIT:
            return None
        was_there = self._connection is not None
        found = self._ask(request)
        # A child that ended before it was asked says nothing about the document: a new one is asked.
        return self._ask(request) if found is None and was_there and not self._took_long else found

    def _ask(self, request: bytes) -> Formatted | None:
        connection = self._connection or self._start()
        try:
            self._answered = False
            frames = FrameSocket(connection)
            frames.send(request)
            answer = frames.receive()
            self._answered = answer is not None
            return None if answer is None else self._decode(answer)
        except (OSError, FrameError, msgspec.MsgspecError):
            return None
        finally:
            self._clear_up()

    def _clear_up(self) -> None:
        """A child that has ended, or that no answer came from, is replaced; one that broke down is logged."""
        if self._child is None or self._answered:
            return
        self._took_long = True
        with contextlib.suppress(subprocess.TimeoutExpired):
            ended = self._child.wait(1)
            self._took_long = ended == -signal.SIGPROF
            if not self._took_long:
                _log.warning("The formatting of a document ended with status %s.", ended)
        self.close()

    def close(self) -> None:
        """The child is gone."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def _start(self) -> socket.socket:
        self.close()
        ours, theirs = socket.socketpair()
        ours.settimeout(_WAIT_SECONDS)
        home = self._home
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        policy = SandboxPolicy(
            read_only=(PACKAGE_FOLDER, *interpreter_folders(Path(sys.executable))),
            read_write=(home,),
            home=home,
            temporary=home,
        )
        number = theirs.fileno()
        argv = child_argv(sys.executable, _CHILD, str(number), isolated=False)
        with theirs:
            self._child = subprocess.Popen(
                self._sandbox.wrap(argv, policy),
                cwd=home,
                env=child_variables(policy, {}),
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._connection = ours
        return ours
