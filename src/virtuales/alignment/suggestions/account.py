"""Why a pair is suggested: in words with figures, and as a justification of the Semantic Mapping Vocabulary."""

from typing import Final

from virtuales.alignment.suggestions.engine import Suggestion
from virtuales.alignment.suggestions.matching import table_for
from virtuales.alignment.suggestions.rivals import RIVALS
from virtuales.alignment.terms import COMPOSITE_MATCHING, UNSPECIFIED_MATCHING

_WORTH_SAYING: Final = 0.3
_COUNTS: Final = 0.5
_IMPLIED: Final = {"same_name": ("spelling", "words", "synonyms", "head"), "words": ("spelling", "synonyms")}
"""What need not be said beside an evidence that is at least as strong, since it follows."""


def why(suggestion: Suggestion) -> str:
    """Return the evidences in words, each with its figure, the telling ones first and what speaks against it last."""
    figures = suggestion.figures
    said = [
        f"{each.says} {figures[each.name]:.2f}"
        for each in table_for(suggestion.left)
        if figures.get(each.name, 0.0) >= _WORTH_SAYING and not _follows(each.name, suggestion)
    ]
    if figures.get(RIVALS, 0.0) >= _WORTH_SAYING:
        said.append(f"but another pair comes near {figures[RIVALS]:.2f}")
    return "; ".join(said)


def justification(suggestion: Suggestion) -> str:
    """Return the justification: that of the one kind of evidence there is, or composite matching."""
    kinds = {
        each.justification
        for each in table_for(suggestion.left)
        if suggestion.figures.get(each.name, 0.0) >= _COUNTS and not _follows(each.name, suggestion)
    }
    if not kinds:
        return UNSPECIFIED_MATCHING
    return kinds.pop() if len(kinds) == 1 else COMPOSITE_MATCHING


def _follows(name: str, suggestion: Suggestion) -> bool:
    """Tell whether an evidence is no more than what another one says already."""
    figures = suggestion.figures
    return any(
        name in implied and figures.get(stronger, 0.0) >= figures.get(name, 0.0) - 0.02
        for stronger, implied in _IMPLIED.items()
    )
