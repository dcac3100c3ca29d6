"""aiohttp applications that listen on this machine."""

import socket

from aiohttp import web


async def listen(app: web.Application) -> tuple[web.AppRunner, int]:
    """The running application and its port; clean the runner up."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    return runner, int(listener.getsockname()[1])
