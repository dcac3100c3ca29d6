"""What the gateway makes of a zygote that lies: its packages may be of an app's author."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from openmo.serving.forked.zygote import WorkerExit, ZygoteProcess

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
