"""Finds groups among the rows of a table, and tells to which one a new row belongs: k-means in NumPy."""

import csv
import json
import math
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

STARTS = 10
"""How often it begins anew, since a start may end in groups that no round improves."""
UNREADABLE = (AttributeError, BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError)
"""What reading a file raises that is no archive of arrays, or one of others."""


class kmeans_cluster:
    """`train` finds the centres of the groups in a CSV file; `predict` tells the nearest centre of one point."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is loaded before a method is called; every module's class takes conf."""

    def train(self, conf: dict[str, Any]) -> dict[str, Any]:
        """Moves the centres until they stay, prints the inertia of each round, and saves them."""
        data_path = conf.get(
            "data_path", "datasets/openmo-iris/iris.csv"
        )  # value_type: str # description: CSV file with a header
        columns = conf.get(
            "columns", ""
        )  # value_type: str # description: names parted by commas; empty: all with numbers
        clusters = int(conf.get("clusters", 3))  # value_type: int # value_range: 2-50 # description: how many groups
        epochs = int(conf.get("epochs", 50))  # value_type: int # value_range: 1-1000 # description: most rounds
        model_save_path = conf.get(
            "model_save_path", "results/centres.npz"
        )  # value_type: str # description: file for the centres, which predict takes

        if not (2 <= clusters <= 50 and 1 <= epochs <= 1000):
            raise ValueError("clusters must be from 2 to 50, and epochs from 1 to 1000.")
        names, rows = _read(Path(data_path), [each.strip() for each in str(columns).split(",") if each.strip()])
        scale = rows.std(axis=0)
        scale[scale == 0] = 1
        centres, inertia = _centres(rows / scale, clusters, epochs)
        sizes = np.bincount(_nearest(rows / scale, centres)[0], minlength=clusters)
        _save(Path(model_save_path), {"centres": centres * scale, "scale": scale, "columns": np.array(names)})
        return {
            "inertia": inertia,  # value_type: float # description: squared distances to the nearest centre, added up
            "sizes": sizes.tolist(),  # value_type: [int] # description: how many rows each group has
            "columns": names,  # value_type: [str] # description: the columns used, in the order of a point's numbers
        }

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The group of one point, which has a number for each column."""
        point = conf.get("point", [5.1, 3.5, 1.4, 0.2])  # value_type: [float] # description: one number per column
        model_path = conf.get(
            "model_path", ""
        )  # value_type: str # description: file that train saved; empty: knows irises
        model = _load(Path(model_path) if model_path else Path(__file__).with_name("centres.npz"))
        columns = [str(name) for name in model["columns"]]
        numbers = np.array([float(each) for each in point])
        if len(numbers) != len(columns) or not np.isfinite(numbers).all():
            raise ValueError(f"point needs {len(columns)} finite numbers: {', '.join(columns)}.")
        nearest, distances = _nearest(numbers[np.newaxis] / model["scale"], model["centres"] / model["scale"])
        return {
            "cluster": int(nearest[0]),  # value_type: int # description: the number of the group, from 0
            "distance": round(float(distances[0]), 4),  # value_type: float # description: to its centre, in deviations
            "centre": model["centres"][nearest[0]].round(4).tolist(),  # value_type: [float] # description: of the group
        }


def _read(path: Path, wanted: list[str]) -> tuple[list[str], Any]:
    """The names of the columns and their rows; those with an empty field are left out."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}: correct data_path, or import the dataset first.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    if not table:
        raise ValueError(f"{path} has no rows below its header.")
    missing = [name for name in wanted if name not in table[0]]
    if missing:
        raise ValueError(f"{path} has no column {', '.join(missing)}; it has: {', '.join(table[0])}.")
    names = wanted or [name for name in table[0] if all(_number(row[name]) is not None for row in table if row[name])]
    if not names:
        raise ValueError(f"{path} has no column of numbers.")
    rows = [[row[name] for name in names] for row in table if all(row[name] for name in names)]
    bad = next((each for row in rows for each in row if _number(each) is None), None)
    if bad is not None:
        raise ValueError(f"{path} has {bad!r} in one of the columns {', '.join(names)}, where a number is needed.")
    return names, np.array(rows, dtype=float)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _centres(rows: Any, clusters: int, epochs: int) -> tuple[Any, float]:
    """The best centres of some starts, by their first number, and their inertia; prints that of each round."""
    if len(np.unique(rows, axis=0)) < clusters:
        raise ValueError(f"The table has fewer than {clusters} different rows: ask for fewer clusters.")
    starts = [_moved(rows, _first_centres(rows, clusters, seed), epochs) for seed in range(STARTS)]
    centres, history = min(starts, key=lambda start: start[1][-1])
    for epoch, inertia in enumerate(history, start=1):
        print(json.dumps({"metric": "inertia", "value": inertia, "epoch": epoch}), flush=True)
    return centres[np.argsort(centres[:, 0], kind="stable")], history[-1]


def _moved(rows: Any, centres: Any, epochs: int) -> tuple[Any, list[float]]:
    """The centres once they stay, and the inertia of each round."""
    history: list[float] = []
    for _ in range(epochs):
        nearest, distances = _nearest(rows, centres)
        history.append(round(float((distances**2).sum()), 5))
        if len(history) > 1 and history[-1] >= history[-2]:
            break
        groups = [rows[nearest == each] for each in range(len(centres))]
        centres = np.stack(
            [group.mean(axis=0) if len(group) else centre for group, centre in zip(groups, centres, strict=True)]
        )
    return centres, history


def _first_centres(rows: Any, clusters: int, seed: int) -> Any:
    """Rows that lie far apart, by chance (k-means++); a seed gives the same each time."""
    generator = np.random.default_rng(seed)
    centres = rows[generator.integers(len(rows))][np.newaxis]
    while len(centres) < clusters:
        squares = _nearest(rows, centres)[1] ** 2
        centres = np.vstack([centres, rows[generator.choice(len(rows), p=squares / squares.sum())]])
    return centres


def _nearest(rows: Any, centres: Any) -> tuple[Any, Any]:
    """For each row the number of its nearest centre, and how far that is."""
    distances = np.linalg.norm(rows[:, np.newaxis] - centres, axis=2)
    nearest = distances.argmin(axis=1)
    return nearest, distances[np.arange(len(rows)), nearest]


def _save(path: Path, arrays: dict[str, Any]) -> None:
    """Plain arrays: whoever opens the file runs no code."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # a file, since a path would get .npz behind whatever name it has
        np.savez(file, **arrays)


def _load(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}: train first, and name the file that was saved.")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            return {name: saved[name] for name in ("centres", "scale", "columns")}
    except UNREADABLE as error:
        raise ValueError(f"{path} holds no centres that this module saved ({error}).") from error
