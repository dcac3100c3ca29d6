"""What submitting a job of a large workspace costs: the snapshot, against the stat walk that it cannot do without.

    python benchmarks/job_submission.py [--files 20000] [--bytes 1000000000]

Rows: the first submission (every file is read and stored), the next one (nothing changed), and one after a single file
changed; beside them the physical limit (walking the tree and asking for each file's status) and peers on the same tree:
`git add -A` into an index that knows the files, and `tar` of everything to nowhere, which is what copying would cost.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from openmo.core.hostile.folder import HostileFolder
from openmo.projects.snapshot import is_code
from openmo.storage.folder import FolderObjectStore

PER_FOLDER = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="openmo-submission-"))
    try:
        measure(root, options.files, options.bytes, options.repeats)
    finally:
        shutil.rmtree(root)


def measure(root: Path, files: int, total: int, repeats: int) -> None:
    workspace = root / "workspace"
    build(workspace, files, total // files)
    store = FolderObjectStore(root / "store")
    git(workspace, "init", "-q")
    time.sleep(2.1)  # what changed within two seconds is read again, since time stamps are that coarse
    print(
        f"{files:,} files, {total / 1e9:.2f} GB; medians of {repeats} but for first runs; load {os.getloadavg()[0]:.1f}"
    )
    source = HostileFolder(workspace)
    row("OpenMo, first submission", once(lambda: store.put_tree(source, keep=is_code)))
    row("git add -A, first", once(lambda: git(workspace, "add", "-A")))
    row("tar of everything to nowhere", once(lambda: tar(workspace)))
    limit = median(lambda: walk(workspace), repeats)
    row("limit: stat walk", limit)
    row("OpenMo, nothing changed", median(lambda: store.put_tree(source, keep=is_code), repeats), limit)
    changed = workspace / "0" / "1.py"

    def submit_changed() -> None:
        changed.write_bytes(os.urandom(total // files))
        store.put_tree(source, keep=is_code)

    row("OpenMo, one file changed", median(submit_changed, repeats), limit)

    def add_changed() -> None:
        changed.write_bytes(os.urandom(total // files))
        git(workspace, "add", "-A")

    row("git add -A, one file changed", median(add_changed, repeats), limit)


def build(workspace: Path, files: int, size: int) -> None:
    for number in range(files):
        path = workspace / str(number // PER_FOLDER) / f"{number % PER_FOLDER}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(size))


def walk(folder: Path) -> None:
    """The least that finds out what changed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    walk(Path(entry.path))
            else:
                entry.stat(follow_symlinks=False)


def git(workspace: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(workspace), *arguments], check=True, capture_output=True)


def tar(workspace: Path) -> None:
    command = f"tar -cf - --exclude=.git -C {workspace} . | cat > /dev/null"  # tar itself skips writing to /dev/null
    subprocess.run(["sh", "-c", command], check=True)


def once(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def median(action: Callable[[], object], repeats: int) -> float:
    return sorted(once(action) for _ in range(repeats))[repeats // 2]


def row(name: str, seconds: float, limit: float | None = None) -> None:
    ratio = f"  {seconds / limit:5.1f} x the limit" if limit else ""
    print(f"{name:32} {seconds:8.3f} s{ratio}", flush=True)


if __name__ == "__main__":
    main()
