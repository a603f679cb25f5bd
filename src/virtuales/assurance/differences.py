"""What one data graph has that another has not, found column by column."""

from typing import NamedTuple

import numpy as np

from virtuales.assurance.dictionary import NO_TERM, IntArray, TermDictionary
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.reach import united
from virtuales.assurance.revised_graph import Statements, held_by


class Difference(NamedTuple):
    """What leads from one graph to another.

    Args:
        removed: The statements that only the first has.
        added: The statements that only the second has.
    """

    removed: ColumnarGraph
    added: ColumnarGraph

    def __len__(self) -> int:
        """Count the statements of both."""
        return len(self.removed) + len(self.added)


def difference(before: ColumnarGraph, after: ColumnarGraph) -> Difference:
    """Compare two graphs; blank nodes are the same where their labels are."""
    if before is after:
        return Difference(ColumnarGraph.from_quads(()), ColumnarGraph.from_quads(()))
    numbers = before.dictionary.lookup(after.dictionary.terms)
    theirs = Statements(*after.statements())
    known = Statements(*(numbers[column].astype(np.int32) for column in theirs))
    whole = np.logical_and.reduce([column != NO_TERM for column in known])
    mine = Statements(*before.statements())
    fresh = ~whole
    fresh[whole] = ~held_by(before, known.where(whole))
    gone = ~held_by(ColumnarGraph(before.dictionary, *known.where(whole)), mine)
    return Difference(_part(before.dictionary, mine.where(gone)), _part(after.dictionary, theirs.where(fresh)))


def _part(dictionary: TermDictionary, statements: Statements) -> ColumnarGraph:
    """Make a graph of some statements, with a dictionary of no more than their terms."""
    kept: IntArray = united(*statements)
    terms = TermDictionary(dictionary.terms.gather(kept))
    return ColumnarGraph(terms, *(np.searchsorted(kept, column) for column in statements))
