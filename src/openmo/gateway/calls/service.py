"""One call from validated inputs to a rendered answer, however it came in."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import msgspec

from openmo.core.errors import OpenMoError
from openmo.gateway.endpoint import Endpoint
from openmo.gateway.files import FileStore
from openmo.gateway.http import encode
from openmo.gateway.inputs import NO_FILES
from openmo.gateway.recorder import CallRecorder
from openmo.serving.pool import CallOutput, CallResult, CallStream, InputFile, WorkerPool


class CallService:
    """Hands calls to the pool, notes how they ended, and turns outputs into JSON."""

    def __init__(self, pool: WorkerPool, files: FileStore, recorder: CallRecorder) -> None:
        self._pool = pool
        self._files = files
        self._recorder = recorder

    async def run(
        self, endpoint: Endpoint, inputs: Mapping[str, object], files: Mapping[str, InputFile]
    ) -> CallResult | CallStream:
        """What the pool answers; the files are gone afterwards, whoever took them."""
        started = time.perf_counter()
        try:
            result = await self._pool.call(endpoint.release, inputs, files)
        except OpenMoError as error:
            self._recorder.note(endpoint.release, time.perf_counter() - started, inputs, error)
            raise
        finally:
            if files is not NO_FILES:
                discard_files(files)  # those that no worker took
        if isinstance(result, CallResult):
            self._recorder.note(endpoint.release, result.duration, inputs)
            return result
        return CallStream(outputs=self._noted(endpoint, inputs, result.outputs, started))

    async def _noted(
        self,
        endpoint: Endpoint,
        inputs: Mapping[str, object],
        outputs: AsyncGenerator[CallOutput, None],
        started: float,
    ) -> AsyncGenerator[CallOutput, None]:
        failure: OpenMoError | None = None
        try:
            async with aclosing(outputs):  # a caller that leaves early ends the call
                async for output in outputs:
                    yield output
        except OpenMoError as error:
            failure = error
            raise
        finally:
            self._recorder.note(endpoint.release, time.perf_counter() - started, inputs, failure)

    def render(self, endpoint: Endpoint, output: CallOutput) -> bytes:
        """The output as JSON, its files as URLs."""
        if not output.files:
            return output.json
        values = msgspec.json.decode(output.json)
        try:
            for file in output.files:
                values[file.key] = self._files.keep(endpoint.release, file)
        except BaseException:
            for file in output.files:
                file.path.unlink(missing_ok=True)  # those after the one that could not be kept
            raise
        return encode(values)


def discard_files(files: Mapping[str, InputFile]) -> None:
    """Files of a call that no worker took are gone."""
    for file in files.values():
        file.path.unlink(missing_ok=True)
