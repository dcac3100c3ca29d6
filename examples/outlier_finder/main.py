"""Finds the numbers that do not belong to the others, by the isolation forest of an earlier scikit-learn."""

from typing import Any

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest


class outlier_finder:
    """`predict` looks through a list of numbers; there is nothing to train."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is kept; every module's class takes conf."""

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """Where the outliers are, and the scikit-learn that found them; the same numbers give the same answer."""
        data = conf.get("data", [1, 2, 1.5, 2.5, 40, 2])  # value_type: [float] # description: the numbers
        share = float(conf.get("share", 0.2))  # value_type: float # value_range: 0.01-0.5 # description: at most

        numbers = np.asarray(data, dtype=float)
        if numbers.ndim != 1 or len(numbers) < 2 or not np.isfinite(numbers).all():
            raise ValueError("data needs two numbers or more, and all must be finite.")
        forest = IsolationForest(n_estimators=50, contamination=share, random_state=0)
        found = forest.fit_predict(numbers.reshape(-1, 1)) < 0
        return {
            "outliers": np.flatnonzero(found).tolist(),  # value_type: [int] # description: indexes, from 0
            "scikit_learn": sklearn.__version__,  # value_type: str # description: the version that found them
        }
