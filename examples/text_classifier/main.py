"""Tells the topic and the language of a text, Chinese or English: naive Bayes over words and characters, in NumPy."""

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

HAN = "[\\u3400-\\u4dbf\\u4e00-\\u9fff\\U00020000-\\U0002ffff]"
SMOOTHING = 0.3
"""Added to each count, so that what a label never had is unlikely instead of impossible."""
HELD_OUT = 5
"""Of so many texts of a label, one is kept out while the accuracy is measured."""
STEM = 5
"""Letters of a word that make its stem: `cooked` and `cooking` have the same."""
UNREADABLE = (AttributeError, BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError)
"""What reading a file raises that is no archive of arrays, or one of others."""

Row = tuple[str, str]


class text_classifier:
    """`train` learns labels from a table of texts; `predict` tells the label and the language of one text."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is loaded before a method is called; every module's class takes conf."""

    def train(self, conf: dict[str, Any]) -> dict[str, Any]:
        """Measures the accuracy on texts kept out, then learns from all texts and saves what it has learned."""
        data_path = conf.get(
            "data_path", ""
        )  # value_type: str # description: CSV file (UTF-8) with the columns text and label; empty: the module's own
        model_save_path = conf.get(
            "model_save_path", "results/text_model.npz"
        )  # value_type: str # description: file for the model, which predict takes

        rows = _read(Path(data_path) if data_path else Path(__file__).with_name("corpus.csv"))
        accuracy = round(_accuracy(rows), 5)
        print(json.dumps({"metric": "accuracy", "value": accuracy}), flush=True)
        model = _fit(rows)
        _save(Path(model_save_path), model)
        return {
            "accuracy": accuracy,  # value_type: float # description: on every fifth text, which was kept out meanwhile
            "labels": model["labels"].tolist(),  # value_type: [str] # description: the labels that it knows
            "texts": len(rows),  # value_type: int # description: how many texts it learned from
        }

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The likeliest label of a text, how sure the model is of it, and the text's language."""
        text = str(conf.get("text", "我们的球队赢了比赛"))  # value_type: str # description: in Chinese or English
        model_path = conf.get(
            "model_path", ""
        )  # value_type: str # description: file that train saved; empty: four topics
        model = _load(Path(model_path) if model_path else Path(__file__).with_name("model.npz"))
        label, probability = _classify(model, text)
        return {
            "label": label,  # value_type: str # description: the topic; unknown where no word of the text was learned
            "probability": round(probability, 4),  # value_type: float # description: how sure it is, from 0 to 1
            "language": _language(text),  # value_type: str # description: zh, en, or other
        }


def _parts(text: str) -> list[str]:
    """Stems of words in Latin letters, and Chinese characters alone and in pairs: Chinese has no spaces."""
    stems = [word[:STEM] for word in re.findall(r"[a-z]{2,}", text.lower())]
    runs = re.findall(f"{HAN}+", text)
    pairs = [run[start : start + 2] for run in runs for start in range(len(run) - 1)]
    return [*stems, *(character for run in runs for character in run), *pairs]


def _language(text: str) -> str:
    """By what there is more of: Chinese characters or words in Latin letters."""
    chinese, latin = len(re.findall(HAN, text)), len(re.findall(r"[A-Za-z]+", text))
    return "zh" if chinese > latin else "en" if latin else "other"


def _fit(rows: list[Row]) -> dict[str, Any]:
    """How likely each part is in texts of each label, as logarithms."""
    labels = sorted({label for _, label in rows})
    counts = {label: Counter[str]() for label in labels}
    for text, label in rows:
        counts[label].update(set(_parts(text)))
    parts = sorted(set().union(*counts.values()))
    table = np.array([[counts[label][part] + SMOOTHING for label in labels] for part in parts])
    texts = Counter(label for _, label in rows)
    return {
        "labels": np.array(labels),
        "parts": np.array(parts),
        "likelihoods": np.log(table / table.sum(axis=0)).astype(np.float32),
        "priors": np.log([texts[label] / len(rows) for label in labels]).astype(np.float32),
    }


def _classify(model: dict[str, Any], text: str) -> tuple[str, float]:
    places = {part: place for place, part in enumerate(model["parts"].tolist())}
    known = [places[part] for part in sorted(set(_parts(text))) if part in places]
    if not known:
        return "unknown", 0.0
    signals = model["priors"] + model["likelihoods"][known].sum(axis=0)
    powers = np.exp(signals - signals.max())
    best = int(powers.argmax())
    return str(model["labels"][best]), float(powers[best] / powers.sum())


def _accuracy(rows: list[Row]) -> float:
    """The share of every fifth text of a label that a model made from the others labels rightly."""
    seen: Counter[str] = Counter()
    training: list[Row] = []
    held_out: list[Row] = []
    for text, label in rows:
        seen[label] += 1
        (training if seen[label] % HELD_OUT else held_out).append((text, label))
    model = _fit(training)
    tested = held_out or training
    return sum(_classify(model, text)[0] == label for text, label in tested) / len(tested)


def _read(path: Path) -> list[Row]:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}: correct data_path, or import the dataset first.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        missing = {"text", "label"} - set(table.fieldnames or ())
        if missing:
            raise ValueError(f"{path} lacks the column {' and '.join(sorted(missing))}: its first line must name it.")
        rows = [(row["text"], row["label"]) for row in table if row["text"] and row["label"]]
    labels = {label for text, label in rows if _parts(text)}
    if len(labels) < 2:
        raise ValueError(f"{path} needs texts of two labels or more, in Chinese or in Latin letters.")
    return rows


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
            return {name: saved[name] for name in ("labels", "parts", "likelihoods", "priors")}
    except UNREADABLE as error:
        raise ValueError(f"{path} holds no model that this module saved ({error}).") from error
