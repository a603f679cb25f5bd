"""From what somebody looks for to queries of the index.

Nothing that a reader may not see has any part in an answer: how rare a word is, and whether it is taken for a slip of
the finger, is judged by the entries in sight alone, and what an entry scores depends on nothing else. So neither the
order nor the number of answers tells of hidden entries.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import tantivy
from tantivy import Occur, Query

from virtuales.catalogue.index.document import days
from virtuales.catalogue.index.fields import TEXTS, WORDS
from virtuales.catalogue.index.question import Access, SearchQuestion, Sight
from virtuales.catalogue.index.thesaurus import Meaning
from virtuales.catalogue.index.wording import Unit

_MEANT: Final = 0.7
"""What a word's meaning counts beside the word itself."""
_USED: Final = 0.8
"""What it counts that the data uses a term, beside that it is named in the description."""
_SLIP: Final = 0.5
_TOGETHER: Final = 0.5
"""What it counts further that words follow each other as they were typed."""
_ALSO: Final = 0.2
"""What is added where a word is found in several ways."""
_SHORTEST_SLIP, _TWO_SLIPS = 4, 8


def both(*queries: Query) -> Query:
    """Return the query for what answers all of some queries."""
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def either(queries: Iterable[Query]) -> Query:
    """Return the query for what answers any of some queries."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _apart_from(query: Query, other: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, other)])


@dataclass(frozen=True)
class Matching:
    """Makes queries of the fields of one index.

    Args:
        schema: The fields.
        searcher: What counts.
    """

    schema: tantivy.Schema
    searcher: tantivy.Searcher

    def count(self, query: Query) -> int:
        """Return how many documents answer a query."""
        return int(self.searcher.search(query, limit=1).count)  # type: ignore[attr-defined]  # missing in its stubs

    def values(self, field: str, values: Iterable[str]) -> Query:
        """Return the query for what has one of some values."""
        return Query.const_score_query(Query.term_set_query(self.schema, field, list(values)), 0.0)

    def in_sight(self, sight: Sight) -> Query:
        """Return the query for what somebody may see."""
        return self.values("graph", sight.graphs)

    def of_access(self, sight: Sight, access: Access) -> Query:
        """Return the query for what somebody has a way of access to."""
        usable = self._usable(sight)
        if access == "now":
            return usable
        others = "ask" if sight.organisation else "known"  # a participant may ask for all that it sees
        if access != others:
            return Query.empty_query()
        return _apart_from(Query.const_score_query(Query.all_query(), 0.0), usable)

    def _usable(self, sight: Sight) -> Query:
        ways = [self.values("open", ["yes"])]
        if sight.organisation:
            ways.append(both(self.values("publisher", [sight.organisation]), self.values("graph", sight.own_graphs)))
        if sight.granted:
            ways.append(self.values("version", sorted(sight.granted)))
        return Query.const_score_query(either(ways), 0.0)

    def chosen(self, question: SearchQuestion, sight: Sight, *, but: str = "") -> list[Query]:
        """Return the queries for what was chosen, but for one facet, `access` among them."""
        queries = [
            self.values(name, values) for name, values in sorted(question.chosen.items()) if values and name != but
        ]
        if question.access and but != "access":
            queries.append(either(self.of_access(sight, one) for one in question.access))
        begin, end = question.period
        if begin:
            queries.append(self._from_on("end", tantivy.FieldType.Integer, days(begin)))
        if end:
            queries.append(self._up_to("start", tantivy.FieldType.Integer, days(end)))
        if question.area:
            area, degrees = question.area, tantivy.FieldType.Float
            queries += [self._up_to("west", degrees, area.east), self._from_on("east", degrees, area.west)]
            queries += [self._up_to("south", degrees, area.north), self._from_on("north", degrees, area.south)]
        return [Query.const_score_query(query, 0.0) for query in queries]

    def _from_on(self, field: str, kind: tantivy.FieldType, value: float) -> Query:
        return Query.range_query(self.schema, field, kind, lower_bound=value)

    def _up_to(self, field: str, kind: tantivy.FieldType, value: float) -> Query:
        return Query.range_query(self.schema, field, kind, upper_bound=value)

    def text(self, units: Sequence[Unit], seen: Query, *, most_of: bool = False) -> Query:
        """Return the query for what has all units of a text, or at least half of them.

        Args:
            units: The units.
            seen: The query for what the reader may see.
            most_of: Whether half of them are enough.
        """
        total = self.count(seen)
        parts = [self._unit(unit, seen, total) for unit in units]
        needed = math.ceil(len(parts) / 2) if most_of else len(parts)
        some = Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=needed)
        return Query.boolean_query([(Occur.Must, some), *((Occur.Should, pair) for pair in self._pairs(units))])

    def directly(self, unit: Unit) -> Query:
        """Return the query for what has a unit's own words."""
        return self._phrase(unit.words, 1.0) if unit.is_quoted else both(*(self._word(one, 1.0) for one in unit.words))

    def by_meaning(self, meaning: Meaning, score: float = 1.0) -> Query:
        """Return the query for what has something that a word leads to, in its description or in its data."""
        found = [self._phrase(meaning.words, score)] if meaning.words else []
        for facet in ("class", "property", "publisher"):
            used = Query.term_query(self.schema, facet, meaning.iri, "basic")
            found.append(Query.const_score_query(used, score * _USED))
        return Query.disjunction_max_query(found)

    def _unit(self, unit: Unit, seen: Query, total: int) -> Query:
        rarities = [self._rarity(word, seen, total) for word in unit.words]
        weight = sum(rarities)
        if unit.is_quoted:
            return self._phrase(unit.words, weight)
        ways = [both(*(self._word(word, rare) for word, rare in zip(unit.words, rarities, strict=True)))]
        ways += [self.by_meaning(one, weight * _MEANT * one.closeness) for one in unit.meanings]
        ways += self._slips(unit, seen, weight)
        return Query.disjunction_max_query(ways, tie_breaker=_ALSO)

    def _rarity(self, word: str, seen: Query, total: int) -> float:
        having = self.count(both(seen, self._word(word, 1.0)))
        return math.log(1 + (total - having + 0.5) / (having + 0.5))

    def _slips(self, unit: Unit, seen: Query, weight: float) -> list[Query]:
        """Return what forgives slips, where nothing in sight has the word."""
        length = len(unit.text)
        if len(unit.words) > 1 or unit.meanings or length < _SHORTEST_SLIP or not unit.text.isalpha():
            return []
        if self.count(both(seen, self._word(unit.words[0], 1.0))):
            return []
        distance = 2 if length >= _TWO_SLIPS else 1
        alike = Query.fuzzy_term_query(self.schema, WORDS, unit.text, distance=distance)
        return [Query.const_score_query(alike, weight * _SLIP)]

    def _pairs(self, units: Sequence[Unit]) -> list[Query]:
        plain = [word for unit in units for word in unit.words]
        pairs = dict.fromkeys(pairwise(plain))
        return [self._phrase(pair, _TOGETHER) for pair in pairs]

    def _word(self, word: str, score: float) -> Query:
        return Query.disjunction_max_query(
            [
                Query.const_score_query(Query.term_query(self.schema, field, word), score * weight)
                for field, weight in TEXTS.items()
            ]
        )

    def _phrase(self, words: Sequence[str], score: float) -> Query:
        if len(words) == 1:
            return self._word(words[0], score)
        return Query.disjunction_max_query(
            [
                Query.const_score_query(Query.phrase_query(self.schema, field, list(words)), score * weight)
                for field, weight in TEXTS.items()
            ]
        )
