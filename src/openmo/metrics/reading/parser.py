"""A job's log, cut into lines and its metric lines into points."""

import copy
from operator import itemgetter
from typing import Final

import msgspec
import numpy as np

from openmo.metrics.reading import jsonlines
from openmo.metrics.reading.epochs import EpochTracker
from openmo.metrics.reading.plain_json import read_plain
from openmo.metrics.reading.progress import ProgressLine, ProgressScanner, is_open_bar
from openmo.metrics.reading.tables import Columns, is_between_rows, read_header, read_row
from openmo.metrics.store.catalogue import NAMELESS, REFUSED, Catalogue
from openmo.metrics.values import NO_STEP, Axis, Batch, Integers, Octets, Source

LINE_MAX: Final = 64 * 1024
"""Bytes; a longer line is never a metric and is skipped without being kept."""

_LF, _CR = 10, 13
_OPEN, _CLOSE = b"{}"
_EPOCH: Final = Axis.EPOCH


class ParserState(msgspec.Struct, frozen=True, kw_only=True):
    """All that a parser must remember at `offset`, the start of a line (or inside one that it is `skipping`)."""

    offset: int = 0
    skipping: bool = False
    dropped: int = 0
    long_lines: int = 0
    malformed: int = 0
    malformed_at: int | None = None
    epochs: EpochTracker = msgspec.field(default_factory=EpochTracker)
    columns: Columns = ()
    """Of the table that the last lines belong to."""


class _Lines:
    """The lines of a chunk that say something, with where they start in it; `text` with where in the log."""

    def __init__(self) -> None:
        self.objects: list[tuple[int, bytes]] = []
        self.broken: list[int] = []
        self.text: list[tuple[int, ProgressLine]] = []

    def add_object(self, start: int, line: bytes) -> None:
        if line[-1] == _CLOSE:
            self.objects.append((start, line))
        elif b'"metric"' in line:
            self.broken.append(start)


class LineParser:
    """Turns bytes of a log into batches of points, whatever pieces the bytes arrive in; never raises on any bytes.

    Where it stands is in `state`; a new parser with that state, the same catalogue and the log from `state.offset` on
    goes on as if nothing had happened. Keeps at most LINE_MAX bytes and a carriage return.
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
        self._columns = start.columns
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
            columns=self._columns,
        )

    @property
    def position(self) -> int:
        """The offset in the log of the next byte to feed."""
        return self._offset + len(self._carry)

    def feed(self, chunk: bytes) -> Batch:
        """The points of the lines that end in `chunk`; a carriage return ends one when it is known what follows it."""
        data = self._carry + chunk
        buffer = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero((buffer == _LF) | (buffer == _CR))
        if data.endswith(b"\r") and self._is_open(ends):
            ends = ends[:-1]
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

    def _is_open(self, ends: Integers) -> bool:
        """Whether the last of the lines is kept until more is known; not where it is no metric anyway."""
        start = ends[-2] + 1 if len(ends) > 1 else 0
        return 0 < ends[-1] - start <= LINE_MAX and not (self._skipping and len(ends) == 1)

    def _keep(self, rest: bytes) -> None:
        if self._skipping or len(rest) > LINE_MAX + rest.endswith(b"\r"):
            self._long_lines += not self._skipping
            self._skipping = True
            self._offset += len(rest)
            rest = b""
        self._carry = rest

    def _parse(
        self, data: bytes, buffer: Octets, starts: Integers, ends: Integers, *, base: int, is_whole: bool
    ) -> Batch:
        if is_whole and len(starts) and (buffer[starts] == _OPEN).all() and (buffer[ends - 1] == _CLOSE).all():
            found = jsonlines.decode_block(data[starts[0] : ends[-1]], len(starts))
            if found is not None:
                batch, nameless = self._from_json(found, starts + base)
                objects = [(int(starts[at]), data[starts[at] : ends[at]]) for at in nameless]
                return self._with_text(batch, self._plain(objects, base))
        lines = _Lines()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            line = data[start:end].strip(b" \t")
            if not line:
                continue
            if line[0] == _OPEN and line[1:2] != b"'":
                lines.add_object(start, line)
            elif (progress := self._read_text(line)) is not None:
                if progress.at is not None:
                    progress.is_redrawn |= data[end] == _CR and data[end + 1] != _LF
                lines.text.append((start + base, progress))
            elif line[-1] == _CLOSE:
                self._read_behind_bar(lines, start, line, base)
        self._note_malformed([start + base for start in lines.broken])
        places = np.array([start for start, _ in lines.objects], dtype=np.int64)
        printed, nameless = self._from_json(jsonlines.decode([line for _, line in lines.objects]), places + base)
        return self._with_text(printed, lines.text + self._plain([lines.objects[at] for at in nameless], base))

    def _read_behind_bar(self, lines: "_Lines", start: int, line: bytes, base: int) -> None:
        """Some bars leave their line open, and what is printed next stands behind them."""
        if line.startswith(b"{'metric'"):  # a dict printed as Python writes it
            lines.broken.append(start)
        elif (at := line.find(b"{")) > 0 and b'"metric"' in line and is_open_bar(line[:at]):
            lines.add_object(start + at, line[at:])
            if (progress := self._scanner.scan(line[:at])) is not None:
                lines.text.append((start + base, progress))

    def _read_text(self, line: bytes) -> ProgressLine | None:
        """What a line that is no object says, as a row of the table above it or by itself."""
        if self._columns:
            row = read_row(line, self._columns)
            if row is not None:
                return row
            if is_between_rows(line):
                return None
        found = self._scanner.scan(line)
        if found is None:
            self._columns = read_header(line)
        return found

    def _plain(self, lines: list[tuple[int, bytes]], base: int) -> list[tuple[int, ProgressLine]]:
        """What objects say that are no metric lines."""
        return [(start + base, found) for start, line in lines if (found := read_plain(line)) is not None]

    def _with_text(self, printed: Batch, text: list[tuple[int, ProgressLine]]) -> Batch:
        text.sort(key=itemgetter(0))
        return _join(printed, self._from_text(text)) if text else printed

    def _from_json(self, found: list[jsonlines.JsonLine], offsets: Integers) -> tuple[Batch, list[int]]:
        """The points, and which of the objects are no metric lines."""
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
        nameless: list[int] = []
        if not known.all():
            nameless = sorted(set(np.flatnonzero(codes == NAMELESS).tolist()).difference(malformed))
            codes, x, values, offsets = codes[known], x[known], values[known], offsets[known]
        return Batch(metrics=self.catalogue.metrics, codes=codes, steps=x, values=values, offsets=offsets), nameless

    def _note_malformed(self, offsets: list[int]) -> None:
        """Count lines that were meant as metrics and are none; where the first of them is helps to find out why."""
        if not offsets:
            return
        self._malformed += len(offsets)
        first = min(offsets)
        self._malformed_at = first if self._malformed_at is None else min(first, self._malformed_at)

    def _from_text(self, lines: list[tuple[int, ProgressLine]]) -> Batch:
        codes, metrics = self.catalogue.codes[Source.TEXT], self.catalogue.metrics
        rows: list[tuple[int, int, float, int]] = []
        for offset, found in lines:
            by_epoch, axis, pairs, counted = self._epochs.place(found)
            for name, value in pairs.items():
                before = len(metrics)
                code = codes[name]
                if code == before:
                    self.catalogue.set_axis(code, axis)
                if code == REFUSED:
                    self._dropped += 1
                    continue
                x = by_epoch if counted is None or metrics[code].axis is _EPOCH else counted
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
