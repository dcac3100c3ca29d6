"""Who has a port."""

import psutil

from openmo.config.endpoints import PortInUse
from openmo.core.messages import message


def port_holder(port: int) -> psutil.Process | None:
    """The process that listens on the port; None when it is not ours to see."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.Error:
        return None
    for connection in connections:
        address = connection.laddr
        if connection.status == psutil.CONN_LISTEN and address and address.port == port and connection.pid:
            try:
                return psutil.Process(connection.pid)
            except psutil.Error:
                return None
    return None


def explain_port_in_use(error: PortInUse) -> PortInUse:
    """The same error, naming the process in the way."""
    port = int(str(error.fields["port"]))
    holder = port_holder(port) if port else None
    if holder is None:
        return PortInUse(
            message(
                "%(message)s Choose another port with --port, or --port 0 for any free one.", message=error.message
            ),
            **error.fields,
        )
    try:
        command = " ".join(holder.cmdline())[:120] or holder.name()
    except psutil.Error:
        command = "unknown"
    return PortInUse(
        message(
            "Port %(port)s is in use by process %(pid)s (%(command)s). Stop it, or choose another port with "
            "--port (0: any free one).",
            port=port,
            pid=holder.pid,
            command=command,
        ),
        port=port,
        pid=holder.pid,
        command=command,
    )
