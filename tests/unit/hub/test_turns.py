"""Servers start a few at a time, first come first served."""

import asyncio

from openmo.hub.turns import Turns


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_everybody_gets_a_turn_in_the_order_of_coming_and_knows_the_place() -> None:
    async def run() -> None:
        turns, begun, done = Turns(2), list[int](), asyncio.Event()

        async def take(who: int) -> None:
            async with turns.turn(who):
                begun.append(who)
                await done.wait()

        tasks = [asyncio.create_task(take(who)) for who in range(5)]
        await _settle()
        assert begun == [0, 1]
        assert [turns.place(who) for who in range(5)] == [0, 0, 1, 2, 3]
        tasks[3].cancel()  # somebody closes the page
        await _settle()
        assert [turns.place(who) for who in range(5)] == [0, 0, 1, 0, 2]
        done.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert begun == [0, 1, 2, 4]

    asyncio.run(run())


def test_a_turn_that_fails_or_is_given_up_is_the_next_ones() -> None:
    async def run() -> None:
        turns = Turns(1)

        async def fail(who: str) -> None:
            async with turns.turn(who):
                await asyncio.sleep(0)
                raise RuntimeError(who)

        results = await asyncio.gather(*map(fail, "abc"), return_exceptions=True)
        assert [str(result) for result in results] == ["a", "b", "c"]
        async with turns.turn("d"):
            waiting = asyncio.create_task(fail("e"))
            await _settle()
        waiting.cancel()  # in the very moment in which its turn has come
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5), turns.turn("f"):
            assert turns.place("f") == 0

    asyncio.run(run())
