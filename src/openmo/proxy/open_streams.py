"""Answers that last: streams and web sockets end with the sign-in by which they were opened."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_REMEMBERED = 10_000


class OpenStreams:
    """Which tasks forward what, by the sessions that their requests bore."""

    def __init__(self) -> None:
        self._tasks: defaultdict[str, set[asyncio.Task[object]]] = defaultdict(set)
        self._ended: dict[str, None] = {}

    @contextmanager
    def held(self, sessions: Iterable[str]) -> Iterator[None]:
        """The current task forwards for these sessions."""
        task = asyncio.current_task()
        if task is None:
            yield
            return
        for session in sessions:
            self._tasks[session].add(task)
        try:
            yield
        finally:
            for session in sessions:
                self._tasks[session].discard(task)
                if not self._tasks[session]:
                    del self._tasks[session]

    def has_ended(self, session: str) -> bool:
        """Whether it ended while this process ran; of very many, the last."""
        return session in self._ended

    def end(self, sessions: Iterable[str]) -> None:
        """All that these sessions opened is cut, but for the current task, which says so."""
        for session in sessions:
            self._ended[session] = None
            while len(self._ended) > _REMEMBERED:
                del self._ended[next(iter(self._ended))]
        found = set().union(*(self._tasks.get(session, ()) for session in sessions))
        for task in found - {asyncio.current_task()}:
            task.cancel()
