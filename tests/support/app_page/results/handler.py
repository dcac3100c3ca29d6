"""Gives one output of every kind."""

import numpy as np
import pandas as pd


def handle(conf):
    rows = conf["rows"]  # value_type: int # value_range: 1-500 # default_value: 12
    import matplotlib

    matplotlib.use("agg")
    from matplotlib.figure import Figure

    x = np.linspace(0, 6.28, 80)
    figure = Figure(figsize=(5, 3), layout="constrained")
    figure.subplots().plot(x, np.sin(x))
    frame = pd.DataFrame(
        {"name": [f"row {at}" for at in range(rows)], "value": np.round(np.cos(np.arange(rows)), 3), "formula": "=1+1"}
    )
    return {
        "shares": {
            "setosa": 0.91,
            "versicolor": 0.07,
            "virginica": 0.02,
        },  # value_type: str # description: labels with probabilities
        "plot": figure,  # value_type: img # description: a figure of matplotlib
        "picture": np.kron(np.eye(8), np.ones((20, 20))),  # value_type: img # description: an array
        "frame": frame,  # value_type: dataframe # description: a table
        "tone": (8000, np.sin(np.arange(4000) / 3)),  # value_type: audio # description: half a second
        "report": b"a,b\n1,2\n",  # value_type: file # description: a file to keep
        "total": 1234567.891,  # value_type: float # description: a number
        "matrix": [[1, 2], [3, 4]],  # value_type: [int] # description: numbers in rows
        "sure": True,  # value_type: bool
        "words": "Two lines\nof text <b>as they are</b>.",  # value_type: str
        "tree": {
            "model": {"name": "forest", "trees": 100, "depths": list(range(40))},
            "notes": None,
        },  # value_type: str # description: nested
    }
