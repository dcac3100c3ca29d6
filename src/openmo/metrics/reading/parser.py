"""A job's log, cut into lines and its metric lines into points."""

import copy
from typing import Final

import msgspec
import numpy as np

from openmo.metrics.reading import jsonlines
from openmo.metrics.reading.epochs import EpochTracker
from openmo.metrics.reading.progress import ProgressLine, ProgressScanner
from openmo.metrics.store.catalogue import REFUSED, Catalogue
from openmo.metrics.values import NO_STEP, Axis, Batch, Integers, Source

LINE_MAX: Final = 64 * 1024
"""Bytes; a longer line is never a metric and is skipped without being kept."""

_LF, _CR = 10, 13
_OPEN, _CLOSE = b"{}"


class ParserState(msgspec.Struct, frozen=True, kw_only=True):
    """All that a parser must remember at `offset`, the start of a line (or inside one that it is `skipping`)."""

    offset: int = 0
    skipping: bool = False
    dropped: int = 0
    long_lines: int = 0
    malformed: int = 0
    malformed_at: int | None = None
    epochs: EpochTracker = msgspec.field(default_factory=EpochTracker)


class LineParser:
    """Turns bytes of a log into batches of points, whatever pieces the bytes arrive in; never raises on any bytes.

    Where it stands is in `state`; a new parser with that state, the same catalogue and the log from `state.offset` on
    goes on as if nothing had happened. Keeps at most LINE_MAX bytes.
    """

    def __init__(self, *, catalogue: Catalogue | None = None, state: ParserState | None = None) -> None:
        start = state or ParserState()
        self.catalogue = catalogue if catalogue is not None else Catalogue()
        self._offset = start.offset
        self._skipping = start.skipping
        self._dropped = start.dropped
        self._long_lines = start.long_lines
        self._malformed = start.malformed
        self._malformed_at = start.malformed_at
        self._epochs = copy.deepcopy(start.epochs)
        self._scanner = ProgressScanner()
        self._carry = b""

    @property
    def state(self) -> ParserState:
        return ParserState(
            offset=self._offset,
            skipping=self._skipping,
            dropped=self._dropped,
            long_lines=self._long_lines,
            malformed=self._malformed,
            malformed_at=self._malformed_at,
            epochs=copy.deepcopy(self._epochs),
        )

    @property
    def position(self) -> int:
        """The offset in the log of the next byte to feed."""
        return self._offset + len(self._carry)

    def feed(self, chunk: bytes) -> Batch:
        """The points of the lines that end in `chunk`."""
        data = self._carry + chunk
        buffer = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero((buffer == _LF) | (buffer == _CR))
        starts = np.zeros_like(ends)
        starts[1:] = ends[:-1] + 1
        base = self._offset
        done = int(ends[-1]) + 1 if len(ends) else 0
        if self._skipping and done:
            starts, ends = starts[1:], ends[1:]
            self._skipping = False
        self._offset += done
        self._keep(data[done:])
        is_long = ends - starts > LINE_MAX
        self._long_lines += int(is_long.sum())
        wanted = (ends > starts) & ~is_long
        has_long = bool(is_long.any())
        return self._parse(data, buffer, starts[wanted], ends[wanted], base=base, is_whole=not has_long)

    def finish(self) -> Batch:
        """The points of the last line, when no line feed ends it."""
        batch = self.feed(b"\n")
        self._offset -= 1  # the line feed was ours
        return batch

    def skip(self, length: int) -> None:
        """Pass over `length` bytes that the log no longer holds; what is left of a line on either side is no metric."""
        self._offset += len(self._carry) + length
        self._carry = b""
        self._skipping = True

    def restart(self, offset: int, *, at_line: bool) -> None:
        """Go on at another place of the log, because the log was cut there."""
        self._offset = offset
        self._carry = b""
        self._skipping = not at_line

    def _keep(self, rest: bytes) -> None:
        if self._skipping or len(rest) > LINE_MAX:
            self._long_lines += not self._skipping
            self._skipping = True
            self._offset += len(rest)
            rest = b""
        self._carry = rest

    def _parse(
        self, data: bytes, buffer: np.ndarray, starts: Integers, ends: Integers, *, base: int, is_whole: bool
    ) -> Batch:
        if is_whole and len(starts) and (buffer[starts] == _OPEN).all() and (buffer[ends - 1] == _CLOSE).all():
            found = jsonlines.decode_block(data[starts[0] : ends[-1]], len(starts))
            if found is not None:
                return self._from_json(found, starts + base)
        objects: list[bytes] = []
        places: list[int] = []
        broken: list[int] = []
        text: list[tuple[int, ProgressLine]] = []
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            line = data[start:end].strip(b" \t")
            if line.startswith(b"{") and not line.startswith(b"{'"):
                if line.endswith(b"}"):
                    objects.append(line)
                    places.append(start)
                elif b'"metric"' in line:
                    broken.append(start + base)
            elif line and (progress := self._scanner.scan(line)) is not None:
                text.append((start + base, progress))
            elif line.startswith(b"{'metric'"):  # a dict printed as Python writes it
                broken.append(start + base)
        self._note_malformed(broken)
        printed = self._from_json(jsonlines.decode(objects), np.array(places, dtype=np.int64) + base)
        return _join(printed, self._from_text(text)) if text else printed

    def _from_json(self, found: list[jsonlines.JsonLine], offsets: Integers) -> Batch:
        names, values, steps, epochs, malformed = jsonlines.to_columns(found)
        self._note_malformed(offsets[malformed].tolist())
        before = len(self.catalogue)
        codes = np.array(list(map(self.catalogue.codes[Source.JSON].__getitem__, names)), dtype=np.int64)
        self._dropped += int((codes == REFUSED).sum())
        if len(self.catalogue) > before:
            for code, first in zip(*np.unique(codes, return_index=True), strict=True):
                if code >= before:
                    by_epoch = Axis.EPOCH if epochs[first] != NO_STEP else Axis.TIME
                    self.catalogue.set_axis(int(code), Axis.STEP if steps[first] != NO_STEP else by_epoch)
        x = np.where(steps == NO_STEP, epochs, steps)
        known = codes >= 0
        if not known.all():
            codes, x, values, offsets = codes[known], x[known], values[known], offsets[known]
        return Batch(metrics=self.catalogue.metrics, codes=codes, steps=x, values=values, offsets=offsets)

    def _note_malformed(self, offsets: list[int]) -> None:
        """Count lines that were meant as metrics and are none; where the first of them is helps to find out why."""
        if not offsets:
            return
        self._malformed += len(offsets)
        first = min(offsets)
        self._malformed_at = first if self._malformed_at is None else min(first, self._malformed_at)

    def _from_text(self, lines: list[tuple[int, ProgressLine]]) -> Batch:
        codes = self.catalogue.codes[Source.TEXT]
        rows: list[tuple[int, int, float, int]] = []
        for offset, found in lines:
            x, axis, pairs = self._epochs.place(found)
            for name, value in pairs.items():
                before = len(self.catalogue)
                code = codes[name]
                if code == before:
                    self.catalogue.set_axis(code, axis)
                if code == REFUSED:
                    self._dropped += 1
                else:
                    rows.append((code, NO_STEP if x is None else x, value, offset))
        numbers = np.array([(code, x, offset) for code, x, _, offset in rows], dtype=np.int64).reshape(-1, 3)
        values = np.array([value for _, _, value, _ in rows], dtype=np.float64)
        values[~np.isfinite(values)] = np.nan
        return Batch(
            metrics=self.catalogue.metrics,
            codes=numbers[:, 0],
            steps=numbers[:, 1],
            values=values,
            offsets=numbers[:, 2],
        )


def _join(first: Batch, second: Batch) -> Batch:
    return Batch(
        metrics=first.metrics,
        codes=np.concatenate([first.codes, second.codes]),
        steps=np.concatenate([first.steps, second.steps]),
        values=np.concatenate([first.values, second.values]),
        offsets=np.concatenate([first.offsets, second.offsets]),
    )
