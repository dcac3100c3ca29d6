"""Starts a project's kernel, whose forked children print through a socket that nobody else can reach.

ipykernel gathers what children print on a TCP port of the machine. Nobody can read there, or print without a secret;
but once a kernel has died, whoever takes that port is sent what its children still print, and the secret. So here it is
a socket beside those by which the kernel speaks with its server, in the server's own temporary folder.
"""

import os
import sys

_SUFFIX = "p"
"""One letter: names of sockets are short, and the kernel's others leave room for no more."""


def main() -> None:
    """As `python -m ipykernel_launcher`."""
    del sys.path[0]  # this file's folder, where ipykernel's own launcher would take the current one away
    from ipykernel import iostream, kernelapp

    kernelapp.IOPubThread = private(iostream.IOPubThread)  # type: ignore[attr-defined, assignment]  # ours
    kernelapp.launch_new_instance()


def private(thread: type) -> type:
    """Ipykernel's thread that prints, its pipe for children a named socket where its own is one."""
    import zmq
    from zmq.eventloop.zmqstream import ZMQStream

    class PrivateIOPubThread(thread):  # type: ignore[misc]  # of whatever ipykernel the kernel's Python has
        _pipe_address = ""

        def _setup_pipe_in(self) -> None:
            endpoint = self.socket.getsockopt(zmq.LAST_ENDPOINT).decode().rstrip("\0")
            if not endpoint.startswith("ipc://"):  # the kernel itself has to speak by TCP here
                super()._setup_pipe_in()
                return
            self._pipe_uuid = os.urandom(16)
            pipe = self.socket.context.socket(zmq.PULL)
            pipe.linger = 0
            pipe.bind(endpoint + _SUFFIX)
            self._pipe_address = endpoint + _SUFFIX
            self._pipe_in = ZMQStream(pipe, self.io_loop)
            self._pipe_in.on_recv(self._handle_pipe_msg)

        def _setup_pipe_out(self) -> tuple[object, object]:
            if not self._pipe_address:
                context, pipe = super()._setup_pipe_out()
                return context, pipe
            context = zmq.Context()  # a new one after a fork
            pipe = context.socket(zmq.PUSH)
            pipe.linger = 3000
            pipe.connect(self._pipe_address)
            return context, pipe

    return PrivateIOPubThread


if __name__ == "__main__":
    main()
