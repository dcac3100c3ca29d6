"""What a terminal shows of a line, and which lines are errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.jobs.log.errors import MARKS, is_error
from openmo.jobs.log.text import colours, fold, folded, visible


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain\n", "plain"),
        ("windows\r\n", "windows"),
        ("10%\r20%\r100%\n", "100%"),
        ("longer text\rshort", "shortr text"),
        ("a\r\r\rb", "b"),
        ("\r\r", ""),
        ("10%\b\b\b20%\b\b\b30%\n", "30%"),
        ("done\b\b", "done"),
        ("a\b\b\bxyz\bw", "xyw"),
        ("long text\r1\b2\n", "2ong text"),
        ("\x1b[32m10%\b\b\b20%\x1b[0m\n", "20%\x1b[0m"),
        ("\x1b[31m10%\r20%\n", "\x1b[31m20%"),
        ("\x1b[31mred\x1b[0m\r\x1b[32mok\x1b[0m", "\x1b[32mok\x1b[0m"),
    ],
)
def test_a_line_is_shown_as_a_terminal_leaves_it(line: str, shown: str) -> None:
    assert fold(line) == shown


def test_a_log_in_parts_is_folded_line_by_line() -> None:
    log = "start\n10%\r20%\r30%\nlonger\rshort\r\nlast\rline"
    whole = "start\n30%\nshortr\nline"
    for size in (1, 3, 7, 100):
        assert "".join(folded(log[at : at + size] for at in range(0, len(log), size))) == whole
    bar = (f"\r{number:6}%" for number in range(50_000))
    assert "".join(folded(bar)) == " 49999%"
    assert "".join(folded(["x" * 3_000_000, "y\n"])) == "x" * 3_000_000 + "y\n"


def test_only_what_can_be_read_is_searched() -> None:
    assert visible("\x1b]0;title\x07lo\x1b[1mss\x1b[0m\x00: 1\n") == "loss: 1"
    assert visible("a\x1b]8;;never ended") == "a"


def test_colours_in_force_are_those_since_the_last_reset() -> None:
    assert colours("\x1b[31mred\x1b[0mplain\x1b[1mbold\x1b[4m") == "\x1b[1m\x1b[4m"
    assert colours("\x1b[31m\x1b[m") == ""
    assert colours("\x1b[1;31m" * 1000).count("\x1b") == 16


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        "  + Exception Group Traceback (most recent call last):",
        "[rank0]: Traceback (most recent call last):",
        "[rank3]:[E101 12:00] ProcessGroupNCCL.cpp:6: NCCL watchdog error",
        "ValueError: bad",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20 MiB",
        "KeyError: 3",
        "KeyboardInterrupt",
        "2026-01-31 12:00:00 ERROR worker: cannot read",
        "[ERROR] no such file",
        "RuntimeError: CUDA error: device-side assert triggered",
        "main.c:3:5: error: expected ';'",
        "error: could not compile",
        "Fatal Python error: Segmentation fault",
        "bash: line 1: 12 Segmentation fault (core dumped) ./train",
        "thread 'main' panicked at src/main.rs:2:5:",
    ],
)
def test_what_says_that_something_went_wrong(line: str) -> None:
    assert is_error(line)


@pytest.mark.parametrize(
    "line",
    [
        "epoch 3 error: 0.123",
        "error: 0.5",
        "mean_squared_error: 3.2 loss: 0.1",
        "MeanSquaredError: 0.25",
        "0 errors, 3 warnings",
        "ERROR: 0.12",
        "no Exception here, and an error was never seen",
        "val_error=0.3 ERROR=3",
        "Exit code 0",
        "",
    ],
)
def test_what_is_only_called_an_error(line: str) -> None:
    assert not is_error(line)


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([mark.decode() for mark in MARKS] + ["E", ": ", " ", "x.", "[r]", "[1]: "])).map("".join)
)
def test_every_error_holds_a_mark(line: str) -> None:
    if is_error(line):
        assert any(mark in line.encode("utf-8", "replace") for mark in MARKS)


@pytest.mark.parametrize(
    "part",
    [
        "\x1b[",
        "\x1b]",
        "!",
        "\x1b[!",
        "\r",
        "a\r",
        "ab\b",
        "\b",
        "\x1b[1mb\b",
        "[a]",
        "A.",
        "[",
        " ",
        "\x1b[31m",
        "a.Error:",
        "/1:",
        "\x1b[0;",
        "ERROR  ",
    ],
)
@pytest.mark.timeout(60)
def test_hostile_lines_take_linear_time(part: str) -> None:
    """A look that took quadratic time would need hours."""
    line = part * (400_000 // len(part))
    assert len(visible(line)) + len(visible("\x1b[" + line)) + len(colours(line)) <= 4 * len(line)
    is_error(line)
    is_error("ERROR" + line)
