"""Which folders an interpreter reads: the one list, for kernels, jobs and apps alike."""

import os
from pathlib import Path


def interpreter_folders(python: Path) -> tuple[Path, ...]:
    """What a sandbox must let be read so that `python` runs: its environment, and those that it is built upon."""
    folders: dict[Path, None] = {}
    waiting = [python]
    while waiting:
        program = Path(os.path.abspath(waiting.pop()))  # noqa: PTH100 (resolve() would skip the links on the way)
        prefix = program.parent.parent
        if prefix in folders or prefix == Path("/"):
            continue
        folders[prefix] = None
        if program.is_symlink():
            waiting.append(program.parent / program.readlink())
        waiting.append(program.resolve())
        waiting.extend(base / program.name for base in _base_of(prefix))
    return tuple(folder for folder in folders if folder != Path("/usr"))


def _base_of(prefix: Path) -> list[Path]:
    """The folder of programs on which the virtual environment at `prefix` is built."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    settings = dict(part for line in lines if len(part := [piece.strip() for piece in line.split("=", 1)]) == 2)
    return [Path(settings["home"])] if settings.get("home", "").startswith("/") else []
