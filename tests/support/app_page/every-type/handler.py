"""Takes one input of every type, and tells what came."""

import io
import struct
import wave
from pathlib import Path


def _described(value):
    if value is None:
        return "nothing"
    if hasattr(value, "columns"):
        return f"a table of {len(value)} rows: {', '.join(map(str, value.columns))}"
    if isinstance(value, str) and Path(value).is_file():
        return f"a file of {Path(value).stat().st_size} bytes, {Path(value).suffix}"
    return f"{type(value).__name__} {value!r}"


def _beep():
    """A tenth of a second of a 440 Hz square wave."""
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", 8000 if at // 9 % 2 else -8000) for at in range(800)))
    return data.getvalue()


def handle(conf):
    return {"told": {name: _described(conf.get(name)) for name in sorted(conf)}, "beep": _beep()}
