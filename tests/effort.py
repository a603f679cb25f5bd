"""How hard the tests try: a short form by default, and a long form with `make test-long`.

`VIRTUALES_EFFORT` is the share of its examples that each property test tries; from 1 on, tests marked `long` run too.
"""

import os
from typing import Final

EFFORT: Final = float(os.environ.get("VIRTUALES_EFFORT", "0.15"))
_FEWEST: Final = 5


def examples(number: int) -> int:
    """Return how many examples a property test tries that tries so many in its long form."""
    return number if number <= _FEWEST else max(_FEWEST, round(number * EFFORT))


def is_long() -> bool:
    """Whether the long form is asked for."""
    return EFFORT >= 1
