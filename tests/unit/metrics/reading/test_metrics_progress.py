import pytest

from openmo.metrics.reading.progress import ProgressLine, ProgressScanner


def scan(line: bytes) -> ProgressLine | None:
    return ProgressScanner().scan(line)


CHARTED = [
    ("loss: 0.42 - accuracy: 0.87", {"loss": 0.42, "accuracy": 0.87}),
    (
        "469/469 ━━━━━━━━━━━━━━━━━━━━ 16s 34ms/step - accuracy: 0.91 - loss: 0.28 - val_loss: 3.1e-01",
        {"accuracy": 0.91, "loss": 0.28, "val_loss": 0.31},
    ),
    ("1/469 ━━━━━━━━━━━━━━━━━━━━ 2:34 330ms/step - gini: 0.91 - loss: 0.28", {"gini": 0.91, "loss": 0.28}),
    ("469/469 - 16s - 34ms/step - accuracy: 0.91 - loss: 0.28", {"accuracy": 0.91, "loss": 0.28}),
    ("32/60000 [..............................] - ETA: 3:20 - loss: 2.3 - acc: 0.1", {"loss": 2.3, "acc": 0.1}),
    ("60000/60000 [==============================] - 12s 200us/sample - loss: 0.2", {"loss": 0.2}),
    ("1/Unknown ━━━━ 1s 2ms/step - loss: 0.3", {"loss": 0.3}),
    ("40%|████      | 4/10 [00:01<00:02,  2.3it/s, loss=0.42, gini=0.9]", {"loss": 0.42, "gini": 0.9}),
    ("Train: 100%|██████████| 1.00k/1.00k [00:00<00:00, 10.0it/s, gini=3]", {"gini": 3.0}),
    ("12it [00:01, 10.00it/s, loss=0.4]", {"loss": 0.4}),
    ("train loss: 0.3333:  40%|████  | 4/10 [00:00<?, ?it/s]", {"train loss": 0.3333}),
    ("Epoch 2 loss: 0.5: 100%|████| 5/5 [00:00<00:00, 49813.59batch/s, acc=1]", {"loss": 0.5, "acc": 1.0}),
    ("Iteration 3, loss = 8.83933160", {"loss": 8.8393316}),
    ("Epoch 3: loss=0.1", {"loss": 0.1}),
    ("Epoch 3, gini = 0.1, lr=1e-05", {"gini": 0.1, "lr": 1e-05}),
    ("Epoch 1/5 - loss: -0.3", {"loss": -0.3}),
    ("epoch 1 loss: 0.42 acc: 87.5%", {"loss": 0.42, "acc": 87.5}),
    ("Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.300039", {"Loss": 2.300039}),
    ("Epoch [1/5], Step [100/600], Loss: 0.2", {"Loss": 0.2}),
    ("[0]\ttrain-rmse:0.9\tval-rmse:0.8", {"train-rmse": 0.9, "val-rmse": 0.8}),
    ("[10]\tvalid_0's l2: 0.24", {"valid_0's l2": 0.24}),
    ("{'loss': 0.42, 'learning_rate': 5e-05, 'epoch': 0.32}", {"loss": 0.42, "learning_rate": 5e-05}),
    ("iter 100: loss 2.4512, time 123.45ms, mfu 3.2%", {"loss": 2.4512}),
    ("step 250: train loss 2.1, val loss 2.2", {"train loss": 2.1, "val loss": 2.2}),
    ("2024-01-01 12:00:00,123 - INFO - loss: 0.4", {"loss": 0.4}),
    ("[12:00:00] INFO:root:loss: 0.4", {"loss": 0.4}),
    ("train Loss: 0.5 Acc: 0.8", {"train Loss": 0.5, "Acc": 0.8}),
    ("损失: 0.5", {"损失": 0.5}),
    ("Average loss: 0.0505, Accuracy: 9827/10000 (98%)", {"Average loss": 0.0505, "Accuracy": 0.9827}),
    ("loss: 0.3.", {"loss": 0.3}),
    ("\x1b[32mloss\x1b[0m: \x1b[1m0.3\x1b[0m", {"loss": 0.3}),
    ("1/9 [>..] - loss: 9.9\b\b\b\b\b\b\b2/9 [>..] - 1s - loss: 0.3", {"loss": 0.3}),
]

LOG_LINES = [
    "note: 3 files",
    "port: 8080",
    "INFO: 12",
    "2024-01-01 12:00:00 INFO: 12",
    "INFO:root:12",
    "x: 1, y: 2",
    "width=640 height=480",
    "loss: 0.3 was better than before",
    "the best loss of all the runs: 0.3",
    "Downloading: 100%|████| 10/10 [00:00<00:00, 10.0it/s]",
    "data.zip: 100%|████| 1.50k/1.50k [00:00<00:00, 108MB/s]",
    "part: 3: 100%|████| 10/10 [00:00<00:00, 10.0it/s]",
    "[LightGBM] [Info] Number of positive: 357, number of negative: 212",
    "[LightGBM] [Info] Total Bins 5676",
    "         2           1.0088            0.01s",
    "Listening on 127.0.0.1:8080",
    "Traceback (most recent call last):",
    '  File "x.py", line 3, in <module>',
    "KeyError: 3",
    "batch size: 32",
    "127.0.0.1: 3",
    "time: 12:30",
    "total: 42",
    "a=1",
    "Step 3: port=8080",
    "Collecting numpy==2.0.1",
    "2/5 files: 3",
    "[1234] INFO: 12",
    "loss: 0.42.3",
    "loss: 1:30",
    "loss: 2024-01-01",
    "loss: 12ms",
    "Found 3 files in 2s",
    "count 7",
    "ratio: 3/4",
    "Epoch 3 took: 5 minutes of prose",
    "loss: abc",
    "loss:",
    "accuracy",
]


@pytest.mark.parametrize(("line", "pairs"), CHARTED)
def test_training_output_is_charted(line: str, pairs: dict[str, float]) -> None:
    found = scan(line.encode())
    assert found is not None
    assert found.pairs == pytest.approx(pairs)


@pytest.mark.parametrize("line", LOG_LINES)
def test_prose_is_not_charted(line: str) -> None:
    found = scan(line.encode())
    assert found is None or not found.pairs


@pytest.mark.parametrize(
    ("line", "epoch", "step", "total"),
    [
        ("Epoch 3/12", 3, None, None),
        ("Epoch 3:  40%|████| 4/10 [00:01<00:02,  2.3it/s, v_num=0, mode=fast, loss=1]", 3, None, "10"),
        ("Train Epoch: 1 [640/60000 (1%)] Loss: 2.3", 1, None, "60000"),
        ("Epoch [1/5], Step [100/600], Loss: 0.2", 1, 100, None),
        ("iter 7: loss 2.5", None, 7, None),
        ("469/469 ━━━━ 16s 34ms/step - loss: 0.28", None, None, "469"),
    ],
)
def test_a_line_says_where_it_belongs(line: str, epoch: int | None, step: int | None, total: str | None) -> None:
    found = scan(line.encode())
    assert found is not None
    assert (found.epoch, found.step, found.total) == (epoch, step, total)


@pytest.mark.parametrize("number", ["nan", "NaN", "inf", "-inf"])
def test_a_diverged_loss_is_still_a_value(number: str) -> None:
    found = scan(f"loss: {number}".encode())
    assert found is not None
    assert found.pairs["loss"] == pytest.approx(float(number), nan_ok=True)


def test_a_header_announces_and_a_bar_does_not() -> None:
    header = scan(b"Epoch 3/12")
    bar = scan(b"Epoch 3:  0%|    | 0/10 [00:00<?, ?it/s]")
    assert header is not None
    assert header.is_header
    assert bar is not None
    assert not bar.is_header


def test_what_is_remembered_changes_no_answer() -> None:
    scanner = ProgressScanner()
    lines = [line.replace("1", digit).encode() for line, _ in CHARTED for digit in "1234"]
    lines += [line.replace("3", digit).encode() for line in LOG_LINES for digit in "1234"]
    for line in [*lines, *lines]:
        assert scanner.scan(line) == scan(line)


def test_what_is_remembered_is_bounded() -> None:
    scanner = ProgressScanner()
    for number in range(3_000):
        scanner.scan(f"what {'x' * number} is this: 3".encode())
    assert sum(map(len, scanner._strange)) < 1_000_000
