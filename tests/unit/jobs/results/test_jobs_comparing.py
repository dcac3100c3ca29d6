import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.job_values import a_job

from openmo.core.errors import InvalidInput
from openmo.jobs.results.comparing import JOBS_MAX, arguments_of, differing, group, parse_names, parse_numbers


def test_arguments_have_names_however_they_are_written() -> None:
    line = [
        "--lr",
        "0.1",
        "--beta=-2",
        "--fast",
        "--seed",
        "-1",
        "-v",
        "model=big",
        "data.csv",
        "more",
        "-x",
        "1",
        "-x",
        "2",
    ]
    assert arguments_of(line) == {
        "--lr": "0.1",
        "--beta": "-2",
        "--fast": "✓",
        "--seed": "-1",
        "-v": "model=big",
        "#1": "data.csv",
        "#2": "more",
        "-x": "1 2",
    }
    assert arguments_of(["lr=0.1", "=x", "--", "-"]) == {"lr": "0.1", "#1": "=x", "--": "-"}


@given(st.lists(st.text(max_size=8), max_size=8))
def test_no_argument_is_lost(line: list[str]) -> None:
    found = arguments_of(line)
    joined = " ".join([*found, *found.values()])
    assert all(text.partition("=")[2] in joined or text in joined for text in line)


def test_what_differs() -> None:
    jobs = [
        a_job(args=("--lr", "0.1", "--epochs", "3")),
        a_job(args=("--epochs=3", "--lr=0.2")),
        a_job(args=("--epochs", "3")),
    ]
    assert differing(jobs) == ("--lr",)
    assert differing(jobs[:1]) == ()


def test_runs_that_differ_in_their_seed_alone_are_one_group() -> None:
    jobs = [
        a_job(number=1, args=("--lr", "1", "--seed", "1")),
        a_job(number=2, args=("--seed=2", "--lr=1")),
        a_job(number=3, args=("--lr", "2", "--seed", "1")),
        a_job(number=4, args=("--lr", "1"), env={"SEED": "7"}),
        a_job(number=5, args=("--lr", "1"), env={"MODE": "x"}),
        a_job(number=6, args=("--lr", "1"), script="other.py"),
    ]
    found = [[item.number for item in one.jobs] for one in group(jobs)]
    assert found == [[1, 2, 4], [3], [5], [6]]
    assert group(jobs)[0].arguments == {"--lr": "1"}
    assert len(group(jobs, parse_names(""))) == 6
    assert len(group(jobs, parse_names("SEED, --lr"))) == 3


def test_numbers_of_an_address() -> None:
    assert parse_numbers("3, 5,3,8,") == (3, 5, 8)
    assert parse_numbers("9" * 400) == (2**31 - 1,)
    for wrong in ("", "a", "1;2", "-1", "1.5", "²", ",".join(map(str, range(JOBS_MAX + 1)))):
        with pytest.raises(InvalidInput):
            parse_numbers(wrong)
