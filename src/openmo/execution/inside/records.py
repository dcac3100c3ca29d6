"""What executor and shim say to each other about one job: the order on the shim's stdin, and its files. Stdlib only."""

from openmo.sandbox.inside.document import PolicyDocument
from openmo.system.process_identity import ProcessIdentity
from openmo.system.records import Record


class JobOrder(Record):
    """What the shim shall run, and within which bounds."""

    job_id: str
    folder: str
    argv: list[str]
    cwd: str
    variables: dict[str, str]
    """May hold secrets."""
    document: PolicyDocument | None
    """How the job confines itself; None where `argv` does that already."""
    gpus: list[str]
    memory_bytes: int | None
    processes: int | None
    """Threads included."""
    time_limit: float | None
    grace: float
    log_limit: int

    def describe(self) -> str:
        return f"Run {self.argv[0]} as job {self.job_id} in {self.folder}."


class ShimRecord(Record):
    """`shim.json`: a shim took the job."""

    job_id: str = ""
    pid: int
    start: int | None
    boot: str
    mark: str
    """Value of the variable by which all processes of this run are found; begins with the job's id."""
    taken_at: float
    """Unix seconds."""

    @property
    def process(self) -> ProcessIdentity:
        return ProcessIdentity(pid=self.pid, started=self.start, boot=self.boot)

    def describe(self) -> str:
        return f"Process {self.pid} holds job {self.job_id}."


class JobRecord(Record):
    """`job.json`: the job's process runs."""

    pid: int
    start: int | None
    boot: str
    started_at: float
    """Unix seconds."""

    def describe(self) -> str:
        return f"The job runs as process {self.pid}."


class ExitRecord(Record):
    """`exit.json`: the job has ended. The fields are those of `openmo.execution.executor.Exit`."""

    kind: str
    ended_at: float
    """Unix seconds, as all times here."""
    detail: str = ""
    code: int | None = None
    signal: int | None = None
    started_at: float | None = None
    rebooted: bool = False
    failure: str = ""
    disk_full: bool = False
    peak_memory_bytes: int | None = None

    def describe(self) -> str:
        return f"The job ended: {self.kind}. {self.detail}".rstrip()


class HoleRecord(Record):
    """`log.hole`: what was dropped from the middle of the log, from byte to byte; it reads as zeros."""

    start: int
    end: int

    def describe(self) -> str:
        return f"Bytes {self.start} to {self.end} of the log were dropped."
