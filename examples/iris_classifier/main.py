"""Tells the species of an iris from four measures: a logistic regression, in plain Python."""

import json
import math
from pathlib import Path
from typing import Any

FEATURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


class iris_classifier:
    """`run` gives the class, `probabilities` how sure it is; `classes` names the species in the order of the index."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:  # noqa: ARG002  # every module's class takes conf
        weights = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
        self._classes: list[str] = weights["classes"]
        self._coefficients: list[list[float]] = weights["coefficients"]
        self._intercepts: list[float] = weights["intercepts"]

    def run(self, conf: dict[str, Any]) -> list[int]:
        """The likeliest class, as a list of one index: 0 setosa, 1 versicolor, 2 virginica."""
        measures = [
            float(conf["sepal_length"]),  # value_type: float # description: sepal length in cm
            float(conf["sepal_width"]),  # value_type: float # description: sepal width in cm
            float(conf["petal_length"]),  # value_type: float # description: petal length in cm
            float(conf["petal_width"]),  # value_type: float # description: petal width in cm
        ]
        scores = self._scores(measures)
        return [scores.index(max(scores))]

    def probabilities(self, conf: dict[str, Any]) -> dict[str, float]:
        """The probability of each species; they add up to 1."""
        scores = self._scores([float(conf[feature]) for feature in FEATURES])
        highest = max(scores)  # subtracted, so that exp cannot overflow
        weights = [math.exp(score - highest) for score in scores]
        return {name: weight / sum(weights) for name, weight in zip(self._classes, weights, strict=True)}

    def classes(self) -> list[str]:
        return list(self._classes)

    def _scores(self, measures: list[float]) -> list[float]:
        if not all(map(math.isfinite, measures)):
            raise ValueError(f"The four measures must be finite numbers of centimetres, not {measures}.")
        return [
            sum(weight * measure for weight, measure in zip(row, measures, strict=True)) + intercept
            for row, intercept in zip(self._coefficients, self._intercepts, strict=True)
        ]
