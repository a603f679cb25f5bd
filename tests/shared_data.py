"""Where outside suites and reference data lie: in `shared`, beside the checkout; tests that need them skip without."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """Return a file or folder of the shared data, or skip the test with a reason."""
    place = SHARED / path
    if not place.exists():
        pytest.skip(f"needs the shared data `{path}`, which is not beside this checkout")
    return place
