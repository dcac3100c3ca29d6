"""A module in its own environment, as the client calls it, and all the channels of this process."""

import atexit
import itertools
import os
import threading
import weakref
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openmo_sdk.calls import memory
from openmo_sdk.calls.channel import Call, Channel
from openmo_sdk.calls.interpreters import interpreter_of
from openmo_sdk.errors import EnvironmentMissing
from openmo_sdk.identifiers import Identifier, Located, locate

_channels: dict[Path, Channel] = {}
_lock = threading.Lock()
_numbers = itertools.count(1)


class RemoteModule:
    """Calls of one module. All of the same version share a process, and an instance unless they gave a conf."""

    def __init__(self, requested: Identifier, environment: Any, conf: Mapping[str, Any] | None) -> None:
        """With `conf` the instance is made now. Raises EnvironmentMissing and what the module raises."""
        if not memory.available():
            raise EnvironmentMissing(
                "Modules run in environments of their own on Linux only: call it without environment=."
            )
        self._requested, self._environment = requested, environment
        self._conf = conf
        self._number: int | None = None
        self.fixed: Located | None = None
        """Where an instance of its own was made from; None: what the project has at each call."""
        interpreter_of(locate(requested), environment)
        if conf is not None:
            self.fixed, self._number = locate(requested), next(_numbers)
            channel = _channel(self.fixed, interpreter_of(self.fixed, environment))
            weakref.finalize(self, _forget_instance, channel.forgotten, self._number).atexit = False
            self.call("", {})

    def call(self, verb: str, conf: Mapping[str, Any]) -> Any:
        """What the method returns or raises. Raises CannotPass, EnvironmentMissing, ModuleEnded."""
        located = self.fixed or locate(self._requested)
        channel = _channel(located, interpreter_of(located, self._environment))
        return channel.call(Call(located=located, verb=verb, conf=conf, instance=self._number, made_with=self._conf))


def _forget_instance(forgotten: deque[int], number: int) -> None:
    forgotten.append(number)  # told by the next call: a finaliser must not wait for one


def _channel(located: Located, python: Path) -> Channel:
    """The one to that module; another interpreter takes the place of the one before."""
    with _lock:
        known = _channels.get(located.folder)
        if known is None or known.python != python:
            _channels[located.folder] = channel = Channel(python)
            if known is not None:
                known.close()
            return channel
        return known


def close_all() -> None:
    """Ends the processes of all modules; calls after that start new ones."""
    while _channels:
        _channels.popitem()[1].close(at_once=True)


def _forget_all() -> None:
    global _lock  # noqa: PLW0603 (another thread may have held it when the process was forked)
    _lock = threading.Lock()
    for channel in _channels.values():
        channel.forget()


atexit.register(close_all)
os.register_at_fork(after_in_child=_forget_all)
