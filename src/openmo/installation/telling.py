"""Lines for whoever started OpenMo."""

import sys


def tell(text: str) -> None:
    """A line on standard error, for whoever waits."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
