"""log: lines that the platform charts."""

import json
import math
import threading
from typing import Any

import numpy as np
import pytest
from openmo_sdk import log


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_metric_is_one_line_with_its_position(capsys: pytest.CaptureFixture[str]) -> None:
    log(epoch=3, loss=0.25, accuracy=1)
    log(step=np.int64(7), loss=np.float32(0.5))
    assert lines(capsys) == [
        {"metric": "loss", "value": 0.25, "epoch": 3},
        {"metric": "accuracy", "value": 1, "epoch": 3},
        {"metric": "loss", "value": 0.5, "step": 7},
    ]


def test_values_that_are_no_numbers_are_printed_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    log(note="早停", several=np.array([1, 2]), none=None, broken=math.nan, big=np.array([5]))
    assert [str(line["value"]) for line in lines(capsys)] == ["早停", "[1 2]", "None", "nan", "5"]


def test_a_position_must_be_a_whole_number() -> None:
    with pytest.raises(TypeError):
        log(epoch=1.5, loss=0)  # type: ignore[arg-type]  # what the test is about


def test_nothing_is_printed_for_no_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    log(step=1)
    assert capsys.readouterr().out == ""


def test_threads_do_not_mix_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    def work(number: int) -> None:
        for step in range(100):
            log(step=step, **{f"loss-{number}": step, f"accuracy-{number}": step})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    printed = lines(capsys)
    assert len(printed) == 1600
    assert {line["metric"].partition("-")[2] for line in printed} == {str(number) for number in range(8)}
    for first, second in zip(printed[::2], printed[1::2], strict=True):  # a call's lines stay together
        assert first["metric"].replace("loss", "accuracy") == second["metric"]
