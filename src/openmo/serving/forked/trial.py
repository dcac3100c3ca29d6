"""Tries a release in a worker pool of its own, so that a trial can cost no running app a call."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

from openmo.core.errors import DeadlineExceeded, OpenMoError, Unavailable
from openmo.core.hostile.trees import remove_tree
from openmo.core.messages import message
from openmo.sandbox.policy import Sandbox
from openmo.serving.directory import DeployedRelease
from openmo.serving.forked.pool import ForkedWorkerPool, PoolSettings
from openmo.serving.pool import CallStream
from openmo.serving.trial import TrialOutcome

_TIMEOUT_SECONDS = 60.0
_MAX_TRIALS = 2
_MAX_LOG_BYTES = 20_000


class PoolTrial:
    """See `openmo.serving.trial.ReleaseTrial`; to be called from threads, of which each brings a loop along."""

    def __init__(self, folder: Path, sandbox: Sandbox, *, seconds: float = _TIMEOUT_SECONDS) -> None:
        self._folder = folder
        self._sandbox = sandbox
        self._seconds = seconds
        self._room = threading.BoundedSemaphore(_MAX_TRIALS)

    def call(self, release: DeployedRelease, inputs: Mapping[str, object]) -> TrialOutcome:
        """One call; nothing of it is left afterwards."""
        if not self._room.acquire(timeout=self._seconds):
            raise Unavailable("Other apps are being tried at this moment. Try again in a moment.", retry_after=5.0)
        folder = self._folder / token_hex(8)
        folder.mkdir(mode=0o700, parents=True)
        try:
            return asyncio.run(self._call(release, inputs, folder))
        finally:
            remove_tree(folder)
            self._room.release()

    async def _call(self, release: DeployedRelease, inputs: Mapping[str, object], folder: Path) -> TrialOutcome:
        pool = ForkedWorkerPool(PoolSettings(folder=folder, preload=()), self._sandbox)
        error: OpenMoError | None = None
        try:
            await pool.start()
            async with asyncio.timeout(self._seconds):
                await _answer(pool, _tightened(release, self._seconds), inputs)
        except TimeoutError:
            error = DeadlineExceeded(
                message("The app did not answer within %(seconds)s seconds.", seconds=f"{self._seconds:.0f}")
            )
        except OpenMoError as failure:
            error = failure
        finally:
            await pool.close()
        return TrialOutcome(error=error, log=_tail(pool.log_path(release.project_id)))


async def _answer(pool: ForkedWorkerPool, release: DeployedRelease, inputs: Mapping[str, object]) -> None:
    """Returns when the app has answered; the first part of a stream is an answer."""
    result = await pool.call(release, inputs)
    if isinstance(result, CallStream):
        async for _ in result.outputs:
            break


def _tightened(release: DeployedRelease, seconds: float) -> DeployedRelease:
    limits = release.limits
    return replace(release, limits=replace(limits, timeout=min(limits.timeout, seconds), workers=1))


def _tail(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    return data[-_MAX_LOG_BYTES:].decode("utf-8", "replace")
