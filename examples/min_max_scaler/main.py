"""Brings numbers into a range: the smallest becomes its lower end, the largest its upper end. Plain Python."""

import math
from typing import Any


class min_max_scaler:
    """`predict` scales a list of numbers; there is nothing to train."""

    def __init__(self, conf: dict[str, Any] | None = None) -> None:
        """Nothing is kept; every module's class takes conf."""

    def predict(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The numbers in the same order, scaled into the range; equal numbers all become its lower end."""
        data = conf.get("data", [2, 4, 6, 10])  # value_type: [float] # description: the numbers to scale
        minimum = float(conf.get("minimum", 0))  # value_type: float # description: the lower end of the range
        maximum = float(conf.get("maximum", 1))  # value_type: float # description: the upper end of the range

        numbers = [float(each) for each in data]
        if not numbers or not all(map(math.isfinite, [*numbers, minimum, maximum])):
            raise ValueError("data needs one number or more, and all numbers must be finite.")
        if minimum > maximum:
            raise ValueError(f"minimum ({minimum}) must not be above maximum ({maximum}).")
        low, high = min(numbers), max(numbers)
        width = (high / 2 - low / 2) * 2 or 1.0
        scaled = [minimum + (each - low) / width * (maximum - minimum) for each in numbers]
        return {
            "scaled": scaled,  # value_type: [float] # description: the numbers within the range
            "low": low,  # value_type: float # description: the smallest number before
            "high": high,  # value_type: float # description: the largest number before
        }
