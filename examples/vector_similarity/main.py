"""Compares vectors by functions that NumPy has since version 2."""

from typing import Any

import numpy as np


class vector_similarity:
    """`predict` compares two vectors; there is nothing to train."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is kept; every module's class takes conf."""

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The cosine of the angle between the vectors, their distance, and the NumPy that computed them."""
        first = conf.get("first", [1, 0])  # value_type: [float] # description: a vector
        second = conf.get("second", [1, 1])  # value_type: [float] # description: one of the same length

        left, right = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
        if left.ndim != 1 or left.shape != right.shape or not left.size:
            raise ValueError("first and second need equally many numbers, one or more.")
        lengths = float(np.linalg.vector_norm(left) * np.linalg.vector_norm(right))
        if not np.isfinite(lengths) or lengths == 0:
            raise ValueError("Neither vector may be zero, and all numbers must be finite.")
        return {
            "cosine": float(np.vecdot(left, right)) / lengths,  # value_type: float # description: 1: same direction
            "distance": float(np.linalg.vector_norm(left - right)),  # value_type: float # description: of their ends
            "numpy": np.__version__,  # value_type: str # description: the version that computed it
        }
