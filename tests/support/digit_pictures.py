"""Pictures of digits from the sample content."""

import io
import zipfile

from support.installation import Installation


def held_out_seven(openmo: Installation) -> bytes:
    """A seven that the template's training keeps for its test: its number is a multiple of five."""
    archive = next((openmo.data / "datasets").rglob("digits.zip"))
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
        return opened.read(next(name for name in sorted(opened.namelist()) if _is_held_out_seven(name)))


def _is_held_out_seven(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder == "7" and file.endswith(".png") and int(file.removesuffix(".png")) % 5 == 0
