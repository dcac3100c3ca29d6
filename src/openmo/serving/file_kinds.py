"""What an uploaded file is by its first bytes. Only what surely is of another kind is refused: formats are many."""

import re
from collections.abc import Mapping
from pathlib import Path

HEAD = 512
"""Bytes that are looked at."""
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "animation"),  # a film may be one JPEG after another
    (b"GIF8", "animation"),
    (b"%PDF-", "document"),
    (b"PK\x03\x04", "archive"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"OggS", "recording"),
    (b"\x1aE\xdf\xa3", "recording"),
)
"""A recording holds sound, film, or both; an animation is a picture as well as a film; packed are .svgz and .nii.gz."""
_TEXT_PICTURES = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml|<svg|<!|P[1-7]\s|/\* XPM|#define|%!PS|SIMPLE  =|NRRD)", re.IGNORECASE
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NAMES = {
    "picture": "an image",
    "animation": "an image",
    "document": "a PDF document",
    "archive": "an archive or an office document",
    "packed": "a compressed file",
    "program": "a program",
    "sound": "a sound file",
    "recording": "a sound or video file",
    "text": "a text file",
}
_WANTED = {"img": "an image", "audio": "a sound file", "video": "a video"}
_NEVER: Mapping[str, frozenset[str]] = {
    "img": frozenset({"document", "archive", "program", "sound", "recording", "text"}),
    "audio": frozenset({"picture", "animation", "document", "archive", "packed", "program", "text"}),
    "video": frozenset({"picture", "document", "archive", "packed", "program", "sound", "text"}),
}


def misfit(path: Path, value_type: str) -> str:
    """Why the file cannot be of that type, in one sentence; empty when it may be. Empty files are misfits."""
    if value_type not in _NEVER:
        return ""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return "The file is empty."
    kind = kind_of(head)
    return f"This is {_NAMES[kind]}, not {_WANTED[value_type]}." if kind in _NEVER[value_type] else ""


def kind_of(head: bytes) -> str:
    """The kind of a file that begins so; empty when its beginning does not say."""
    known = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), "")
    if known:
        return known
    return "text" if _is_text(head) and not _TEXT_PICTURES.match(head) else ""


def _is_text(head: bytes) -> bool:
    if _CONTROLS.search(head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start >= len(head) - 3  # a character cut in two
    return True
