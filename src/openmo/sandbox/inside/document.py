"""A sandbox policy on its way into the process that confines itself under it. Stdlib only, for children."""

from openmo.system.records import Record


class PolicyDocument(Record):
    """What `openmo.sandbox.inside.confine` does to a process."""

    engine: str
    """`landlock`, or `none`: limits only."""
    namespaces: bool = False
    """Whether it makes itself a file system view of its own besides."""
    read_write: list[str] = []  # noqa: RUF012 (records never change)
    read_only: list[str] = []  # noqa: RUF012 (as above)
    temporary: str = ""
    processes: int | None = None

    def without_own_view(self) -> "PolicyDocument":
        """The same where a view was made already: none can be made again from within one."""
        values = {**self.values(), "namespaces": False}
        return PolicyDocument.of_values(values)

    def describe(self) -> str:
        if self.engine == "none":
            return "Nothing is confined."
        return f"{self.engine} lets {len(self.read_write)} paths be written and {len(self.read_only)} more be read."
