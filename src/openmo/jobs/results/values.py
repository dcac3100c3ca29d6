"""What a job used while it ran."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Curves of equal length."""

    time: list[float]
    """Unix seconds."""
    cpus: list[float]
    """CPUs busy."""
    memory: list[int]
    """Bytes of all processes together."""
    gpus: list[float | None]
    """GPUs busy; None where the driver does not say."""
    gpu_memory: list[int]
    """Bytes."""
    has_gpus: bool
