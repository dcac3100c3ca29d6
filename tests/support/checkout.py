"""Where things of the checkout lie."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
