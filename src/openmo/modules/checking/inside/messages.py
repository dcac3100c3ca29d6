"""What the check and the process that tries a module say to each other. Stdlib only, for children.

The platform writes a `TrialOrder`; the process appends records to a file, a line each: `Began` and `Done` of each step,
a `Value` for each thing that a method returned, `Failed`, `Touched`, and in the end `Finished`. The module runs in the
same process and may write there, too, so the platform believes none of it more than its author.
"""

from openmo.system.records import Record

REPORT = "steps"
"""The name of that file."""
LOAD = "load"
WEIGHTS = "load_model"
"""The steps that are no methods of a spec."""
OWN, OUTSIDE, NETWORK = "own", "outside", "network"
"""What a module may want to reach and must not: its own folder, other files, the network."""


class TrialOrder(Record):
    """A module and how its methods are to be called."""

    folder: str
    """Where the module's files are."""
    owner: str
    name: str
    version: str
    report: str
    """The folder for the report."""
    work: str
    """The folder that methods work in, as they do in a project."""
    calls: list[list[object]]
    """Method, conf, and the names of the inputs that are defaults, of each call in order."""
    file_bytes: int
    """What one file that it writes may have."""

    def describe(self) -> str:
        return f"Try {self.owner}/{self.name}/{self.version} by {len(self.calls)} calls."


class Began(Record, tag="began"):
    """A step began: `load`, `load_model`, or a method."""

    step: str

    def describe(self) -> str:
        return f"{self.step} began."


class Done(Record, tag="done"):
    """A step ended well."""

    step: str
    seconds: float

    def describe(self) -> str:
        return f"{self.step} took {self.seconds:.3f} s."


class Failed(Record, tag="failed"):
    """A step raised."""

    step: str
    error: str
    """The type of what it raised."""
    text: str
    file: str
    """Of the module, relative to its folder; empty: none of its own code was running."""
    line: int
    missing: str
    """The package that could not be imported; empty: it was something else."""
    absent: str
    """The input whose default names a file that is not there, which the step looked for; empty: it was something else.
    """
    trace: str

    def describe(self) -> str:
        return f"{self.step} raised {self.error}: {self.text}"


class Value(Record, tag="value"):
    """What a method returned under one name, or as a whole (`name` is empty)."""

    step: str
    name: str
    type: str
    """As people call its class."""
    form: str
    """What it is for a spec; see `openmo.modules.checking.inside.describing`."""
    elements: list[str]
    """The forms of a list's elements, each once."""
    text: str
    """The beginning of a text, or a number or a truth as text."""
    is_file: bool
    """Whether the text names a file that is there."""

    def describe(self) -> str:
        return f"{self.step} returned a {self.type} as {self.name or 'its result'}."


class Touched(Record, tag="touched"):
    """The module tried to write, or to use the network, where it must not."""

    what: str
    """`own`, `outside` or `network`, as above."""
    path: str

    def describe(self) -> str:
        return f"It tried to reach {self.path} ({self.what})."


class Finished(Record, tag="finished"):
    """All steps were taken, or one failed."""

    def describe(self) -> str:
        return "The trial is over."
