"""Sums up a measured curve, with the NumPy 1 that it was written for: `numpy.trapz` is gone since."""

from typing import Any

import numpy as np


class curve_summary:
    """`predict` describes a curve; there is nothing to train."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is kept; every module's class takes conf."""

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The area below the curve by trapezoids, where its peaks are, and the NumPy that computed it."""
        values = conf.get("values", [0, 2, 1, 3, 0])  # value_type: [float] # description: heights at even distances
        spacing = float(conf.get("spacing", 1))  # value_type: float # description: the distance between two of them

        heights = np.asarray(values, dtype=float)
        if heights.ndim != 1 or len(heights) < 2 or not np.all(np.isfinite(heights)):
            raise ValueError("values needs two numbers or more, and all must be finite.")
        area = np.trapz(heights, dx=spacing)  # type: ignore[attr-defined]  # noqa: NPY201 (NumPy 1 has it)
        inner = (heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:])
        return {
            "area": float(area),  # value_type: float # description: below the curve
            "peaks": (np.flatnonzero(inner) + 1).tolist(),  # value_type: [int] # description: indexes, from 0
            "numpy": np.__version__,  # value_type: str # description: the version that computed it
        }
