"""A sandbox policy on its way into the process that confines itself under it. Stdlib only, for children."""

from openmo.system.records import Record


class PolicyDocument(Record):
    """What `openmo.sandbox.inside.confine` does to a process; it has no defaults, so that none is confined by half."""

    engine: str
    """`landlock`, or `none`: limits only."""
    namespaces: bool
    """Whether it makes itself a file system view of its own besides."""
    pid_namespace: bool
    """Whether it has a PID namespace of its own besides, which whoever starts it makes first."""
    read_write: list[str]
    read_only: list[str]
    temporary: str
    work: str
    """What is also `/home/jovyan/work` in a view of its own; empty: nothing is."""
    processes: int | None
    network: bool
    """Whether sockets of the network may be made; else they are refused, where the machine can refuse calls."""
    system_calls: list[str] | None
    """Groups of risky system calls that may be made all the same; None where the machine cannot refuse any."""

    @classmethod
    def limits_only(cls) -> "PolicyDocument":
        """For a process that is confined already."""
        return cls(
            engine="none",
            namespaces=False,
            pid_namespace=False,
            read_write=[],
            read_only=[],
            temporary="",
            work="",
            processes=None,
            network=True,
            system_calls=None,
        )

    def without_own_view(self) -> "PolicyDocument":
        """The same where a view was made already: none can be made again from within one."""
        values = {**self.values(), "namespaces": False, "pid_namespace": False}
        return PolicyDocument.of_values(values)

    def describe(self) -> str:
        if self.engine == "none":
            return "Nothing is confined."
        without = "" if self.network else " There is no network."
        paths = f"{len(self.read_write)} paths be written and {len(self.read_only)} more be read"
        return f"{self.engine} lets {paths}.{without}"
