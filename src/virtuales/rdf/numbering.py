"""Numbering the strings of columns: what is joined and compared are the numbers, what is written are the strings."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]

_NONE = -1


class Encoder:
    """Numbers strings in the order in which they first occur, column after column.

    Only distinct strings are kept, so that what a column was cut from can be let go of.
    """

    def __init__(self) -> None:
        # It is kept because polars forgets categories, and so their numbers, with the last series that has them.
        self._categories = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        self._number = np.empty(0, np.int32)
        self._distinct: list[str] = []

    def add(self, column: pl.Series) -> Numbers:
        """Return the number of each string of a column."""
        numbers = self.add_matching(column, None)
        if numbers is None:
            raise TypeError("a column without pattern has nothing to fail")
        return numbers

    def add_matching(self, column: pl.Series, pattern: str | None) -> Numbers | None:
        """Return the number of each string of a column.

        Args:
            column: The strings.
            pattern: A regular expression that every string must match; those seen before do. None where all may come.

        Returns:
            The numbers; None when a string does not match, and then the column is forgotten.
        """
        if not len(column):
            return np.empty(0, np.int32)
        raw = column.cast(self._categories.dtype).to_physical().to_numpy()
        grown = np.full(max(int(raw.max()) + 1, len(self._number)), _NONE, np.int32)
        grown[: len(self._number)] = self._number
        first = np.full(len(grown), len(raw), np.int64)
        first[raw[::-1]] = np.arange(len(raw) - 1, -1, -1)
        fresh = np.flatnonzero((grown == _NONE) & (first < len(raw)))
        fresh = fresh[np.argsort(first[fresh])]
        strings = column.gather(first[fresh])
        if pattern is not None and not strings.str.contains(pattern).all():
            return None
        grown[fresh] = np.arange(len(self._distinct), len(self._distinct) + len(fresh), dtype=np.int32)
        self._distinct += strings.to_list()
        self._number = grown
        return np.asarray(grown[raw])

    def distinct(self) -> pl.Series:
        """Return the strings in the order of their numbers."""
        return pl.Series(self._distinct, dtype=pl.String)
