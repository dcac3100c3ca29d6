import json
from typing import Any

import pytest

from openmo.web.documents.notebook import notebook_cells


def notebook(*cells: Any) -> str:
    return json.dumps({"cells": list(cells)})


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 100_000])
def test_what_is_no_notebook_is_shown_as_text(text: str) -> None:
    assert notebook_cells(text) is None


def test_cells_keep_their_order_and_outputs() -> None:
    cells = notebook_cells(
        notebook(
            {"cell_type": "markdown", "source": ["# A\n", "b"]},
            {
                "cell_type": "code",
                "source": "print(1)",
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": "1\n"},
                    {"output_type": "error", "ename": "E", "evalue": "why"},
                    {"output_type": "display_data", "data": {"image/png": "aGk=\n", "text/plain": "fig"}},
                    {"output_type": "execute_result", "data": {"text/html": "<b>x</b>", "text/plain": ["a", "b"]}},
                ],
            },
        )
    )
    assert cells is not None
    assert [cell.kind for cell in cells] == ["markdown", "code"]
    assert "<h1>A</h1>" in cells[0].html
    assert [(output.kind, output.text, output.image) for output in cells[1].outputs] == [
        ("text", "1\n", ""),
        ("error", "E: why", ""),
        ("image", "", "data:image/png;base64,aGk="),
        ("text", "ab", ""),
    ]


def test_odd_cells_do_no_harm() -> None:
    odd = notebook(3, None, {"cell_type": "code", "source": 5, "outputs": [7, {"data": 3}, {"output_type": "stream"}]})
    cells = notebook_cells(odd)
    assert cells is not None
    assert [output.text for output in cells[0].outputs] == [""]
