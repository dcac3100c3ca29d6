"""File outputs: whatever a handler gives as an image, sound or file becomes a regular file in its call's own folder."""

import base64
import io
import os
import shutil
import sys
import urllib.parse
import wave
from pathlib import Path
from typing import Any

from openmo.serving.inside.values_out import WrongOutput

_SIGNATURES = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"RIFF", ".wav"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
    (b"%PDF", ".pdf"),
    (b"PK\x03\x04", ".zip"),
    (b"\x1aE\xdf\xa3", ".webm"),
)
_MEDIA = tuple(signature for signature, extension in _SIGNATURES if extension not in (".pdf", ".zip"))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_MAX_NAME = 255
_MAX_PATH = 4096
_FALLBACKS = {"img": ".png", "audio": ".wav", "video": ".mp4", "file": ".bin"}


def store_output(name: str, kind: str, value: Any, *, folder: Path, roots: tuple[str, ...]) -> Path | None:
    """The file in `folder` that now holds `value`; None stays None.

    A path is taken only when it names, links followed, a regular file below one of `roots`: a handler cannot publish
    files of the machine, not even by passing on what its caller typed.
    """
    if value is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = str(len(list(folder.iterdir())))
    if isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        data = _from_base64(data, kind) or data
        return _write(folder / stem, data, _extension(data[:12], kind))
    if isinstance(value, str) and not _exists(value) and (encoded := _from_text(value, kind)) is not None:
        return _write(folder / stem, encoded, _extension(encoded[:12], kind))
    if isinstance(value, (str, os.PathLike)):
        return _copy(name, os.fspath(value), folder / stem, roots)
    if isinstance(value, io.IOBase):
        data = value.read()
        data = data.encode() if isinstance(data, str) else data
        return _write(folder / stem, data, _extension(data[:12], kind))
    return _library_value(name, kind, value, folder / stem)


def _exists(path: str) -> bool:
    return len(path) <= _MAX_PATH and "\0" not in path and os.path.exists(path)  # noqa: PTH110 (what handlers return is a string)


def _from_text(text: str, kind: str) -> bytes | None:
    """The bytes of a data URL, or of base64 text; None for what may be a path."""
    if text[:5].lower() == "data:":
        head, comma, body = text.partition(",")
        if not comma:
            return None
        if head.lower().endswith(";base64"):
            return _decoded(urllib.parse.unquote_to_bytes(body))
        return urllib.parse.unquote_to_bytes(body)
    if len(text) >= 2 and text[:2] in ("b'", 'b"') and text.endswith(text[1]):
        text = text[2:-1]  # str() of bytes
    return _from_base64(text.encode("ascii", "replace"), kind)


def _from_base64(data: bytes, kind: str) -> bytes | None:
    """What base64 text holds, told by the bytes with which pictures, sounds and films begin; else None."""
    head = _decoded(b"".join(data[:64].split())[:24])
    if kind == "file" or head is None or not _begins_like_media(head):
        return None
    return _decoded(data)


def _decoded(data: bytes) -> bytes | None:
    compact = b"".join(data.split()).rstrip(b"=").translate(_URL_SAFE)
    try:
        return base64.b64decode(compact + b"=" * (-len(compact) % 4), validate=True)
    except ValueError:
        return None


def _begins_like_media(head: bytes) -> bool:
    return head.startswith(_MEDIA) or head[4:8] == b"ftyp"


def _copy(name: str, given: Any, target: Path, roots: tuple[str, ...]) -> Path:
    if (
        not isinstance(given, str)
        or len(given) > _MAX_PATH
        or "\0" in given
        or len(given.rpartition("/")[2]) > _MAX_NAME
    ):
        raise WrongOutput(f"Output {name!r} is neither a file nor a picture, sound or film as base64 text or data URL.")
    real = os.path.realpath(given)
    if not any(real.startswith(root + os.sep) for root in roots):
        raise WrongOutput(
            f"Output {name!r} names a file outside its own folders; write it to the temporary folder first."
        )
    if not os.path.isfile(real):  # noqa: PTH113 (a string from realpath)
        raise WrongOutput(f"Output {name!r} names a file that does not exist: {os.path.basename(given)!r}.")  # noqa: PTH119 (as above)
    path = target.with_name(target.name + Path(real).suffix[:12])
    shutil.copyfile(real, path)
    return path


def _write(target: Path, data: bytes, extension: str) -> Path:
    path = target.with_name(target.name + extension)
    path.write_bytes(data)
    return path


def _extension(head: bytes, kind: str) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    for signature, extension in _SIGNATURES:
        if head.startswith(signature):
            return extension
    return _FALLBACKS[kind]


def _library_value(name: str, kind: str, value: Any, target: Path) -> Path:
    """PIL images, matplotlib figures, arrays and data frames, recognised by what they can do."""
    png = target.with_name(f"{target.name}.png")
    if hasattr(value, "savefig"):
        value.savefig(png, format="png")
        return png
    if hasattr(value, "figure") and hasattr(value.figure, "savefig"):  # matplotlib axes
        value.figure.savefig(png, format="png")
        return png
    if kind == "img" and hasattr(value, "save"):
        value.save(png, format="PNG")
        return png
    if kind == "img" and (hasattr(value, "shape") or hasattr(value, "__array__")):
        _array_image(name, value).save(png, format="PNG")
        return png
    if kind == "audio":
        return _sound(name, value, target.with_name(f"{target.name}.wav"))
    if kind == "file" and hasattr(value, "to_csv"):
        csv = target.with_name(f"{target.name}.csv")
        value.to_csv(csv, index=False)
        return csv
    raise WrongOutput(f"Output {name!r} should be a path, bytes or a value of type {kind}, not {type(value).__name__}.")


def _array_image(name: str, value: Any) -> Any:
    """A PIL image of an array: floats from 0 to 1 or 0 to 255, greys, RGB or RGBA."""
    try:
        import numpy as np
        from PIL import Image
    except ImportError as error:
        raise WrongOutput(f"Output {name!r} is an array, but the app's environment lacks {error.name}.") from None
    array = np.asarray(value)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or not array.size:
        raise WrongOutput(
            f"Output {name!r}: an array of shape {array.shape} is no image; (height, width[, 3 or 4]) is."
        )
    if array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif array.dtype != np.uint8:
        scale = 255.0 if array.dtype.kind == "f" and np.nanmax(array) <= 1.0 else 1.0
        array = np.clip(np.nan_to_num(array * scale), 0, 255).astype(np.uint8)
    return Image.fromarray(array)


def _sound(name: str, value: Any, path: Path) -> Path:
    """A wave file of (sample rate, samples): floats from -1 to 1, or 16-bit integers."""
    numpy = sys.modules.get("numpy")
    if numpy is None or not (isinstance(value, tuple) and len(value) == 2):
        raise WrongOutput(f"Output {name!r} should be a path, bytes, or (sample rate, samples).")
    rate, samples = value if isinstance(value[0], int) else (value[1], value[0])
    array = numpy.asarray(samples)
    if array.dtype.kind == "f":
        array = (numpy.clip(array, -1, 1) * 32767).astype(numpy.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if array.ndim == 1 else array.shape[1])
        file.setsampwidth(2)
        file.setframerate(int(rate))
        file.writeframes(array.astype("<i2").tobytes())
    return path
