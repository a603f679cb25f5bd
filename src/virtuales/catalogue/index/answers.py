"""Reads answers from an index: a page of datasets with why each was found, the facets beside it, suggestions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import tantivy
from tantivy import Query

from virtuales.catalogue.index.document import read_shown
from virtuales.catalogue.index.fields import OPENINGS
from virtuales.catalogue.index.matching import Matching, both
from virtuales.catalogue.index.question import ACCESSES, SearchQuestion, Sight
from virtuales.catalogue.index.wording import Unit
from virtuales.catalogue.search import DatasetSummary

_WIDE: Final = 5_000
"""How many values of a facet are counted in each part of the index before the most frequent are taken."""
_REASONS: Final = 3
SHOWN_VALUES: Final = 20


@dataclass(frozen=True)
class Reason:
    """Why a dataset was found that does not have what was typed.

    Args:
        typed: What was typed.
        name: What it leads to.
        iri: The term, or the organisation.
        through: Names of what lies on the way.
    """

    typed: str
    name: str
    iri: str
    through: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in a sentence."""
        between = [name for name in self.through if name.lower() != self.typed]
        way = f", by way of “{'”, “'.join(between)}”" if between else ""
        return f"Found because “{self.typed}” leads to “{self.name}”{way}."


@dataclass(frozen=True)
class Hit:
    """A dataset that was found, and why where that does not show."""

    summary: DatasetSummary
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class FacetValue:
    """A value of a facet and how many datasets have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Found:
    """What answers a question.

    Args:
        total: How many datasets do, whatever the page.
        hits: The page.
        facets: For each facet the most frequent values, counted with everything that was chosen but of that facet.
        is_partial: Whether no dataset has all that was typed, so that these have some of it.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    is_partial: bool = False


class Answers:
    """Answers of one state of the index, to one reader.

    Args:
        index: The index.
        sight: What the reader may see.
    """

    def __init__(self, index: tantivy.Index, sight: Sight) -> None:
        self._searcher = index.searcher()
        self._matching = Matching(index.schema, self._searcher)
        self._sight = sight
        self._seen = self._matching.in_sight(sight)

    def search(
        self,
        question: SearchQuestion,
        units: Sequence[Unit],
        *,
        facets: Sequence[str] = (),
        values: int = SHOWN_VALUES,
    ) -> Found:
        """Answer a question.

        Args:
            question: What is looked for.
            units: Its text, taken apart.
            facets: Which facets to count, `access` among them.
            values: The most values of each.
        """
        text = [self._matching.text(units, self._seen)] if units else []
        query = self._query(question, text)
        total, is_partial = self._matching.count(query), False
        if total == 0 and len(units) > 1:
            some = [self._matching.text(units, self._seen, most_of=True)]
            query = self._query(question, some)
            total = self._matching.count(query)
            text, is_partial = (some, True) if total else (text, False)
        hits = self._page(query, question if text else replace(question, sort=question.sort or "freshness"))
        counted = self._facets(question, text, facets, values)
        return Found(total, self._explained(hits, units), counted, is_partial)

    def newest(self, question: SearchQuestion, units: Sequence[Unit]) -> tuple[tuple[str, str], ...]:
        """Return IRI and version of the datasets that have all that a question asks for, the freshest first."""
        text = [self._matching.text(units, self._seen)] if units else []
        hits = self._page(self._query(question, text), replace(question, sort="freshness"))
        return tuple((hit.summary.iri, hit.summary.version) for hit in hits)

    def suggest(self, opening: str, limit: int) -> tuple[str, ...]:
        """Return titles and keywords of datasets in sight that begin as somebody types, in order."""
        typed = " ".join(opening.lower().split())
        if not typed:
            return ()
        found = self._searcher.terms_with_prefix(OPENINGS, typed, self._seen)
        return tuple(text for text, _ in sorted(found, key=lambda one: (-one[1], one[0]))[:limit])

    def _query(self, question: SearchQuestion, text: Sequence[Query], *, but: str = "") -> Query:
        return both(self._seen, *self._matching.chosen(question, self._sight, but=but), *text)

    def _page(self, query: Query, question: SearchQuestion) -> tuple[Hit, ...]:
        used = "used_key" if self._sight.organisation else "used_public_key"
        field = {"freshness": "issued_key", "use": used, "title": "title_key"}.get(question.order)
        result = self._searcher.search(
            query,
            limit=question.limit,
            offset=question.offset,
            count=False,
            order_by_field=field,
            order=tantivy.Order.Asc if question.order == "title" else tantivy.Order.Desc,
            weight_by_field=None if field else "recency",
        )
        return tuple(Hit(read_shown(self._searcher.doc(address)["shown"][0])) for _, address in result.hits)

    def _facets(
        self, question: SearchQuestion, text: Sequence[Query], names: Sequence[str], most: int
    ) -> dict[str, tuple[FacetValue, ...]]:
        """Count facets: together those that nothing was chosen of, each other with what was chosen of the rest."""
        chosen = [name for name in names if question.chosen.get(name)]
        others = [name for name in names if name not in chosen and name != "access"]
        counted = self._values(self._query(question, text), others, most)
        for name in chosen:
            counted |= self._values(self._query(question, text, but=name), [name], most)
        if "access" in names:
            counted["access"] = self._access(self._query(question, text, but="access"))
        return {name: counted[name] for name in names}

    def _values(self, query: Query, names: Sequence[str], most: int) -> dict[str, tuple[FacetValue, ...]]:
        asked = {name: {"terms": {"field": name, "size": most, "segment_size": max(most, _WIDE)}} for name in names}
        answer = self._searcher.aggregate(query, asked) if asked else {}
        found = {
            name: [FacetValue(bucket["key"], bucket["doc_count"]) for bucket in answer[name]["buckets"]]
            for name in names
        }
        return {name: tuple(sorted(some, key=lambda one: (-one.count, one.value))) for name, some in found.items()}

    def _access(self, query: Query) -> tuple[FacetValue, ...]:
        ways = ((one, self._matching.of_access(self._sight, one)) for one in ACCESSES)
        counted = [FacetValue(one, self._matching.count(both(query, way))) for one, way in ways]
        return tuple(value for value in counted if value.count)

    def _explained(self, hits: tuple[Hit, ...], units: Sequence[Unit]) -> tuple[Hit, ...]:
        reasons: dict[str, list[Reason]] = {hit.summary.iri: [] for hit in hits}
        for unit in units:
            unexplained = reasons.keys() - self._having(reasons, self._matching.directly(unit))
            for meaning in unit.meanings:
                if not unexplained:
                    break
                having = self._having(unexplained, self._matching.by_meaning(meaning))
                reason = Reason(unit.text, meaning.name, meaning.iri, meaning.through)
                for iri in having:
                    reasons[iri].append(reason)
                unexplained -= having
        return tuple(replace(hit, reasons=tuple(reasons[hit.summary.iri][:_REASONS])) for hit in hits)

    def _having(self, datasets: Collection[str], query: Query) -> set[str]:
        """Return those of some datasets that answer a query."""
        if not datasets:
            return set()
        among = both(self._seen, self._matching.values("dataset", datasets), query)
        result = self._searcher.search(among, limit=len(datasets), count=False)
        return {self._searcher.doc(address)["dataset"][0] for _, address in result.hits}
