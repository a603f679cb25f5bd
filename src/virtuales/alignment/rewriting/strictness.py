"""How strict whoever asks is about what counts as an answer in their terms."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from virtuales.alignment.rewriting.term_view import Carrier, How, TermView


class Strictness(StrEnum):
    """Which terms of the data may stand for one of the query's; each value admits what those before it admit."""

    EXACT = "exact"
    """Terms that mean the same, whole values of them, and rules."""
    NARROWER = "narrower"
    """Also terms that say more: what is answered stays right."""
    CLOSE = "close"
    """Also terms that are only similar: what is answered may be wrong."""
    BROADER = "broader"
    """Also terms that say less: what is answered may be wrong."""

    def admits(self, how: How) -> bool:
        """Tell whether a term of the data may be this to the query's."""
        return _ORDER.index(_LEAST[how]) <= _ORDER.index(self)


_ORDER: Final = tuple(Strictness)
_LEAST: Final[dict[How, Strictness]] = {
    "same": Strictness.EXACT,
    "inverse": Strictness.EXACT,
    "narrower": Strictness.NARROWER,
    "close": Strictness.CLOSE,
    "broader": Strictness.BROADER,
}


def admitted(terms: TermView, strictness: Strictness) -> TermView:
    """Leave out of what mappings say what is not strict enough, and say why of terms that nothing else carries."""
    carriers = _admitted(terms.carriers, strictness)
    doubtful = _admitted(terms.doubtful, strictness)
    becomes = {
        ours: theirs
        for ours, theirs in terms.becomes.items()
        if any(each.term == ours for each in carriers.get(theirs, ()))
    }
    reasons = dict(terms.reasons)
    for term in [*terms.carriers, *terms.doubtful]:
        if term not in carriers and term not in doubtful:
            reasons.setdefault(term, _reason((*terms.carriers.get(term, ()), *terms.doubtful.get(term, ()))))
    return TermView(carriers, doubtful, becomes, reasons)


def _admitted(carriers: Mapping[str, tuple[Carrier, ...]], strictness: Strictness) -> dict[str, tuple[Carrier, ...]]:
    chosen = {term: tuple(each for each in found if strictness.admits(each.how)) for term, found in carriers.items()}
    return {term: found for term, found in chosen.items() if found}


def _reason(dropped: tuple[Carrier, ...]) -> str:
    first = min(dropped, key=lambda each: _ORDER.index(_LEAST[each.how]))
    return f"There is {first}, which the strictness `{_LEAST[first.how]}` would admit."
