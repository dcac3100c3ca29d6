"""Notebook servers, as whoever runs them (JupyterHub) sees them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ServerState(StrEnum):
    """Where a notebook server stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A project's notebook server."""

    state: ServerState
    url: str
    """Path on this site, with a slash at the end."""


class NotebookServers(Protocol):
    """Starts and stops notebook servers, each known by its user and the project's slug."""

    async def start_server(self, user: str, slug: str, *, language: str = "") -> Server:
        """The server starts, or has started; its state of this moment. `language` is that of JupyterLab's own texts.

        Raises Unavailable, Conflict, StorageFull.
        """
        ...

    async def stop_server(self, user: str, slug: str) -> None:
        """The server stops; nothing when it does not run."""
        ...
