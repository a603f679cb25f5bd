"""What is asked of an endpoint whose data are seen through mappings: the asker's triples, found in its terms.

The template of what is sent stays in the asker's terms, so what comes back is lifted already. The values that variables
have are the asker's too: the pattern computes them from what the endpoint has. So values that are sent along and
conditions mean there what they mean here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtuales.alignment.rewriting.account import Account, Entry, Outcome
from virtuales.alignment.rewriting.account import Place as TermPlace
from virtuales.alignment.rewriting.alternative import Alternative, Context, combined
from virtuales.alignment.rewriting.triples import TripleRewriter
from virtuales.federation.context import Place
from virtuales.federation.given import apart
from virtuales.federation.late_tables import with_late_tables
from virtuales.federation.links import Links
from virtuales.federation.needs import Needs
from virtuales.federation.pruning import pruned
from virtuales.federation.requests import Wanted
from virtuales.federation.seen import Seen
from virtuales.federation.sketch import End, Hashes, Iris
from virtuales.federation.summary import Summary
from virtuales.query.syntax.flattening import FlatNode, Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import Element, GroupGraphPattern, InlineData
from virtuales.query.syntax.writer import write_group
from virtuales.rdf.terms import NamedNode, Variable

_BEST: Final[tuple[Outcome, ...]] = ("carried", "kept", "hierarchy", "narrower", "approximate", "not carried")
_SUBJECT, _OBJECT = Variable("subject"), Variable("object")
_KEPT: Final = 2_000
"""How many rewritten patterns are kept for the next request."""


@dataclass(frozen=True)
class Lifted:
    """How an endpoint is asked for triples.

    Args:
        triples: The triples, with variables for things that the endpoint may call otherwise.
        group: What finds them.
        asked: What of that is asked of the endpoint; None where that is nothing.
        given: What is not asked, since models say it: as N-Triples.
        entries: What became of their terms.
        prefixes: What its text may shorten IRIs by: servers take requests of some length only.
        computed: The variables that any way computes, rather than finds.
        ways: The ways that are asked for, where there is one triple.
        lists: What goes before them.
    """

    triples: tuple[Triple, ...]
    group: GroupGraphPattern
    asked: GroupGraphPattern | None
    given: bytes
    entries: tuple[Entry, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[Variable] = frozenset()
    ways: tuple[Alternative, ...] = ()
    lists: tuple[Element, ...] = ()

    def bound_to(self, variables: Iterable[Variable]) -> "tuple[Lifted | None, Lifted | None]":
        """Tell what can be asked with values for some variables from what had better be asked without.

        Engines that go from value to value would compute everything anew for each; so what computes one of the
        variables is asked for once, whole.
        """
        computing = tuple(each for each in self.ways if not each.assigned.isdisjoint(variables))
        if not computing:
            return self, None
        return self._of(tuple(each for each in self.ways if each not in computing)), self._of(computing)

    def _of(self, ways: tuple[Alternative, ...]) -> "Lifted | None":
        if not ways:
            return None
        fresh = FreshVariables(self.triples, tuple(each.elements for each in self.ways))
        found = combined(ways, self.triples[0].variables, Context(sets=True), fresh)
        group = GroupGraphPattern((*self.lists, *found))
        return replace(self, group=group, asked=group, given=b"", ways=ways)

    @cached_property
    def needs(self) -> Needs:
        """What it needs there."""
        return Needs.of(self.group)

    @cached_property
    def text(self) -> str:
        """What is asked, as SPARQL."""
        return write_group(self.asked or self.group, self.prefixes)

    @cached_property
    def prologue(self) -> str:
        """The declarations of the prefixes that the text has."""
        used = {name: iri for name, iri in self.prefixes.items() if f"{name}:" in self.text}
        return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in used.items())


@dataclass(frozen=True)
class Lifting:
    """Asks an endpoint whose data are seen through mappings. Safe to share between threads.

    Args:
        seen: How they are seen.
    """

    seen: Seen
    _known: dict[tuple[object, ...], tuple[Lifted, Summary | None]] = field(default_factory=dict, repr=False)

    def lifted(self, triples: tuple[Triple, ...], *, sets: bool = True, holds: Summary | None = None) -> Lifted:
        """Return how the endpoint is asked for triples.

        Args:
            triples: The triples; their verbs are properties or variables.
            sets: Whether it makes no difference how often a solution is found.
            holds: What is known of the graph that is asked, in the endpoint's terms; None where nothing is.
        """
        key = (triples, sets, id(holds))
        known = self._known.get(key)
        if known is None or known[1] is not holds:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[key] = self._rewritten(triples, Context(sets), holds), holds
        return known[0]

    def construct(
        self,
        wanted: Wanted,
        place: Place,
        *,
        values: tuple[Sequence[Variable], Sequence[Sequence[str]]] | None = None,
        condition: str = "",
        lifted: Lifted,
    ) -> str:
        """Write the query that asks for the triples.

        The arguments are those of `Wanted.construct`, and how the triples are asked for; the values are as `sent` makes
        them.
        """
        if self.seen.links is not None:  # conditions and numbers of solutions are about the asker's IRIs
            wanted = Wanted(wanted.triples)
        asked = replace(wanted, triples=lifted.triples)
        return lifted.prologue + asked.construct(place, values=values, condition=condition, within=lifted.text)

    def sent(self, rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Return values, as SPARQL writes them, with the endpoint's IRIs."""
        links = self.seen.links
        return [*rows] if links is None else [way for row in rows for way in links.expanded(row)]

    def received(self, n_triples: bytes) -> bytes:
        """Put the asker's IRIs into what the endpoint sent."""
        return n_triples if self.seen.links is None else self.seen.links.received(n_triples)

    def entries(self, triple: Triple) -> tuple[Entry, ...]:
        """Return what became of the terms of a triple."""
        return self.lifted((triple,)).entries

    def _rewritten(self, triples: tuple[Triple, ...], context: Context, holds: Summary | None) -> Lifted:
        fresh = FreshVariables(triples)
        elements: list[Element] = []
        if self.seen.links is not None:
            triples, elements = called_otherwise(triples, self.seen.links, fresh)
        lists = tuple(elements)
        accounts = [Account() for _ in self.seen.views]
        told: list[list[Alternative]] = []
        for triple in triples:
            ways = [
                way
                for view, account in zip(self.seen.views, accounts, strict=True)
                for way in TripleRewriter(view, fresh, account).alternatives(triple, context)
            ]
            if self.seen.own:
                ways.append(Alternative((block([triple]),)))
            told.append([*map(with_late_tables, ways if holds is None else pruned(ways, holds))])
            elements += combined(told[-1], triple.variables, context, fresh)
        group, entries = GroupGraphPattern(tuple(elements)), self._merged(accounts)
        computed = frozenset(name for ways in told for way in ways for name in way.assigned)
        whole = Lifted(triples, group, group, b"", entries, self._prefixes, computed)
        if len(triples) > 1:
            return whole
        if self.seen.links is not None:
            return replace(whole, ways=tuple(told[0]), lists=lists)
        asked, given = apart(triples[0], told[0])
        found = GroupGraphPattern(combined(asked, triples[0].variables, context, fresh)) if asked else None
        return replace(whole, asked=found, given=given, ways=tuple(asked))

    @cached_property
    def _prefixes(self) -> dict[str, str]:
        namespaces = sorted({each for view in self.seen.views for each in view.namespaces})
        return {f"v{number}": each for number, each in enumerate(namespaces, 1)}

    def _merged(self, accounts: Sequence[Account]) -> tuple[Entry, ...]:
        """Return what became of terms in the best case: what one model does not carry another may."""
        found: dict[tuple[str, TermPlace], Entry] = {}
        for entry in (entry for account in accounts for entry in account.entries):
            if self.seen.own and entry.outcome == "not carried":
                continue
            key = entry.term, entry.place
            if key not in found or _BEST.index(entry.outcome) < _BEST.index(found[key].outcome):
                found[key] = entry
        return tuple(found.values())


def called_otherwise(
    triples: Iterable[Triple], links: Links, fresh: FreshVariables
) -> tuple[tuple[Triple, ...], list[Element]]:
    """Ask for triples of things whatever the endpoint calls them.

    A thing that it calls otherwise becomes a variable, with a list of what it can be. Where a variable stands twice in
    a triple, one of the two gets another: the same thing may go by two names.

    Returns:
        The triples, and the lists.
    """
    found: list[Triple] = []
    lists: list[Element] = []

    def called(node: FlatNode) -> FlatNode:
        names = links.theirs(node.value) if isinstance(node, NamedNode) else ()
        if not isinstance(node, NamedNode) or names == (node.value,):
            return node
        variable = fresh.make("called")
        lists.append(InlineData((variable,), tuple((NamedNode(each),) for each in names)))
        return variable

    for triple in triples:
        subject, verb, target = called(triple.subject), triple.verb, called(triple.object)
        if isinstance(target, Variable) and target == subject:
            target = fresh.make(target.value)
        if isinstance(verb, Variable) and verb in {subject, target}:
            verb = fresh.make(verb.value)
        found.append(Triple(subject, verb, target))
    return tuple(found), lists


@dataclass(frozen=True)
class SeenSummary:
    """What an endpoint's default graph holds, seen in the terms of whoever asks.

    Args:
        summary: What it holds in its own terms.
        lifting: How it is seen.
    """

    summary: Summary
    lifting: Lifting
    _hashes: dict[tuple[object, End], Hashes | None] = field(default_factory=dict, repr=False)

    def count(self, triple: Triple) -> float:
        """Return how many triples can fit a pattern at most; 0 only where there is none."""
        return self.lifting.lifted((triple,), holds=self.summary).needs.count(self.summary)

    def may_have(self, triple: Triple, end: FlatNode, iri: str) -> bool:
        """Tell whether any triple may fit a pattern whose subject or object, or both where both are it, is an IRI."""
        if not isinstance(end, Variable):
            return True
        needs, links = self.lifting.lifted((triple,), holds=self.summary).needs, self.lifting.seen.links
        return any(needs.may_have(end, each, self.summary) for each in (links.theirs(iri) if links else (iri,)))

    def among(self, triple: Triple, end: FlatNode, iris: Iris) -> NDArray[np.bool_]:
        """Tell that of each of some IRIs."""
        return np.fromiter((self.may_have(triple, end, each) for each in iris.iris), bool, len(iris.iris))

    def hashes(self, verb: object, end: End) -> Hashes | None:
        """Return which IRIs are at one end of a property's triples; None where that is not known."""
        key = (verb, end)
        if key not in self._hashes:
            whole = Triple(_SUBJECT, verb, _OBJECT)  # type: ignore[arg-type]  # whatever can be a verb
            needs, links = self.lifting.lifted((whole,), holds=self.summary).needs, self.lifting.seen.links
            found = needs.hashes(_SUBJECT if end == "subject" else _OBJECT, self.summary)
            self._hashes[key] = found if found is None or links is None else links.hashes(found)
        return self._hashes[key]
