"""Run by an environment that has pandas: tables, series and moments pass between environments as they are."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from openmo_sdk import CannotPass
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from support.module_calls import trip

TABLE = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "float": [1.5, None, 2],
        "text": ["x", None, "é\ud800"],
        "objects": pd.Series(["x", None, float("nan")], dtype=object),
        "mixed": pd.Series([1, "a", (2, None)], dtype=object),
        "category": pd.Categorical(["u", "v", None], categories=["v", "u"], ordered=True),
        "zoned": pd.date_range("2020", periods=3, tz="Asia/Shanghai"),
        "moment": pd.to_datetime(["2020-01-01T00:00:00.000", None, "2021-01-01T00:00:00.123"]),
        "duration": pd.to_timedelta([1, 2, 3], unit="s"),
        "missing_whole": pd.array([1, None, 3], dtype="Int64"),
        "missing_float": pd.array([1.5, None, 3], dtype="Float32"),
        "missing_truth": pd.array([True, None, False], dtype="boolean"),
        "string": pd.array(["a", None, "b"], dtype="string"),
        "truth": [True, False, True],
        4: [1 + 2j, 0, 3],
    },
    index=pd.Index(["p", "q", "r"], name="key"),
)
TABLES = (
    TABLE,
    TABLE.reset_index().set_index(["key", "whole", "zoned"]),
    TABLE[["float", "whole"]].T,
    TABLE.iloc[:0],
    TABLE[[]],
    pd.DataFrame(),
    pd.concat([TABLE["whole"], TABLE["whole"]], axis=1),
    pd.DataFrame({"big": range(100_000)}, index=range(100_000, 0, -1)),
)
MOMENTS = (
    pd.Timestamp("2020-01-01T00:00:00.123456789"),
    pd.Timestamp("2020-10-25T00:30", tz="UTC").tz_convert("Europe/Berlin"),
    pd.Timestamp("2020-10-25T01:30", tz="UTC").tz_convert("Europe/Berlin"),  # the same on the clock
    pd.Timedelta("1 days 00:00:00.000000001"),
)


def refused() -> Iterator[tuple[Any, str]]:
    """What has no form, and what is said of it."""
    yield pd.DataFrame({"a": [1], "odd": [object()]}), "['odd'][0] is of the class object"
    yield pd.DataFrame({"a": pd.period_range("2020", periods=1, freq="M")}), "['a'] is of the type period[M]"


def problem_of(value: Any) -> str:
    try:
        trip(value)
    except CannotPass as error:
        return str(error)
    return "none"


def main() -> None:
    for table in TABLES:
        assert_frame_equal(trip(table), table)
        assert_index_equal(trip(table.index), table.index)
        for number in range(table.shape[1]):
            assert_series_equal(trip(table.iloc[:, number]), table.iloc[:, number])
    for moment in MOMENTS:
        found = trip(moment)
        assert (found, str(found), type(found)) == (moment, str(moment), type(moment))
    assert trip(pd.NaT) is pd.NaT
    assert trip(pd.NA) is pd.NA
    for value, problem in refused():
        assert problem_of(value).startswith(problem), problem_of(value)
    print("as they were")


if __name__ == "__main__":
    main()
