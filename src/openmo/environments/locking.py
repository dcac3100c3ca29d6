"""From what a module asks for to a lock: exact versions of all packages, found by uv in the package index."""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from openmo.core.errors import Conflict
from openmo.core.messages import message

_LAST_LINES = 15


class NotResolved(Conflict):
    """No versions fit all requirements, or some have no wheels for this machine."""

    code = "requirements_not_resolved"
    title = message("The requirements cannot be met")
    remedy = "Change the requirements as the message says."


def lock_requirements(
    wanted: Sequence[str], preferred: str, python: Path, run: Callable[[Sequence[str], Path], tuple[int, str]]
) -> str:
    """The lock, with the versions of the lock `preferred` where the requirements leave the choice.

    Wheels alone count, so that nothing of a stranger's is run to find out what it needs. `run` is uv: arguments and
    folder to its exit code and what it reported, or TimeoutExpired. Raises NotResolved.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, lock = folder / "requirements.in", folder / "lock.txt"
        source.write_text("".join(f"{line}\n" for line in wanted), encoding="utf-8")
        lock.write_text(preferred, encoding="utf-8")  # uv keeps to what stands in its output
        options = ["--quiet", "--no-build", "--no-header", "--no-annotate", "--no-emit-index-url"]
        options += ["--no-emit-find-links", "--python", str(python)]
        try:
            status, report = run(["pip", "compile", *options, str(source), "--output-file", str(lock)], folder)
        except subprocess.TimeoutExpired as error:
            raise NotResolved(
                message(
                    "Versions that fit together were not found within %(seconds)s seconds: name fewer packages, or "
                    "exact versions.",
                    seconds=f"{error.timeout:g}",
                )
            ) from error
        if status != 0:
            raise NotResolved(
                message(
                    "No versions of these packages fit together as wheels for this machine. uv reported:\n%(report)s",
                    report="\n".join(report.strip().splitlines()[-_LAST_LINES:]).replace(str(folder), "").strip(),
                )
            )
        return lock.read_text(encoding="utf-8")
