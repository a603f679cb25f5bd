"""How evidences make one figure: a logistic model, whose weights come with the program and learn from decisions.

The weights that come with the program were set by hand, by what each evidence should be worth, and fitted to nothing.
Decisions of editors move them: the weights are those most probable after the decisions, with the given ones as what was
believed before (a normal prior). Few decisions move them little, and none leave them where they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

Figures = Mapping[str, float]
"""Evidences by name, each from 0 to 1."""

_ALMOST_NONE: Final = 1e-6
_STEPS: Final = 50
_NEAR_ENOUGH: Final = 1e-8
FIRMNESS: Final = 4.0
"""How firmly the given weights are believed: the precision of the prior of each weight."""


def likelihood(log_odds: float) -> float:
    """Return the likelihood that log-odds stand for."""
    return 1 / (1 + exp(-log_odds))


def odds(sure: float) -> float:
    """Return the log-odds of a likelihood, bounded so that nothing is certain.

    >>> round(likelihood(odds(0.8)), 6), odds(0.5)
    (0.8, 0.0)
    """
    bounded = min(max(sure, _ALMOST_NONE), 1 - _ALMOST_NONE)
    return log(bounded / (1 - bounded))


@dataclass(frozen=True)
class Weights:
    """What each evidence is worth.

    Args:
        constant: The log-odds of a pair for which nothing speaks.
        by_evidence: What the whole evidence adds to the log-odds.
    """

    constant: float
    by_evidence: Mapping[str, float]

    def likelihood(self, figures: Figures) -> float:
        """Return how likely a pair with these evidences is right, from 0 to 1."""
        return likelihood(
            self.constant + sum(worth * figures.get(name, 0.0) for name, worth in self.by_evidence.items())
        )

    def learnt(self, pairs: Sequence[tuple[Figures, bool]], *, firmness: float = FIRMNESS) -> "Weights":
        """Return the weights after decisions.

        Args:
            pairs: For each decided pair its evidences, and whether it was accepted.
            firmness: How firmly the weights as they are now are believed.
        """
        if not pairs:
            return self
        names = tuple(self.by_evidence)
        table = np.array([[1.0, *(figures.get(name, 0.0) for name in names)] for figures, _ in pairs])
        said = np.array([float(accepted) for _, accepted in pairs])
        before = np.array([self.constant, *(self.by_evidence[name] for name in names)])
        after = _most_probable(table, said, before, firmness)
        return Weights(float(after[0]), dict(zip(names, map(float, after[1:]), strict=True)))


FOR_CLASSES: Final = Weights(
    -5.4,
    {
        "same_name": 1.0,
        "synonyms": 6.0,
        "head": 1.5,
        "meaning": 2.0,
        "hierarchy": 1.0,
        "members": 1.5,
        "instances": 6.5,
        "rivals": -2.0,
    },
)
"""What evidences are worth for classes and concepts before anything is learnt."""
FOR_VALUES: Final = Weights(
    -6.5,
    {"same_name": 2.0, "synonyms": 4.0, "meaning": 1.0, "owner": 4.0, "rivals": -1.5},
)
"""What evidences are worth for values of enumerations, whose names say little without the enumeration's."""
FOR_PROPERTIES: Final = Weights(
    -7.4,
    {
        "same_name": 0.5,
        "synonyms": 4.5,
        "meaning": 1.5,
        "owner": 2.0,
        "values": 2.0,
        "inverse": 0.5,
        "instances": 6.5,
        "rivals": -1.5,
    },
)
"""What evidences are worth for properties before anything is learnt."""


def _most_probable(
    table: NDArray[np.float64], said: NDArray[np.float64], before: NDArray[np.float64], firmness: float
) -> NDArray[np.float64]:
    """Return the mode of the posterior by Newton's method, which a concave function lets converge."""
    weights = before.copy()
    for _ in range(_STEPS):
        sure = 1 / (1 + np.exp(-np.clip(table @ weights, -30, 30)))
        slope = table.T @ (said - sure) - firmness * (weights - before)
        curve = (table.T * (sure * (1 - sure))) @ table + firmness * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < _NEAR_ENOUGH:
            break
    return weights
