"""A last chance to save before a job is stopped."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

Save = TypeVar("Save", bound=Callable[[], Any])

_saves: list[Callable[[], Any]] = []
_owner = 0


def on_terminate(save: Save) -> Save:
    """Call `save()` when the job is asked to stop (terminated, or at its time limit), then end the program.

    There are ten seconds until the job is killed. `save` runs in the main thread, between two lines of the program;
    several are called in the order in which they were given, each though another failed, and once. Processes that the
    program started (data loaders) are not asked. To be called in the main thread; gives `save` back, so that it can be
    a decorator. In a notebook it does nothing until somebody sends SIGTERM to the kernel.
    """
    global _owner  # noqa: PLW0603 (signal handlers are the process's own)
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Call on_terminate in the main thread: only there can Python be told of signals.")
    if _owner != os.getpid():
        _saves.clear()  # a forked process saves nothing of its parent's
        _owner = os.getpid()
        signal.signal(signal.SIGTERM, _terminate)
    _saves.append(save)
    return save


def _terminate(number: int, frame: FrameType | None) -> None:
    del frame
    if _owner != os.getpid():
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    signal.signal(number, signal.SIG_IGN)
    for save in _saves:
        try:
            save()
        except Exception:  # noqa: BLE001 (the others still want to save)
            traceback.print_exc()
    sys.stdout.flush()
    sys.exit(128 + number)
