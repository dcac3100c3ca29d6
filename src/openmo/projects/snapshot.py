"""Which files of a workspace are a project's code."""

from pathlib import PurePosixPath

_ANYWHERE = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "__pycache__",
        ".ipynb_checkpoints",
        "node_modules",
        ".cache",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".Trash-0",
        ".virtual_documents",
    }
)


def is_code(path: PurePosixPath) -> bool:
    """Whether a job's copy holds it: no datasets, no results, no version control, environments or caches.

    Imported modules are links, which a snapshot never follows.
    """
    if path.name in _ANYWHERE:
        return False
    return path.parts[0] not in ("datasets", "results")


def is_release(path: PurePosixPath) -> bool:
    """Whether a release holds it: as a job's copy, and the results too, since trained models lie there."""
    return is_code(path) or (path.parts[0] == "results" and path.name not in _ANYWHERE)
