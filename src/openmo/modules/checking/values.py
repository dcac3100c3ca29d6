"""What a check says of a module before it is published."""

from dataclasses import dataclass
from enum import StrEnum

from openmo.core.versions import Version
from openmo.modules.compatibility.values import Bump, Change
from openmo.specs.module import ModuleKind

FIRST_VERSION = Version(0, 1, 0)
"""Proposed where nothing was published before."""


class ProblemCode(StrEnum):
    """What is wrong; programs may rely on these words."""

    NO_CODE = "no_code"
    NO_SPEC = "no_spec"
    CODE_UNREADABLE = "code_unreadable"
    SPEC_UNREADABLE = "spec_unreadable"
    METHOD_MISSING = "method_missing"
    INPUT_UNDECLARED = "input_undeclared"
    REQUIREMENT_UNREADABLE = "requirement_unreadable"
    REQUIREMENTS_NOT_RESOLVED = "requirements_not_resolved"
    """No versions fit, or their environment could not be built."""
    TOO_MANY_FILES = "too_many_files"
    VERSION_TOO_SMALL = "version_too_small"
    NOT_LOADED = "not_loaded"
    PACKAGE_MISSING = "package_missing"
    METHOD_FAILED = "method_failed"
    RESULT_DIFFERS = "result_differs"
    OUTPUT_MISSING = "output_missing"
    OUTPUT_DIFFERS = "output_differs"
    OWN_FOLDER_WRITTEN = "own_folder_written"
    OUTSIDE_WRITTEN = "outside_written"
    ENDED_EARLY = "ended_early"
    TOO_SLOW = "too_slow"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MANY_PROCESSES = "too_many_processes"
    TOO_MUCH_WRITTEN = "too_much_written"
    NOT_CHECKED = "not_checked"
    """The check itself broke down; nothing is said of the module."""


class WarningCode(StrEnum):
    """What somebody should look at; programs may rely on these words."""

    CLASS_NAME = "class_name"
    SPEC_AND_CODE_DIFFER = "spec_and_code_differ"
    METHOD_UNDECLARED = "method_undeclared"
    OUTPUT_UNDECLARED = "output_undeclared"
    NOT_TRIED = "not_tried"
    PICKLED_WEIGHTS = "pickled_weights"
    LARGE_FILE = "large_file"
    REQUIREMENT_UNPINNED = "requirement_unpinned"
    NETWORK_REFUSED = "network_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend, and where; also a warning, which keeps nobody from publishing."""

    code: ProblemCode | WarningCode
    message: str
    remedy: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All that a check found."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    version_proposed: str = str(FIRST_VERSION)
    """The least that the changes demand."""
    bump: Bump | None = None
    """None where there is no release to compare with."""
    changes: tuple[Change, ...] = ()
    kind: ModuleKind | None = None
    """None where main.py cannot be read."""
    methods: tuple[str, ...] = ()
    """Those that were called."""
    environment: str = ""
    """The digest of the environment in which it ran; empty: it did not run."""
    seconds: float = 0.0
    log: str = ""
    """The end of what the module printed."""

    @property
    def ok(self) -> bool:
        """Whether it may be published."""
        return not self.problems
