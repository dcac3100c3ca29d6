"""What the page that waits for a server shows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import NotRequired, TypedDict

_INTERVAL_SECONDS = 0.5
_STARTS_AT, _ENDS_AT, _STEP = 25.0, 95.0, 0.06
"""Where the bar stands, of 100, when a server begins to start, and what it comes nearer by this part of the rest."""


class StartEvent(TypedDict):
    """As JupyterHub's page takes it."""

    progress: int
    message: NotRequired[str]
    html_message: NotRequired[str]


async def start_events(place: Callable[[], int]) -> AsyncIterator[StartEvent]:
    """The place in the queue as long as it is not 0, then that the server starts; without an end.

    Nobody knows how long a start takes: the bar goes on, ever slower, and ends when the server answers.
    """
    told = -1
    while told:
        if (now := place()) != told:
            told = now
            yield _place_text(now)
        await asyncio.sleep(_INTERVAL_SECONDS if now else 0)
    shown = _STARTS_AT
    while True:
        await asyncio.sleep(_INTERVAL_SECONDS)
        shown += (_ENDS_AT - shown) * _STEP
        yield {"progress": round(shown)}


def _place_text(place: int) -> StartEvent:
    if not place:
        return _event(round(_STARTS_AT), "JupyterLab starts.", "JupyterLab 正在启动。")
    english = f"Many projects are being opened. Yours starts soon: place {place}."
    return _event(10, english, f"许多项目正在打开，您的项目排在第 {place} 位。")


def _event(progress: int, english: str, chinese: str) -> StartEvent:
    """Both languages for the page, which shows one."""
    both = f'<span class="t-en" lang="en">{english}</span><span class="t-zh" lang="zh-CN">{chinese}</span>'
    return {"progress": progress, "message": english, "html_message": both}
