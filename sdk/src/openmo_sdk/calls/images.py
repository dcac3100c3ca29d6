"""Images of Pillow, by their pixels."""

import importlib
import math
import sys
from typing import Any

from openmo_sdk.calls.parcel import BadFrame


def loaded() -> Any:
    """Pillow's images, when this process has loaded them."""
    return sys.modules.get("PIL.Image")


def encode(encoder: Any, value: Any) -> Any:
    """The form of an image; None for anything else. What a file said besides the pixels stays behind."""
    library = loaded()
    if not isinstance(value, library.Image):
        return None
    form: dict[str, Any] = {"$": "image", "mode": value.mode, "size": list(value.size)}
    if all(value.size):
        form["data"] = encoder.parcel.add(value.tobytes())
    if value.mode in ("P", "PA") and value.palette is not None:
        value.load()
        colours = value.palette.mode
        form["palette"] = [colours, encoder.parcel.add(bytes(value.getpalette(colours)))]
    transparency = value.info.get("transparency")
    if transparency is not None:
        form["transparency"] = encoder.encode(transparency)
    return form


def _read_image(decoder: Any, form: Any) -> Any:
    library = importlib.import_module("PIL.Image")
    mode, size = form["mode"], tuple(form["size"])
    data = decoder.parcel.data(form["data"]) if "data" in form else b""
    if math.prod(size) > 8 * len(data):  # one bit a pixel is the least: nobody's word is taken for the size
        raise BadFrame("an image came without its pixels")
    image = library.frombytes(mode, size, data) if data else library.new(mode, size)
    if "palette" in form:
        colours, data = form["palette"]
        image.putpalette(decoder.parcel.data(data), colours)
    if "transparency" in form:
        image.info["transparency"] = decoder.decode(form["transparency"])
    return image


READERS = {"image": _read_image}
