import math

import pytest

from openmo.metrics.reading.parser import LINE_MAX, LineParser
from openmo.metrics.values import Axis, Point, Source


def points(log: str | bytes, parser: LineParser | None = None) -> list[Point]:
    reader = parser or LineParser()
    data = log.encode() if isinstance(log, str) else log
    return [*reader.feed(data), *reader.finish()]


def values(log: str | bytes) -> list[tuple[str, int | None, float]]:
    return [(point.name, point.step, point.value) for point in points(log)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"metric": "loss", "value": 2.2233}', ("loss", None, 2.2233)),
        ('{"metric": "loss", "value": 2, "step": 12}', ("loss", 12, 2.0)),
        ('{"metric": "loss", "value": 2, "epoch": 3}', ("loss", 3, 2.0)),
        ('{"metric": "loss", "value": 2, "epoch": 3, "step": 12}', ("loss", 12, 2.0)),
        (' \t{"metric": "loss", "value": 2} \t', ("loss", None, 2.0)),
        ('{"value": 2, "extra": {"a": [1, null]}, "metric": "loss"}', ("loss", None, 2.0)),
        ('{"metric": "loss", "value": 2, "step": null}', ("loss", None, 2.0)),
        ('{"metric": "loss", "value": 2, "step": "x"}', ("loss", None, 2.0)),
        ('{"metric": "loss", "value": 2, "step": true}', ("loss", None, 2.0)),
        ('{"metric": "loss", "value": 2, "step": 4.0}', ("loss", 4, 2.0)),
        ('{"metric": "loss", "value": 2, "step": 123456789012345678901234567890}', ("loss", None, 2.0)),
        (
            '{"metric": "loss", "value": 123456789012345678901234567890}',
            ("loss", None, 123456789012345678901234567890.0),
        ),
        ('{"metric": "准确率", "value": 1}', ("准确率", None, 1.0)),
        ('{"metric": "a\\nb", "value": 1}', ("a\nb", None, 1.0)),
        ('{"metric": "../../etc/passwd", "value": 1}', ("../../etc/passwd", None, 1.0)),
        ('{"metric": "a", "value": 1, "x": NaN}', ("a", None, 1.0)),
    ],
)
def test_a_metric_line_is_a_point(line: str, expected: tuple[str, int | None, float]) -> None:
    assert values(line) == [expected]
    assert values(f"before\n{line}\nafter {{\n") == [expected]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_not_finite_is_a_gap(number: str) -> None:
    (point,) = points(f'{{"metric": "loss", "value": {number}, "step": 3}}\n')
    assert point.step == 3
    assert math.isnan(point.value)


@pytest.mark.parametrize(
    "line",
    [
        '{"metric": "loss", "value": "2.0"}',
        '{"metric": "loss", "value": true}',
        '{"metric": "loss", "value": null}',
        '{"metric": "loss", "value": [2]}',
        '{"metric": "loss"}',
        '{"value": 2}',
        '{"metric": 3, "value": 2}',
        '{"metric": "", "value": 2}',
        '{"metric": "loss", "value": 2',
        '{"metric": "loss", "value": 2}}',
        '{"metric": "loss", "value": 2} {"metric": "loss", "value": 3}',
        '{"metric": "loss", "value": 2} trailing',
        'leading {"metric": "loss", "value": 2}',
        '[{"metric": "loss", "value": 2}]',
        '{"metric": "loss",\n"value": 2}',
        '{"metric": "loss", "value": 2, "x": ' + "[" * 100_000 + "}",
        '{"metric": "loss", "value": 1' + "0" * 5000 + ".x}",
        "{}",
        "{'metric': 'loss', 'value': '2'}",
    ],
)
def test_anything_else_is_a_log_line(line: str) -> None:
    good = '{"metric": "a", "value": 1}\n'
    assert values(line) == []
    assert values(good * 40 + line + "\n" + good * 40) == [("a", None, 1.0)] * 80


def test_a_carriage_return_starts_a_line() -> None:
    log = '10%|\r20%|\r{"metric": "a", "value": 1}\r\n{"metric": "a", "value": 2}\r30%|\n'
    assert [(point.value, point.offset) for point in points(log)] == [(1.0, 10), (2.0, 39)]


def test_offsets_are_those_of_the_lines() -> None:
    log = '{"metric": "a", "value": 1}\n\n\nx\n{"metric": "a", "value": NaN}\n'
    assert [point.offset for point in points(log)] == [0, 32]


def test_invalid_utf8_spoils_its_own_line_at_most() -> None:
    log = b'\xff\xfe\n{"metric": "a\xff", "value": 1}\n{"metric": "b", "value": 2, "x": "\xff"}\n'
    assert values(log) == [("a�", None, 1.0), ("b", None, 2.0)]


def test_a_lone_surrogate_in_a_name_can_be_stored() -> None:
    (point,) = points(r'{"metric": "a\ud800", "value": 1}')
    assert point.name.encode() == b"a?"


def test_a_long_line_is_no_metric_and_is_not_kept() -> None:
    parser = LineParser()
    padding = " " * LINE_MAX
    line = f'{{"metric": "a", "value": 1{padding}}}\n{{"metric": "b", "value": 2}}\n'
    assert [point.name for point in points(line, parser)] == ["b"]
    assert parser.state.long_lines == 1
    held = []
    for _ in range(100):
        parser.feed(b"x" * 10_000)
        held.append(parser.position - parser.state.offset)
    assert max(held) <= LINE_MAX
    assert [point.name for point in points('{"metric": "c", "value": 1}\n{"metric": "d", "value": 1}\n', parser)] == [
        "d"
    ]
    assert parser.state.long_lines == 2


def test_too_many_and_too_long_names_are_counted() -> None:
    parser = LineParser()
    log = "".join(f'{{"metric": "m{number}", "value": 1}}\n' for number in range(10_003))
    assert len(points(log, parser)) == 10_000
    assert points('{"metric": "%s", "value": 1}\n' % ("x" * 201), parser) == []
    assert len(points('{"metric": "m0", "value": 1}\n', parser)) == 1
    assert parser.state.dropped == 4
    assert len(parser.catalogue) == 10_000


def test_the_axis_is_what_the_first_point_was_printed_with() -> None:
    parser = LineParser()
    points('{"metric": "t", "value": 1}\n{"metric": "s", "value": 1, "step": 1}\n', parser)
    points('{"metric": "e", "value": 1, "epoch": 1}\n{"metric": "t", "value": 1, "epoch": 1}\n', parser)
    assert {metric.name: metric.axis for metric in parser.catalogue.metrics} == {
        "t": Axis.TIME,
        "s": Axis.STEP,
        "e": Axis.EPOCH,
    }


def test_progress_text_takes_its_epoch_from_the_header() -> None:
    log = (
        "Epoch 1/2\n"
        " 1/9 [>.....] - ETA: 8s - loss: 3.0\b\b\b\b\r 9/9 [======] - 1s 9ms/step - loss: 2.0 - val_loss: 2.5\n"
        "Epoch 2/2\n"
        "9/9 ━━━━ 1s 9ms/step - loss: 1.0 - val_loss: 1.5\n"
    )
    assert values(log) == [
        ("loss", 1, 3.0),
        ("loss", 1, 2.0),
        ("val_loss", 1, 2.5),
        ("loss", 2, 1.0),
        ("val_loss", 2, 1.5),
    ]


def test_another_bar_does_not_overwrite_the_epoch() -> None:
    log = "Epoch 1/1\n9/9 ━━ 1s 9ms/step - loss: 1.0\n3/3 ━━ 1s 9ms/step - loss: 7.0 - auc: 0.5\n"
    assert values(log) == [("loss", 1, 1.0), ("auc", 1, 0.5)]


def test_a_second_training_goes_on_counting() -> None:
    once = "Epoch 1/2\n9/9 ━━ 1s 9ms/step - loss: 1.0\nEpoch 2/2\n9/9 ━━ 1s 9ms/step - loss: 0.5\n"
    assert [point.step for point in points(once * 2)] == [1, 2, 3, 4]
    single = "Epoch 1/1\n9/9 ━━ 1s 9ms/step - loss: 1.0\n"
    assert [point.step for point in points(single * 3)] == [1, 2, 3]


def test_text_without_an_epoch_is_placed_by_time_or_step() -> None:
    log = "loss: 0.5 - acc: 0.1\nstep 20: loss=0.4\n{'loss': 0.3, 'epoch': 1.0}\n"
    assert [(point.name, point.step) for point in points(log)] == [
        ("loss", None),
        ("acc", None),
        ("loss", 20),
        ("loss", None),
    ]


def test_json_and_text_of_one_name_are_two_metrics() -> None:
    parser = LineParser()
    points('loss: 0.5\n{"metric": "loss", "value": 1}\n', parser)
    assert [(metric.name, metric.source) for metric in parser.catalogue.metrics] == [
        ("loss", Source.JSON),
        ("loss", Source.TEXT),
    ]


def test_a_hole_ends_no_line_and_starts_none() -> None:
    parser = LineParser()
    parser.feed(b'{"metric": "a", "val')
    parser.skip(4096)
    assert points('ue": 1}\n{"metric": "b", "value": 1}\n', parser)[0].offset == 20 + 4096 + 8


def test_rounds_are_not_inside_an_epoch() -> None:
    log = "Epoch 2: loss=0.5\n[0]\ttrain-rmse:0.9\n[1]\ttrain-rmse:0.8\nIteration 7, loss = 8.5\nstep 9: loss=0.4\n"
    assert [point.step for point in points(log)] == [2, 0, 1, 7, 2]


NEAR_MISSES = [
    '{"metric": "loss", "value": "2.0"}',
    '{"metric": "loss", "value": null}',
    '{"metric": "loss"}',
    '{"metric": 5, "value": 1}',
    '{"metric": "loss", "value": 2.0',
    '{"metric": "loss", "value": 2.0,}',
    "{'metric': 'loss', 'value': 2.0}",
]


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
@pytest.mark.parametrize("good", [0, 40])
def test_lines_that_were_meant_as_metrics_are_counted(size: int, good: int) -> None:
    before = "epoch done\n" + '{"metric": "fine", "value": 1}\n' * good
    quiet = '{"event": "metrics"}\n{"a": {"metric": 1}}\nmetric: 3\n{\n}\n'
    data = (before + quiet + "".join(line + "\n" for line in NEAR_MISSES)).encode()
    parser = LineParser()
    found = [point for at in range(0, len(data), size) for point in parser.feed(data[at : at + size])]
    assert len(found) == good
    assert parser.state.malformed == len(NEAR_MISSES)
    assert parser.state.malformed_at == len((before + quiet).encode())
