"""Paths from the browser: relative to the server's root, and never to be trusted with leaving it."""

from pathlib import Path

from openmo_lab.problems import FileRefused


def resolve_inside(root: Path, path: str) -> Path:
    """The real path of `path` below `root`; the file need not exist.

    Raises:
        FileRefused: the path, with its links followed, lies outside `root`.
    """
    if not path.strip("/") or "\0" in path:
        raise FileRefused(path, "A file of this project is needed.")
    real_root = root.resolve()
    try:
        real = (real_root / path.lstrip("/")).resolve()
    except (OSError, RuntimeError) as error:  # a loop of links, or a name longer than the file system allows
        raise FileRefused(path, "The path cannot be followed.") from error
    if not real.is_relative_to(real_root):
        raise FileRefused(path, "It lies outside this project.")
    return real


def existing_file(root: Path, path: str, *, suffix: str | tuple[str, ...]) -> Path:
    """The real path of an existing file below `root` whose name ends in `suffix` (one of them).

    Raises:
        FileRefused: the path leaves `root`, is no file, or has another ending.
    """
    real = resolve_inside(root, path)
    if not path.lower().endswith(suffix):
        endings = suffix if isinstance(suffix, str) else " or ".join(suffix)
        raise FileRefused(path, f"A {endings} file is needed.")
    if not real.is_file():
        raise FileRefused(path, "There is no such file. Save it first.")
    return real
