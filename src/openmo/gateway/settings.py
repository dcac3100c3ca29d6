"""What differs between installations of the gateway."""

from dataclasses import dataclass, field
from pathlib import Path

from openmo.core.space import DiskSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBounds:
    """Bounds on calls that are polled or followed."""

    running_per_caller: int = 32
    running: int = 2000
    kept: int = 10_000
    """Calls remembered, running ones among them."""
    kept_seconds: float = 3600.0
    """A call's answer is kept for so long after its end."""
    kept_bytes: int = 256 << 20
    """Bytes of all answers together."""
    outputs: int = 1000
    """Outputs kept of one call; of more, the newest."""
    output_bytes: int = 16 << 20
    """Bytes of them."""
    wait_seconds: float = 60.0
    """The longest `Prefer: wait=...`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Bounds and places; built once and passed down."""

    folder: Path
    """Uploads on their way to a worker, and output files until they expire; private to the gateway."""
    space: DiskSpace | None = None
    """Whose low mark refuses uploads, and a quarter of it output files; None: nothing does."""
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
    calls: CallBounds = field(default_factory=CallBounds)
