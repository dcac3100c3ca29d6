"""Taking turns: a few at a time, first come first served, and everybody may ask for their place."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """Used on one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: dict[Hashable, asyncio.Future[None]] = {}

    def place(self, who: Hashable) -> int:
        """1 for whoever is next, 0 for whoever does not wait."""
        for place, waiting in enumerate(self._waiting, start=1):
            if waiting == who:
                return place
        return 0

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """Begins when it is `who`'s turn."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(who)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, who: Hashable) -> None:
        mine = self._waiting[who] = asyncio.get_running_loop().create_future()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the turn came in the moment in which nobody wanted it any more
                self._pass_on()
            raise
        finally:
            self._waiting.pop(who, None)

    def _pass_on(self) -> None:
        for who, waiting in self._waiting.items():
            if not waiting.done():
                del self._waiting[who]
                waiting.set_result(None)
                return
        self._free += 1
