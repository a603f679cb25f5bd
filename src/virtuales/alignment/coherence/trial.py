"""One alignment tried on two models."""

from collections import abc
from functools import cached_property
from typing import Literal

from virtuales.alignment.coherence.additions import Statements
from virtuales.alignment.coherence.graph import Graph, Impossible, Reason
from virtuales.alignment.coherence.justification import minimal, smallest
from virtuales.alignment.coherence.outline import Outlines
from virtuales.alignment.coherence.prepared import Prepared
from virtuales.alignment.coherence.report import ImpossibleTerm, NewOrder, Report
from virtuales.alignment.coherence.search import Search
from virtuales.alignment.coherence.words import why_impossible, why_narrower
from virtuales.alignment.mapping import Mapping


class Trial:
    """An alignment on trial.

    Args:
        prepared: The models.
        mappings: The alignment.
        fewest: Whether the smallest sets of mappings are wanted.
    """

    def __init__(self, prepared: Prepared, mappings: abc.Sequence[Mapping], *, fewest: bool) -> None:
        self._models = prepared
        self._statements = Statements(prepared.clauses, prepared.classes, mappings)
        self._fewest = fewest
        self._searches: dict[int, Search] = {}
        self._known: list[int] = []

    def report(self, *, orders: bool, properties: bool) -> Report:
        """Return what the alignment does to the models."""
        models = self._models
        names = sorted(models.classes)
        unsure = [each for each in names if not self._outlines.of_class(models.clauses.atoms[each]).sure]
        broken = {each for each in unsure if not models.alone(each).possible}
        wanted = [each for each in names if each not in broken and (each in unsure or (orders and self._raised(each)))]
        drawn = (each for each in wanted if self._touched(each) or (orders and models.uncertain(each)))
        pictures = {each: self._picture(each) for each in drawn}
        for each in models.properties if properties else ():
            if (
                not self._outlines.sure_role(models.clauses.roles[each])
                and models.alone(each).possible
                and self._touched(each)
            ):
                pictures[each] = self._picture(each)
        found = (self._impossible(each, picture) for each, picture in pictures.items())
        ordered = (each for term, picture in pictures.items() for each in self._orders(term, picture)) if orders else ()
        return Report(tuple(filter(None, found)), tuple(ordered), len(names) - len(broken))

    @cached_property
    def _outlines(self) -> Outlines:
        return Outlines(self._models.clauses, self._statements.additions(self._statements.all))

    def _raised(self, term: str) -> bool:
        """Tell whether a class could be newly below another of its own model."""
        atom = self._models.clauses.atoms[term]
        now = self._outlines.of_class(atom).atoms
        return bool(now & ~self._models.outlines.certain(atom) & self._models.beside(term))

    def _search(self, active: int) -> Search:
        if active not in self._searches:
            self._searches[active] = Search(self._models.clauses, self._statements.additions(active))
        return self._searches[active]

    def _touched(self, term: str) -> bool:
        return not self._models.alone(term).untouched(self._statements.atoms, self._statements.roles)

    def _picture(self, term: str, active: int | None = None, *, forbidden: int = 0) -> Graph | Impossible:
        search = self._search(self._statements.all if active is None else active)
        return self._models.picture(term, search, forbidden=forbidden)

    def _impossible(self, term: str, picture: Graph | Impossible) -> ImpossibleTerm | None:
        """Return what is to be told of a term, or nothing if there can be something of it."""
        if isinstance(picture, Graph):
            return None
        grounds, reason = self._blamed(term, picture)
        kind: Literal["class", "property"] = "class" if term in self._models.classes else "property"
        words = why_impossible(term, reason, self._models.clauses)
        return ImpossibleTerm(term, self._models.owners(term)[0], kind, self._statements.chosen(grounds), words)

    def _blamed(self, term: str, picture: Impossible, *, forbidden: int = 0) -> tuple[int, Reason]:
        """Return mappings that make a class impossible, the fewest if those are wanted, and the contradiction.

        What was found to blame for another term is tried first: mostly, few mappings are to blame for much.
        """
        if not self._fewest:
            return picture.grounds, picture.reason

        def blame(active: int) -> int | None:
            if not forbidden and not self._statements.touch(active, alone.atoms, alone.roles):
                return None
            tried = self._picture(term, active, forbidden=forbidden)
            return tried.grounds if isinstance(tried, Impossible) else None

        alone = self._models.alone(term)
        known = next((each for each in sorted(self._known, key=int.bit_count) if blame(each) is not None), None)
        if known is None:
            grounds = smallest(picture.grounds, self._statements.all, blame)
            self._known.append(grounds)
        else:
            grounds = minimal(known, blame)
        last = self._picture(term, grounds, forbidden=forbidden)
        return grounds, last.reason if isinstance(last, Impossible) else picture.reason

    def _orders(self, narrower: str, picture: Graph | Impossible) -> abc.Iterator[NewOrder]:
        """Give what is newly above a class that is still possible."""
        models = self._models
        if isinstance(picture, Impossible) or narrower not in models.classes:
            return
        owners = models.owners(narrower)
        for atom, grounds in picture.nodes[0].label.items():
            broader = models.clauses.names[atom] if atom < len(models.clauses.names) else None
            if not grounds or not isinstance(broader, str) or broader == narrower or broader not in models.classes:
                continue
            shared = [owner for owner in owners if owner in models.owners(broader)]
            if not shared or models.below(narrower, broader):
                continue
            tried = self._picture(narrower, forbidden=1 << atom)
            if isinstance(tried, Impossible):
                by, _ = self._blamed(narrower, tried, forbidden=1 << atom)
                said = self._statements.chosen(by)
                yield NewOrder(narrower, broader, shared[0], said, why_narrower(narrower, broader))
