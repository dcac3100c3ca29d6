"""What the gateway makes of a zygote that lies: its packages may be of an app's author."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from openmo.serving.forked.zygote import MAX_SILENT_TICKS, SILENT_TICKS, WorkerExit, ZygoteProcess

_LIAR = """
import socket, sys
control = socket.socket(fileno=int(sys.argv[1]))
control.recv(65536)
for report in sys.argv[2:]:
    control.send(report.encode())
control.recv(65536)
"""
_STRANGER = '{"kind":"exited","worker":"another/1","status":9,"reason":""}'


@pytest.mark.parametrize("last", [_STRANGER, '{"kind":"exited","worker":"mine/1","status":-1,"reason":""}', "[]"])
def test_a_zygote_that_lies_ends_nothing_but_itself(tmp_path: Path, last: str) -> None:
    exits: list[tuple[str, WorkerExit]] = []

    async def story(victim: int) -> None:
        gone = asyncio.Event()
        started = f'{{"kind":"started","worker":"mine/1","pid":{victim}}}'
        zygote = ZygoteProcess(
            lambda descriptor: [sys.executable, "-c", _LIAR, str(descriptor), started, last],
            {},
            on_exit=lambda name, end: exits.append((name, end)),
            on_gone=lambda _: gone.set(),
        )
        with (tmp_path / "log").open("wb") as log:
            await zygote.spawn("mine/1", [log.fileno(), log.fileno()], memory=1, processes=1, cpus=1)
        async with asyncio.timeout(30):
            await gone.wait()
        await zygote.stop()

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as victim:
        asyncio.run(story(victim.pid))
        assert os.waitid(os.P_PID, victim.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None, "it was killed"
        victim.communicate(b"\n")
    assert victim.returncode == 0
    assert exits == []


_ANSWERS = """
import socket, sys
control = socket.socket(fileno=int(sys.argv[1]))
while data := control.recv(65536):
    control.send(b'{"kind":"pong"}')
"""


def test_one_that_stops_answering_is_said_ended_and_gone() -> None:
    async def story() -> None:
        gone = asyncio.Event()
        zygote = ZygoteProcess(
            lambda descriptor: [sys.executable, "-c", _ANSWERS, str(descriptor)],
            {},
            on_exit=lambda _name, _end: None,
            on_gone=lambda _: gone.set(),
        )
        async with asyncio.timeout(60):
            for _ in range(MAX_SILENT_TICKS):  # it starts: nothing is held against it
                zygote.tick()
            assert not zygote.silent
            while zygote._silent_ticks:  # noqa: ASYNC110 (until it has answered what it was asked meanwhile)
                await asyncio.sleep(0.01)
            for _ in range(SILENT_TICKS - 1):
                zygote.tick()
            assert not zygote.silent
            while zygote._silent_ticks:  # noqa: ASYNC110 (as above)
                await asyncio.sleep(0.01)
            os.kill(zygote.pid, signal.SIGSTOP)
            for _ in range(SILENT_TICKS):
                zygote.tick()
            assert zygote.silent
            for _ in range(MAX_SILENT_TICKS - SILENT_TICKS):
                zygote.tick()
            await gone.wait()
        await zygote.stop()

    asyncio.run(story())
