"""The corpus of training logs: what libraries print, and what is charted of it.

Each file has a head in YAML and, behind a line `---`, the log as it was printed. `source` names the library and its
version, `kind` the section of docs/reference/progress-text.md, `charts` each curve that is drawn: its axis, how many
points, the last value and its step or epoch (`at`). What `charts` does not name must not be charted.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "corpora" / "training"
_BORDER = b"\n---\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLog:
    name: str
    source: str
    kind: str
    charts: dict[str, dict[str, Any]]
    data: bytes


def training_logs() -> list[TrainingLog]:
    """All of them, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.txt"))]


def _read(path: Path) -> TrainingLog:
    head, _, data = path.read_bytes().partition(_BORDER)
    about = yaml.safe_load(head)
    return TrainingLog(name=path.stem, source=about["source"], kind=about["kind"], charts=about["charts"], data=data)
