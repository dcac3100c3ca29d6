"""However a log is cut into pieces, the same points come out; and no bytes make the parser raise."""

import itertools
import json
import math
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.metrics.reading.parser import LINE_MAX, LineParser, ParserState
from openmo.metrics.store.catalogue import Catalogue
from openmo.metrics.values import Axis, Batch

NAMES = st.sampled_from(["loss", "val_loss", "准确率", "", "x" * 201, "a\nb", "\ud800"])
NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(max_size=3))
OBJECTS = st.fixed_dictionaries(
    {"metric": st.one_of(NAMES, st.integers()), "value": NUMBERS},
    optional={"step": NUMBERS, "epoch": NUMBERS, "x": NAMES},
)
PROGRESS = st.sampled_from(
    [
        "Epoch 1/3",
        "Epoch 2/3",
        "9/9 ━━━━ 1s 9ms/step - loss: 0.5 - val_loss: nan",
        "3/3 ━━━━ 1s 9ms/step - loss: 0.7",
        " 40%|██  | 4/10 [00:01<00:02,  2.3it/s, loss=0.42]",
        "loss: 0.42 - accuracy: 0.87\b\b\b",
        "{'loss': 0.3, 'epoch': 1.5}",
        "epoch 7 loss 0.1",
        "INFO: 12",
        " 40%|██  | 4/10 [00:01<00:02,  2.3it/s]" + '{"metric": "loss", "value": 0.5, "step": 3}',
        '{"loss": 0.5, "lr": "1e-3", "epoch": 2}',
        '{"loss": 0.5, "step": 7}',
        "epoch   train_loss  time",
        "0       0.5         00:10",
        "-----   ----------  ----",
        "Epoch 2/3，损失：0.5，用时：1.2秒",
        "10%\b\b\b20%",
        "val: loss 0.4 acc 0.9",
        "Epoch [1][50/700] loss: 0.5",
        "Epoch [2][3/700] loss: 0.4, val_loss: nan",
        "Train Epoch: 2 [640/60000 (1%)] loss: 0.5",
        "epoch: 1, iter: 80, loss: 0.47",
    ]
)
LINES = st.one_of(
    OBJECTS.map(lambda found: json.dumps(found).encode()),
    OBJECTS.map(lambda found: json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")),
    st.just(b'{"metric": "loss", "value": 1, "step": 3}'),
    PROGRESS.map(str.encode),
    st.binary(max_size=40),
    st.sampled_from([b"", b" ", b"{", b"}", b"{}", b"{{}", b"\0" * 50, b"x" * (LINE_MAX + 1), b"{" * 3000]),
)
LOGS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r", b"\r\n", b"\n\n", b" "])), max_size=60).map(
    lambda parts: b"".join(line + end for line, end in parts)
)
Plain = list[tuple[str, int | None, float | str, int]]


def plain(batches: Iterable[Batch]) -> Plain:
    """Points by metric in order; NaN made comparable."""
    points = [point for batch in batches for point in batch]
    rows = [(item.name, item.step, "gap" if math.isnan(item.value) else item.value, item.offset) for item in points]
    return sorted(rows, key=lambda row: (row[3], row[0]))


def parse(log: bytes, cuts: Iterable[int]) -> tuple[Plain, ParserState, Catalogue]:
    parser = LineParser()
    edges = [0, *sorted(cuts), len(log)]
    batches = [parser.feed(log[start:end]) for start, end in itertools.pairwise(edges)]
    batches.append(parser.finish())
    return plain(batches), parser.state, parser.catalogue


@settings(max_examples=dose(25, 120), deadline=None)
@given(log=LOGS, data=st.data())
def test_cuts_do_not_matter(log: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(log)), max_size=8))
    whole, pieces = parse(log, []), parse(log, cuts)
    assert pieces[0] == whole[0]
    assert pieces[1] == whole[1]
    assert sorted(map(str, pieces[2].metrics)) == sorted(map(str, whole[2].metrics))


@settings(max_examples=dose(25, 120), deadline=None)
@given(log=LOGS, data=st.data())
def test_a_new_parser_goes_on_from_the_state(log: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(log)))
    first = LineParser()
    before = first.feed(log[:cut])
    second = LineParser(catalogue=first.catalogue, state=first.state)
    after = [second.feed(log[first.state.offset :]), second.finish()]
    whole, state, _ = parse(log, [])
    assert plain([before, *after]) == whole
    assert second.state == state


@settings(max_examples=dose(25, 120), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Epoch [{}][{}/{}] loss: 1", "epoch: {}, iter: {}, loss: 1", "Epoch {} loss: 1"]),
            st.integers(0, 9) | st.integers(0, 10**9 - 1),
            st.integers(0, 99) | st.integers(0, 10**18 - 1),
            st.sampled_from([0, 7, 99, 10**15 - 1, 10**18]),
        ),
        max_size=30,
    )
)
def test_what_is_counted_in_iterations_never_goes_back(lines: list[tuple[str, int, int, int]]) -> None:
    first = "Epoch [0][0/9] loss: 1\n"
    log = first + "".join(form.format(*numbers) + "\n" for form, *numbers in lines)
    points, _, catalogue = parse(log.encode(), [])
    steps = [step for _, step, _, _ in points if step is not None]
    assert steps == sorted(steps)
    assert len(steps) == len(points)
    assert catalogue.metrics[0].axis is Axis.STEP


@settings(max_examples=dose(25, 120), deadline=None)
@given(log=st.binary(max_size=500))
def test_any_bytes_are_a_log(log: bytes) -> None:
    points, state, _ = parse(log, [])
    assert state.offset == len(log)
    assert all(0 <= offset < len(log) for *_, offset in points)


@settings(max_examples=dose(25, 80), deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from(list("loseacpEh0123456789 .:=/-%|[]()'\",_\t\x1b\b\r\n{}━█")),
        max_size=300,
    )
)
def test_texts_close_to_progress_never_raise(text: str) -> None:
    parse(text.encode(), [])


@settings(max_examples=dose(25, 80), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(min_size=1, max_size=200).filter(lambda name: name.isprintable()),
            st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
        ),
        max_size=30,
    )
)
def test_what_is_printed_is_what_is_charted(printed: list[tuple[str, float, int | None]]) -> None:
    log = "".join(
        json.dumps({"metric": name, "value": value} | ({} if step is None else {"step": step})) + "\n"
        for name, value, step in printed
    )
    parser = LineParser()
    assert [(point.name, point.value, point.step) for point in parser.feed(log.encode())] == printed
