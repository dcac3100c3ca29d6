"""Sockets of others, and the network as a whole. The network itself is open to user code."""

import array
import os
import socket
import struct

from .attempt import Target, Void, attempt

_NETLINK_ROUTE, _NETLINK_SOCK_DIAG = 0, 4
_SO_BINDTODEVICE, _SO_MARK, _IP_TRANSPARENT = 25, 36, 19


def _send(kind: socket.SocketKind, address: str, token: str) -> str:
    """Sent; whether it was taken is seen outside."""
    with socket.socket(socket.AF_UNIX, kind) as client:
        client.settimeout(2)
        client.connect(address)
        client.sendall(token.encode())
    return ""


@attempt("view", upon="service")
def speak_to_a_named_socket(target: Target) -> object:
    """Connects to a service's named socket, as that of a container engine."""
    return _send(socket.SOCK_STREAM, target.socket, target.token)


@attempt("view", upon="service")
def wake_the_platform(target: Target) -> object:
    """Sends a datagram to a named socket, as processes of the platform wake each other."""
    return _send(socket.SOCK_DGRAM, target.datagram, target.token)


@attempt("view", upon="service")
def hand_a_descriptor_over(target: Target) -> object:
    """Sends a service a descriptor of its own that hangs or lies when read."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        rights = array.array("i", [os.pipe()[0]])
        client.sendmsg([target.token.encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)], 0, target.datagram)
    return ""


@attempt("Landlock 6", upon="service")
def speak_to_an_abstract_socket(target: Target) -> object:
    """Connects to a service's abstract socket."""
    return _send(socket.SOCK_STREAM, f"\0{target.abstract}", target.token)


@attempt("Landlock 6", upon="service")
def send_to_an_abstract_socket(target: Target) -> object:
    """Sends a datagram to a service's abstract socket."""
    return _send(socket.SOCK_DGRAM, f"\0{target.abstract}.d", target.token)


@attempt("capabilities", upon="service", ordinary=("kernel",), uncontrolled="root may forge what it likes")
def forge_who_it_is(target: Target) -> object:
    """Sends a forged process number with a message (SCM_CREDENTIALS) over sockets of its own."""
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    other.setsockopt(socket.SOL_SOCKET, 16, 1)
    one.sendmsg([b"x"], [(socket.SOL_SOCKET, 2, struct.pack("=3i", 1, os.getuid(), os.getgid()))])
    return "forged"


@attempt("capabilities", upon="machine")
def listen_to_all_packets(_: Target) -> object:
    """Listens to every packet of the machine."""
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)).close()
    return "opened"


@attempt("capabilities", upon="machine")
def forge_packets(_: Target) -> object:
    """Makes packets by hand, with any sender."""
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).close()
    return "opened"


@attempt("capabilities", upon="machine")
def mark_packets(_: Target) -> object:
    """Marks its packets as others' are marked, past rules of the firewall."""
    with socket.socket() as mine:
        mine.setsockopt(socket.SOL_SOCKET, _SO_MARK, 7)
    return "marked"


@attempt("capabilities", upon="machine")
def speak_for_other_addresses(_: Target) -> object:
    """Speaks for addresses that are not the machine's (transparent proxying)."""
    with socket.socket() as mine:
        mine.setsockopt(socket.IPPROTO_IP, _IP_TRANSPARENT, 1)
    return "allowed"


@attempt("capabilities", upon="machine")
def change_the_network(target: Target) -> object:
    """Makes a network interface; the control removes it."""
    name = f"e{target.token[-9:]}\0".encode()
    info = _attribute(18, _attribute(1, b"dummy"))
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + _attribute(3, name) + info
    try:
        _netlink(_NETLINK_ROUTE, 16, 0x605, body)
    except OSError as error:
        if error.errno == 95:
            raise Void("this kernel has no interfaces to make") from None
        raise
    _netlink(_NETLINK_ROUTE, 17, 0x5, struct.pack("=BxHiII", 0, 0, 0, 0, 0) + _attribute(3, name))
    return "made"


@attempt("capabilities", upon="service")
def end_a_connection_of_others(target: Target) -> object:
    """Ends a TCP connection between two other processes (SOCK_DESTROY)."""
    local, remote = target.connection
    home = socket.inet_aton("127.0.0.1") + bytes(12)
    which = struct.pack(">HH", local, remote) + home + home + struct.pack("=IQ", 0, 0xFFFFFFFFFFFFFFFF)
    try:
        _netlink(_NETLINK_SOCK_DIAG, 21, 0x5, struct.pack("=BBBxI", 2, 6, 0, 0xFFFF) + which)
    except OSError as error:
        if error.errno in (95, 22):
            raise Void("this kernel ends no connections on demand") from None
        raise
    return "ended"


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _netlink(family: int, kind: int, flags: int, body: bytes) -> None:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, family) as asked:
        asked.settimeout(2)
        asked.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 1, 0) + body)
        answer = asked.recv(4096)
    if struct.unpack_from("=H", answer, 4)[0] == 2 and (number := -struct.unpack_from("=i", answer, 16)[0]):
        raise OSError(number, os.strerror(number))


@attempt("kernel", upon="service", uncontrolled="the kernel lets a port be shared only where both sides agree")
def share_a_listening_port(target: Target) -> object:
    """Binds the port on which the platform listens as well (SO_REUSEPORT), to get some of its callers."""
    for port in target.listeners:
        with socket.socket() as mine:
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                mine.bind(("127.0.0.1", port))
                mine.listen()
            except OSError:
                continue
            return f"port {port}"
    raise PermissionError(13, "all are taken")
