"""What `openmo app` makes of its arguments; against a real server it is walked in tests/e2e."""

from pathlib import Path
from typing import Any

import pytest

from openmo.cli.app.call import FromText, read_inputs
from openmo.cli.app.prepare import read_cells
from openmo.cli.app.settings import read_limits
from openmo.core.errors import InvalidInput


def test_inputs_are_pairs_files_and_json(tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_text('{"b": [1, 2], "词": "好"}', encoding="utf-8")
    values, files = read_inputs(("a=1=2", '{"c": 3}', f"@{path}", "photo=@cat.png", "empty="))
    assert values == {"a": "1=2", "c": 3, "b": [1, 2], "词": "好", "empty": ""}
    assert isinstance(values["a"], FromText)
    assert files == {"photo": Path("cat.png")}


@pytest.mark.parametrize("wrong", ["alone", "=1", "{", '{"a": 1', "[1]", "@absent.json", '{"a": ' * 2000])
def test_what_is_no_input_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        read_inputs((wrong,))


def test_a_list_is_no_set_of_inputs(tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_bytes(b"[1]")
    with pytest.raises(InvalidInput, match="JSON object"):
        read_inputs((f"@{path}",))
    path.write_bytes(b"\xff")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_inputs((f"@{path}",))


@pytest.mark.parametrize(
    ("text", "cells"), [("", None), ("1", [0]), ("1,3-5", [0, 2, 3, 4]), (" 2 , 2-3", [1, 2]), ("2-2", [1])]
)
def test_cells_are_counted_from_one(text: str, cells: list[int] | None) -> None:
    assert read_cells(text) == cells


@pytest.mark.parametrize("wrong", ["a", "1-", "-1", "0", "1,,2", "1-b", "9" * 30, "4-2", "0-3", "1-100001"])
def test_what_names_no_cells_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        read_cells(wrong)


@pytest.mark.parametrize(
    ("asked", "limits"),
    [
        (("timeout=2m",), {"timeout": 120.0}),
        (("memory_bytes=1G", "workers=3"), {"memory_bytes": 1 << 30, "workers": 3}),
        (("workers=", "timeout="), {"workers": None, "timeout": None}),
    ],
)
def test_limits_are_changed_one_by_one(asked: tuple[str, ...], limits: dict[str, Any]) -> None:
    assert read_limits(asked) == limits


@pytest.mark.parametrize(
    "wrong",
    ["timeout", "speed=1", "timeout=soon", "memory_bytes=much", "workers=x", "workers=nan", "queue=inf", "cpus=1.5"],
)
def test_what_is_no_limit_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput):
        read_limits((wrong,))
