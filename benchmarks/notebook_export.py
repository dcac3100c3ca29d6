"""Notebook to script: 200 code cells and 100 text cells, in-process, against the limit and the peers installed here.

Prints medians in milliseconds and each one's ratio to the limit (parse the JSON, join the sources). Peers that
are not installed are left out. Run: `python benchmarks/notebook_export.py`.
"""

import importlib
import importlib.util
import json
import statistics
import time
from collections.abc import Callable

from openmo.notebooks.export import export_notebook

ROUNDS = 30


def notebook_text() -> str:
    cells: list[dict[str, object]] = []
    commands = ["!echo hi", "%matplotlib inline", "y = !ls", "%%time\nz = 1"]
    for number in range(100):
        plain = f"x{number} = {number}\nfor k in range(3):\n    x{number} += k"
        cells.append({"cell_type": "markdown", "id": f"m{number}", "metadata": {}, "source": f"## part {number}\ntext"})
        for kind, source in (("c", plain), ("d", commands[number % 4])):
            lines = source.splitlines(keepends=True)
            cell: dict[str, object] = {
                "cell_type": "code",
                "id": f"{kind}{number}",
                "metadata": {},
                "execution_count": None,
            }
            cells.append({**cell, "outputs": [], "source": lines})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def limit(text: str) -> str:
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def jupytext(text: str) -> str:
    peer = importlib.import_module("jupytext")
    return str(peer.writes(peer.reads(text, fmt="ipynb"), fmt="py:percent"))


def nbconvert(text: str) -> str:
    nbformat = importlib.import_module("nbformat")
    exporter = importlib.import_module("nbconvert").PythonExporter()
    return str(exporter.from_notebook_node(nbformat.reads(text, as_version=4))[0])


def median_ms(export: Callable[[str], str], text: str) -> float:
    export(text)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        export(text)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    text = notebook_text()
    rows: list[tuple[str, Callable[[str], str]]] = [("limit: json.loads + join", limit)]
    rows.append(("OpenMo", lambda source: export_notebook(source, "big.ipynb")))
    rows.extend((peer.__name__, peer) for peer in (jupytext, nbconvert) if importlib.util.find_spec(peer.__name__))
    base = median_ms(limit, text)
    print(f"{'300 cells':26} {'ms':>8} {'ratio':>7}")
    for name, export in rows:
        took = median_ms(export, text)
        print(f"{name:26} {took:8.2f} {took / base:7.1f}")


if __name__ == "__main__":
    main()
