"""Lines that name an epoch and an iteration in it are points of their own, on an axis that never goes back."""

import itertools

import msgspec
import pytest

from openmo.metrics.reading.parser import LineParser, ParserState
from openmo.metrics.store.catalogue import Catalogue
from openmo.metrics.values import Axis, Metric, Source

Curves = dict[str, tuple[Axis, list[tuple[int | None, float]]]]


def curves(log: str) -> Curves:
    """Each metric's axis and points, as its store keeps them: of equal places in a row the last."""
    parser = LineParser()
    found: Curves = {}
    batches = [parser.feed(log.encode()), parser.finish()]
    axes = {metric.name: metric.axis for metric in parser.catalogue.metrics}
    for point in itertools.chain(*batches):
        _, points = found.setdefault(point.name, (axes[point.name], []))
        if points and point.step is not None and points[-1][0] == point.step:
            points.pop()
        points.append((point.step, point.value))
    return found


def steps(log: str, name: str = "loss") -> list[int | None]:
    axis, points = curves(log)[name]
    assert axis is Axis.STEP
    return [step for step, _ in points]


FORMS = [
    "Epoch [{epoch}][{at}/100] lr: 0.1, loss: 0.5",
    "Epoch: [{epoch}] [ {at}/100] loss: 0.5 (0.6)",
    "[TRAIN] epoch: {epoch}, iter: {at}/100, loss: 0.5",
    "Train Epoch: {epoch} [{at}/100 (1%)] loss: 0.5",
    "Train: {epoch} [ {at}/100 ( 1%)] loss: 0.5 Time: 0.5s, 489.97/s",
    "Epoch [{epoch}/9], Step [{at}/100], loss: 0.5",
    "===> Epoch[{epoch}]({at}/100): loss: 0.5",
    "epoch 00{epoch}:  {at} / 100 loss=0.5, wps=3",
    "epoch {epoch}, loss: 0.5, step {at}/100",
    "第 {epoch} 轮，第 {at}/100 步，loss：0.5",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("first", [0, 1])
def test_iterations_are_counted_through_the_epochs(form: str, first: int) -> None:
    log = "".join(form.format(epoch=first + epoch, at=at) + "\n" for epoch in range(3) for at in (20, 60, 100))
    assert steps(log) == [20, 60, 100, 120, 160, 200, 220, 260, 300]


def test_where_no_total_is_printed_the_highest_number_is_counted_on() -> None:
    log = "".join(f"[{epoch}, {at:5}] loss: 0.5\n" for epoch in (1, 2, 3) for at in (2000, 4000))
    assert steps(log) == [2000, 4000, 6000, 8000, 10000, 12000]
    log = "".join(
        f'{{"mode": "train", "epoch": {epoch}, "iter": {at}, "loss": 1}}\n' for epoch in (1, 2) for at in (0, 9)
    )
    assert steps(log) == [0, 9, 10, 19]


def test_a_number_that_runs_on_through_the_epochs_is_taken_as_it_is() -> None:
    log = "".join(f"epoch: {at // 100 + 1}, iter: {at}/400, loss: 0.5\n" for at in range(50, 400, 50))
    assert steps(log) == list(range(50, 400, 50))
    log = "".join(f"epoch: [{at // 100 + 1}/9], global_step: {at}, loss: 0.5\n" for at in range(50, 400, 50))
    assert steps(log) == list(range(50, 400, 50))


def test_epochs_of_other_lengths_and_epochs_without_a_line() -> None:
    log = "Epoch [1][50/100] loss: 1\nEpoch [2][10/300] loss: 1\nEpoch [3][10/100] loss: 1\nEpoch [6][5/100] loss: 1\n"
    assert steps(log) == [50, 110, 410, 705]


def test_a_job_that_goes_on_in_a_later_epoch_begins_where_that_begins() -> None:
    assert steps("Epoch [5][50/100] loss: 1\nEpoch [6][50/100] loss: 1\n") == [450, 550]


def test_a_second_training_goes_on_counting() -> None:
    once = "".join(f"Epoch [{epoch}][{at}/100] loss: 0.5\n" for epoch in (1, 2) for at in (50, 100))
    assert steps(once * 2) == [50, 100, 150, 200, 250, 300, 350, 400]


def test_the_count_never_goes_back() -> None:
    late = "".join(f"Epoch [{epoch}][{at}/100] loss: 1\n" for epoch, at in ((5, 50), (4, 90), (5, 40), (5, 60)))
    assert steps(late) == [450, 460]
    samples = "Train Epoch: 1 [64/100] loss: 1\nTrain Epoch: 1 [36/100] loss: 2\nTrain Epoch: 2 [0/100] loss: 3\n"
    assert curves(samples)["loss"] == (Axis.STEP, [(64, 2.0), (100, 3.0)])
    inclusive = "Epoch 1 [0/10] loss: 1\nEpoch 1 [10/10] loss: 2\nEpoch 2 [0/10] loss: 3\nEpoch 2 [10/10] loss: 4\n"
    assert steps(inclusive) == [0, 10, 11, 21]


def test_what_is_printed_once_an_epoch_stays_by_epoch() -> None:
    epoch = "Epoch: [{0}][10/20] loss 0.5\nEpoch: [{0}][20/20] loss 0.4\nTest: [1/9] loss 0.7\nTest: [9/9] loss 0.6\n"
    epoch += "Epoch(val) [{0}][9/9] acc: 51.5\nEpoch {0} val_loss: 0.3 loss: 0.45\n"
    found = curves(epoch.format(1) + epoch.format(2))
    assert found == {
        "loss": (Axis.STEP, [(10, 0.5), (20, 0.45), (30, 0.5), (40, 0.45)]),
        "Test loss": (Axis.EPOCH, [(1, 0.6), (2, 0.6)]),
        "val acc": (Axis.EPOCH, [(1, 51.5), (2, 51.5)]),
        "val_loss": (Axis.EPOCH, [(1, 0.3), (2, 0.3)]),
    }


def test_an_evaluation_does_not_disturb_the_count() -> None:
    train = "Epoch [{0}][50/100] loss: 0.5\nEpoch [{0}][100/100] loss: 0.4\n"
    log = train + "Epoch [{0}][5/9] val_loss: 0.7\nEpoch [{0}][9/9] val_loss: 0.6\nEpoch [{0}][9/9] loss: 9\n"
    log += '{{"mode": "val", "epoch": {0}, "iter": 9, "loss_val": 0.3}}\n'
    assert curves(log.format(1) + log.format(2)) == {
        "loss": (Axis.STEP, [(50, 0.5), (100, 0.4), (150, 0.5), (200, 0.4)]),
        "val_loss": (Axis.STEP, [(100, 0.6), (200, 0.6)]),
        "loss_val": (Axis.EPOCH, [(1, 0.3), (2, 0.3)]),
    }


DRAWN = [
    "Epoch 1 [50/100] loss: 0.5\rEpoch 1 [100/100] loss: 0.4\r\nEpoch 2 [100/100] loss: 0.3\n",
    "\rEpoch 1 [50/100] loss: 0.5\rEpoch 1 [100/100] loss: 0.4\n\rEpoch 2 [100/100] loss: 0.3\n",
    "Epoch 1 [50/100] loss: 0.5\b\b\b0.6\nEpoch 1 [100/100] loss: 0.4\nEpoch 2 [100/100] loss: 0.3\n",
    "Epoch 1 ━━━━ 50/100 loss: 0.5\nEpoch 1 ━━━━ 100/100 loss: 0.4\nEpoch 2 ━━━━ 100/100 loss: 0.3\n",
    "Epoch 1: 50/100 [==>..] - loss: 0.5\nEpoch 1: 100/100 [====] - loss: 0.4\nEpoch 2: 100/100 [====] - loss: 0.3\n",
    "".join(f"Epoch {n}: 99%|█ | 5/9 [00:01<00:02, 3it/s, loss=0.{v}]\r" for n, v in ((1, 5), (1, 4), (2, 3))),
    "".join(f"epoch {n}: loss 0.{v}, acc: 9{v}.0% (9{v}/100)\n" for n, v in ((1, 3), (1, 4), (2, 3))),
]


@pytest.mark.parametrize("log", DRAWN)
def test_what_is_redrawn_or_counts_no_iterations_stays_by_epoch(log: str) -> None:
    assert curves(log)["loss"] == (Axis.EPOCH, [(1, 0.4), (2, 0.3)])


def test_a_metric_that_was_stored_by_epoch_stays_so() -> None:
    catalogue = Catalogue([Metric(name="loss", source=Source.TEXT, axis=Axis.EPOCH)])
    older = msgspec.msgpack.encode({"epochs": {"number": 3}})
    parser = LineParser(catalogue=catalogue, state=msgspec.msgpack.decode(older, type=ParserState))
    found = parser.feed(b"Epoch [4][50/100] loss: 0.5, acc: 0.9\n")
    assert [(point.name, point.step) for point in found] == [("loss", 4), ("acc", 350)]


def test_lines_of_their_own_may_end_as_windows_ends_them_and_stand_above_a_bar() -> None:
    line = "Epoch 1 [{0}/100] loss: 0.5"
    assert steps("".join(line.format(at) + "\r\n" for at in (10, 20, 30))) == [10, 20, 30]
    bar = "\r 40%|██  | 4/10 [00:01<00:02,  2.3it/s]"
    assert steps("".join(f"{bar}\r{' ' * 40}\r{line.format(at)}\n" for at in (10, 20, 30))) == [10, 20, 30]


def test_no_number_is_too_large() -> None:
    many = "9" * 15
    log = "".join(f"Epoch [{epoch}][{many}/{many}] loss: 1\n" for epoch in (999999999, 0, 999999998, 1, 999999997))
    found = steps(log)
    assert all(
        step is not None and before is not None and before <= step < 2**63 for before, step in itertools.pairwise(found)
    )
    assert curves(f"Epoch 1 [{many}9/{many}99] loss: 1\n")["loss"] == (Axis.EPOCH, [(1, 1.0)])
    assert curves('{"loss": 1, "epoch": 9223372036854775807}\n{"loss": 1, "epoch": 0}\n')["loss"][1][-1] == (0, 1.0)
