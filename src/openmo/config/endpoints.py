"""Where the processes of one installation listen.

`openmo up` binds the listening sockets itself and hands them to its children. A port in use is therefore found out
before anything starts, and while a killed child comes back, connections wait in the queue instead of being refused.
A process that nobody handed a socket (under systemd or in a pod) binds its own.
"""

import errno
import os
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from openmo.core.errors import InvalidInput, OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.core.plain import read_plain

ENDPOINTS_FILE = "endpoints.json"
_VARIABLE = "OPENMO_LISTEN_"
_BACKLOG = 512
LOOPBACK = "127.0.0.1"


class PortInUse(OpenMoError):
    """Another process listens on the port that was asked for."""

    code = "port_in_use"
    status = 409
    title = "Port in use"
    remedy = "Stop the other process, or choose another port with `--port`."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address to listen on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """`http://host:port`; an address that means all interfaces is reached by loopback."""
        host = {"0.0.0.0": LOOPBACK, "::": "[::1]", "": LOOPBACK}.get(self.host, self.host)  # noqa: S104 (compared, not bound)
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"

    @property
    def loopback(self) -> bool:
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The addresses of all processes; every one but `public` is on loopback."""

    public: Endpoint
    proxy_api: Endpoint
    hub: Endpoint
    web: Endpoint
    gateway: Endpoint

    @property
    def public_url(self) -> str:
        """Where browsers and API clients on this machine find the platform, without a trailing slash."""
        return self.public.url

    @property
    def hub_api(self) -> str:
        """JupyterHub's REST API, reached without the proxy."""
        return f"{self.hub.url}/hub/api"

    def encode(self) -> bytes:
        """As the file `ENDPOINTS_FILE` of the run folder holds them."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)


_decode = msgspec.json.Decoder(Endpoints).decode


def load_endpoints(run: Path) -> Endpoints:
    """The addresses that the running installation wrote; raises Unavailable when there are none."""
    try:
        return _decode(read_plain(run / ENDPOINTS_FILE))
    except FileNotFoundError as error:
        raise Unavailable("OpenMo is not running on this data folder: start it with `openmo up`.") from error
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise Unavailable(
            message("%(path)s is damaged: `openmo up` writes it anew.", path=run / ENDPOINTS_FILE)
        ) from error


def bind(endpoint: Endpoint) -> socket.socket:
    """A listening socket on the endpoint (port 0: any free one); raises PortInUse or OpenMoError."""
    try:
        infos = socket.getaddrinfo(
            endpoint.host or None, endpoint.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except socket.gaierror as error:
        raise OpenMoError(
            message(
                "%(host)s is not an address of this machine: %(reason)s.",
                host=repr(endpoint.host),
                reason=error.strerror,
            )
        ) from error
    except (OverflowError, UnicodeError) as error:
        raise InvalidInput(
            message("%(host)s:%(port)s is no address to listen on.", host=endpoint.host, port=endpoint.port),
            field="port",
        ) from error
    if endpoint.host == "localhost":
        infos.sort(key=lambda info: info[0] != socket.AF_INET)
    family, kind, protocol, _, address = infos[0]
    if not 0 <= endpoint.port < 1 << 16:
        raise InvalidInput(
            message("%(port)s is not a port: choose one from 1 to 65535, or 0 for any.", port=endpoint.port),
            field="port",
        )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortInUse(
            message(
                "Cannot listen on %(host)s:%(port)s: %(reason)s.",
                host=endpoint.host,
                port=endpoint.port,
                reason=error.strerror,
            ),
            host=endpoint.host,
            port=endpoint.port,
        ) from error
    return listener


def keep_other_family(endpoint: Endpoint) -> socket.socket | None:
    """A socket that keeps the port from everybody at the other address that `localhost` means, and does not listen.

    Browsers try [::1] first: who listened there would be taken for the platform, at `<slug>.localhost`, too. None where
    the endpoint is not on this machine's own addresses, or these are of one family alone. Raises PortInUse.
    """
    others = {LOOPBACK: "::1", "localhost": "::1", "::1": LOOPBACK, "0.0.0.0": "::"}  # noqa: S104 (kept, not listened on)
    other = others.get(endpoint.host)
    if other is None:
        return None
    kept = socket.socket(socket.AF_INET6 if ":" in other else socket.AF_INET)
    try:
        if kept.family == socket.AF_INET6:
            kept.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        kept.bind((other, endpoint.port))
    except OSError as error:
        kept.close()
        if error.errno != errno.EADDRINUSE:
            return None
        raise PortInUse(
            message(
                "Cannot listen on %(host)s:%(port)s: %(reason)s.", host=other, port=endpoint.port, reason=error.strerror
            ),
            host=other,
            port=endpoint.port,
        ) from error
    return kept


def free_port() -> int:
    """A loopback port that nobody uses at this moment, for a server that cannot take a socket."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def hand_over(name: str, listener: socket.socket) -> dict[str, str]:
    """What a child's environment needs so that its `listening_socket` finds the socket; pass the descriptor on too."""
    return {f"{_VARIABLE}{name.upper()}": str(listener.fileno())}


def listening_socket(
    name: str, endpoint: Endpoint, environ: MutableMapping[str, str] | Mapping[str, str] | None = None
) -> socket.socket:
    """The socket that the parent handed to this process under `name`, or a newly bound one.

    The descriptor is closed to children of this process, and taken once: it vanishes from the environment.
    """
    variables = os.environ if environ is None else environ
    number = variables.get(f"{_VARIABLE}{name.upper()}")
    if not number:
        return bind(endpoint)
    if isinstance(variables, MutableMapping):
        del variables[f"{_VARIABLE}{name.upper()}"]
    listener = socket.socket(fileno=int(number))
    listener.set_inheritable(False)
    return listener
