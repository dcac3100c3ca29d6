"""What differs between installations of the gateway."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Bounds and places; built once and passed down."""

    folder: Path
    """Uploads on their way to a worker, and output files until they expire; private to the gateway."""
    public_url: str = ""
    """Prefix of the URLs of output files, such as `https://apps.example.org`; empty: they are paths."""
    file_seconds: float = 3600.0
    """Output files can be fetched for so long."""
    calls_per_minute: int | None = None
    """Calls of one caller (account, or address of a stranger) over all apps; None: no bound."""
    form_fields: int = 256
    """Parts of one multipart body."""
    text_bytes: int = 1 << 20
    """Bytes of one text part of a multipart body."""
