"""What the platform and the process that calls a module's method say to each other. Stdlib only, for children.

The platform writes a `CallOrder`; the process leaves an `Answered` or a `Failed` in a file. The module runs in the same
process and may write there, too: the platform believes none of it more than the module's author.
"""

import json

from openmo.system.records import Json, Record

ANSWER, FILES = "answer", "out"
"""The names of that file, and of the folder with the files that were returned."""
MAX_ANSWER = 8 << 20
"""Bytes of all outputs that are no files."""


class CallOrder(Record):
    """A module, and how one of its methods is to be called."""

    folder: str
    """Where the module's files are."""
    owner: str
    name: str
    version: str
    report: str
    """The folder for the answer."""
    work: str
    """The folder that the method works in, as it does in a project."""
    method: str
    conf: dict[str, object]
    tables: list[str]
    """Inputs that are tables as JSON has them, and become data frames."""
    outputs: dict[str, str]
    """Types by name; empty where the spec's type is none of ours."""
    output_keys: dict[str, str]
    """Names of outputs by the keys under which the method may return them, too."""
    optional: list[str]
    """Outputs that may be missing."""
    memory_bytes: int
    file_bytes: int
    """What one file that it writes may have."""

    def describe(self) -> str:
        return f"Call {self.method} of {self.owner}/{self.name}/{self.version} with {len(self.conf)} inputs."


class Answered(Record, tag="answered"):
    """The method returned."""

    output: Json
    """By name; null stands for each file."""
    files: dict[str, str]
    """Names in the folder of files, by output name."""
    types: dict[str, str]
    """Of outputs that the spec does not declare and that are files: `img` or `file`."""
    seconds: float

    def describe(self) -> str:
        return f"It returned {len(self.output)} bytes and {len(self.files)} files."

    def encode(self) -> bytes:
        """The document with the output as it is: it is JSON already, and may be long."""
        rest = {"kind": self.tag, "files": self.files, "types": self.types, "seconds": self.seconds}
        return b'{"output":%b,%b' % (self.output, json.dumps(rest).encode()[1:])
