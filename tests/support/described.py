"""Requests that schemathesis makes from an OpenAPI document."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode


def operations_of(schema: Any) -> list[Any]:
    """Those that schemathesis can read."""
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def for_examples(operation: Any, mode: GenerationMode, check: Callable[[Any], None], *, examples: int) -> None:
    """Calls `check` with requests that are as described, or (NEGATIVE) are not."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,  # the same requests on every machine
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        check(case)

    run()
