"""Whatever else a job prints between its metric lines, on whichever stream, each is charted, once and in order."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.metrics.reading.parser import LINE_MAX, LineParser

HOSTILE = st.sampled_from(
    [
        b'{"metric": "loss", "value": 1, "step": 2',
        b'{"metric": "loss", "value": }',
        b'{"metric": "loss"}{"metric": "loss", "value": 1}',
        b'{"metric": "bad", "value": "1"}',
        b'{"metric": "bad", "value": true, "step": 1}',
        b'{"metric": "other", "value": %d}' % 10**400,
        b'{"metric": "other", "value": 1, "step": %d}' % 10**40,
        b'{"metric": "other", "value": -%d, "epoch": -%d}' % (2**64, 2**64),
        b'{"metric": "other", "value": NaN, "step": 1}',
        b'{"metric": "other", "value": -Infinity}',
        b'{"metric": "\xff\xfe", "value": 1}',
        b"\xc3",
        b"\xf0\x9f\x92",
        b"  50%|#####     | 1/2 [00:01<00:01]\r 100%|##########| 2/2 [00:02<00:00]",
        b"\r\r\r",
        b"\0" * 300,
        b"[" * 5000,
        b"x" * (LINE_MAX + 1),
        b'{"metric": "loss", "value": 1, "note": "' + b"y" * LINE_MAX + b'"}',
        b"Traceback (most recent call last):",
    ]
)
STREAMS = st.lists(st.one_of(st.sampled_from([b"train", b"test"]), HOSTILE), max_size=60)


def log_of(pieces: list[bytes]) -> tuple[bytes, list[tuple[str, int, float]]]:
    """The log of two streams whose lines alternate as drawn, and the points that it must make."""
    lines: list[bytes] = []
    expected: list[tuple[str, int, float]] = []
    for step, piece in enumerate(pieces):
        if piece in (b"train", b"test"):
            lines.append(b'{"metric": "%s", "value": %d.5, "step": %d}' % (piece, step, step))
            expected.append((piece.decode(), step, step + 0.5))
        else:
            lines.append(piece)
    return b"".join(line + b"\n" for line in lines), expected


@settings(max_examples=dose(25, 60), deadline=None)
@given(pieces=STREAMS, data=st.data())
def test_good_lines_survive_their_neighbours(pieces: list[bytes], data: st.DataObject) -> None:
    log, expected = log_of(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=6)))
    parser = LineParser()
    found = [
        (point.name, point.step, point.value)
        for start, end in itertools.pairwise([0, *cuts, len(log)])
        for point in parser.feed(log[start:end])
    ]
    assert [point for point in found if point[0] in ("train", "test")] == expected
    assert parser.state.offset == len(log)
    assert parser.state.long_lines == sum(len(piece) > LINE_MAX for piece in pieces)


def test_a_line_of_ten_megabytes_costs_no_other_and_is_not_kept() -> None:
    parser = LineParser()
    good = b'{"metric": "loss", "value": 1, "step": %d}\n'
    log = good % 1 + b"z" * 10_000_000 + b"\n" + good % 2
    found, largest = [], 0
    for start in range(0, len(log), 1 << 16):
        found += [point.step for point in parser.feed(log[start : start + (1 << 16)])]
        largest = max(largest, parser.position - parser.state.offset)
    assert found == [1, 2]
    assert parser.state.long_lines == 1
    assert largest <= LINE_MAX
