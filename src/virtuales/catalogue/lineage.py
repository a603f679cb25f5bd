"""The lineage of a dataset version: what it was derived from, step by step, and what was derived from it.

Only what stands in the graphs that the asker may see is followed; see https://www.w3.org/TR/prov-o/.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from virtuales.rdf.namespaces import DCAT, DCTERMS, PROV
from virtuales.rdf.terms import NamedNode, plain
from virtuales.store.rdf_store import RdfStore

MOST_THINGS: Final = 60
"""More are not followed: a picture of more helps nobody."""

Derivation = tuple[str, str]
"""IRIs of what was derived, and from what."""


@dataclass(frozen=True)
class LineageThing:
    """Something in a lineage.

    Args:
        iri: Its IRI.
        title: Its title and number, or its IRI where the catalogue here does not hold it.
        licence: IRI of its licence; None where the catalogue here does not say.
        steps: How many steps it is from the version: negative for its sources, positive for what was made of it.
    """

    iri: str
    title: str
    licence: str | None
    steps: int


@dataclass(frozen=True)
class Lineage:
    """A version with its sources and what was made of it.

    Args:
        things: The version and the others, from the farthest source to the last that was made of it.
        derivations: What was derived from what.
        is_whole: Whether everything known was followed.
    """

    things: tuple[LineageThing, ...]
    derivations: tuple[Derivation, ...]
    is_whole: bool

    @property
    def is_alone(self) -> bool:
        """Whether the version was derived from nothing, and nothing from it."""
        return not self.derivations


def read_lineage(store: RdfStore, graphs: Sequence[NamedNode], version: NamedNode) -> Lineage:
    """Return the lineage of a dataset version as an asker may know it.

    Args:
        store: Where the catalogue is read from.
        graphs: The graphs that the asker may see.
        version: The version.
    """
    sources, all_sources = _reached(store, graphs, version.value, place=1)
    made, all_made = _reached(store, graphs, version.value, place=0)
    steps = {version.value: 0} | _steps(version.value, sources, place=1) | _steps(version.value, made, place=0)
    titles = _titles(store, graphs, steps)
    things = [LineageThing(iri, *titles.get(iri, (iri, None)), steps=step) for iri, step in steps.items()]
    things.sort(key=lambda thing: (thing.steps, thing.title, thing.iri))
    return Lineage(tuple(things), tuple(sorted(sources | made)), all_sources and all_made)


def _reached(
    store: RdfStore, graphs: Sequence[NamedNode], version: str, *, place: int
) -> tuple[frozenset[Derivation], bool]:
    """Return the derivations on the way to all sources (`place` 1), or to all that was made (0), and whether all."""
    seen, awaiting, pairs = {version}, [version], set[Derivation]()
    while awaiting:
        found = _derivations(store, graphs, awaiting, known=1 - place)
        new = sorted({pair[place] for pair in found} - seen)
        awaiting = new[: MOST_THINGS - len(seen)]
        seen.update(awaiting)
        pairs |= {pair for pair in found if pair[place] in seen}
        if len(awaiting) < len(new):
            return frozenset(pairs), False
    return frozenset(pairs), True


def _derivations(store: RdfStore, graphs: Sequence[NamedNode], things: Iterable[str], *, known: int) -> set[Derivation]:
    variable = "source" if known else "derived"
    query = (
        f"SELECT DISTINCT ?derived ?source WHERE {{ VALUES ?{variable} {{ {_nodes(things)} }} "
        f"?derived {PROV.wasDerivedFrom} ?source FILTER(isIRI(?derived) && isIRI(?source)) }}"
    )
    return {(plain(row["derived"]), plain(row["source"])) for row in store.select(query, graphs=graphs)}


def _steps(version: str, pairs: Iterable[Derivation], *, place: int) -> dict[str, int]:
    """Return how many steps each thing is from the version on the longest way, so that all arrows point one way."""
    steps, pairs = {version: 0}, sorted(pairs)
    for _ in range(MOST_THINGS):  # whoever states a circle is not followed for ever
        longer = {
            pair[place]: steps[pair[1 - place]] + 1
            for pair in pairs
            if pair[1 - place] in steps and steps[pair[1 - place]] + 1 > steps.get(pair[place], 0)
        }
        if not longer:
            break
        steps |= longer
    return {iri: -step if place else step for iri, step in steps.items() if iri != version}


def _titles(store: RdfStore, graphs: Sequence[NamedNode], things: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    query = (
        f"SELECT ?thing ?title ?number ?licence WHERE {{ VALUES ?thing {{ {_nodes(things)} }} "
        f"?thing {DCTERMS.title} ?title OPTIONAL {{ ?thing {DCAT.version} ?number }} "
        f"OPTIONAL {{ ?thing {DCTERMS.license} ?licence }} }}"
    )
    found = {}
    for row in store.select(query, graphs=graphs):
        title = plain(row["title"])
        named = f"{title}, version {plain(row['number'])}" if "number" in row else title
        found[plain(row["thing"])] = (named, plain(row["licence"]) if "licence" in row else None)
    return found


def _nodes(iris: Iterable[str]) -> str:
    return " ".join(str(NamedNode(iri)) for iri in iris)
