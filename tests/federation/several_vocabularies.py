"""Small data spread over endpoints that say it in two vocabularies, and federated answers in one of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse, parse_query_results
from tests.alignment.rewriting.random_queries import queries
from tests.alignment.rewriting.small_worlds import THINGS, Said, World, X, answer, shown, store_of, worlds
from tests.federation.stores import StoreTransport, url

from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.links import Links
from virtuales.federation.options import Options
from virtuales.federation.seen import Seen

ACCEPT = "application/sparql-results+json, application/n-triples;q=0.5"


@dataclass(frozen=True)
class Spread:
    """Endpoints, each with data in the vocabulary of queries (`a`), in another (`b`), in both, or by other names (`n`).

    Args:
        worlds: What each endpoint's data say.
        speaks: The vocabularies of each endpoint.
    """

    worlds: Sequence[World]
    speaks: Sequence[str]

    def __repr__(self) -> str:
        """Show what each endpoint says, without the mappings, which are always the same."""
        said = (sorted(world.in_a) for world in self.worlds)
        return f"Spread({[*zip(self.speaks, said, strict=True)]})"

    @property
    def merged(self) -> Store:
        """All the data in the vocabulary of queries, with the hierarchy of classes that models know."""
        said: set[Said] = set()
        for world, spoken in zip(self.worlds, self.speaks, strict=True):
            said |= world.in_a
            said |= world.in_b if spoken == "ab" else set()
        return store_of(said, self.worlds[0].view().query.model if any("b" in each for each in self.speaks) else None)

    @property
    def endpoints(self) -> list[Endpoint]:
        """The endpoints, and how their data are seen."""
        found = []
        for number, (world, spoken) in enumerate(zip(self.worlds, self.speaks, strict=True)):
            seen = Seen(tuple(spoken), (world.view(),), own="a" in spoken) if "b" in spoken else None
            found.append(Endpoint(url(number), seen=Seen(own=True, links=LINKS) if spoken == "n" else seen))
        return found

    @property
    def transport(self) -> StoreTransport:
        """Answers for the endpoints."""
        stores = []
        for world, spoken in zip(self.worlds, self.speaks, strict=True):
            a, b = sorted(world.in_a), sorted(world.in_b)
            stores.append(store_of({"a": {*a}, "b": {*b}, "ab": {*a[::2], *b}, "n": renamed(a)}[spoken]))
        return StoreTransport(stores)


OTHER_NAMES = {f"x:{letter}{thing[3:]}": thing for letter in "uv" for thing in THINGS}
LINKS = Links({theirs.replace("x:", X): ours.replace("x:", X) for theirs, ours in OTHER_NAMES.items()})


def renamed(said: Iterable[Said]) -> set[Said]:
    """Call things by several names: their own, and two others."""
    found = set()
    for number, (subject, verb, target) in enumerate(said):
        one, two = "xuv"[number % 3], "xuv"[number // 3 % 3]
        found.add((_called(subject, one), verb, _called(target, two)))
    return found


def _called(term: str, letter: str) -> str:
    return term if letter == "x" or term not in THINGS else f"x:{letter}{term[3:]}"


@st.composite
def spreads(draw: st.DrawFn, *, facts_known: bool = True) -> Spread:
    """Make two to four endpoints, of which some speak each vocabulary."""
    others = draw(st.lists(st.sampled_from(["a", "b", "b", "ab", "n"]), min_size=1, max_size=3))
    speaks = ["b", *others]
    return Spread([draw(worlds(facts_known=facts_known)) for _ in speaks], speaks)


def plain_queries(*, facts_known: bool = True) -> st.SearchStrategy[str]:
    """Make queries whose numbers are written as stores write them."""
    return queries(facts_known=facts_known).map(_written)


def _written(query: str) -> str:
    for number in ("1000", "2000", "3000"):
        query = query.replace(f"{number}.0", f'"{number}"^^xsd:decimal')
    return query


def federated(spread: Spread, query: str, options: Options) -> object:
    """Return the federated answer in a form that can be compared."""
    with Federation(spread.endpoints, options, transport=spread.transport) as federation:
        found = federation.answer(query, ACCEPT)
    if found.media_type == "application/n-triples":
        return frozenset(str(each.triple) for each in parse(found.body, RdfFormat.N_TRIPLES))
    result = parse_query_results(found.body, format=QueryResultsFormat.JSON)
    if not isinstance(result, QuerySolutions):
        return bool(result)
    names = [variable.value for variable in result.variables]
    return Counter(frozenset((name, shown(row[name])) for name in names if row[name] is not None) for row in result)


def difference(spread: Spread, query: str, options: Options) -> str:
    """Say how a federated answer differs from that of all the data in the query's vocabulary, if it does."""
    want, got = answer(spread.merged, query), federated(spread, query, options)
    return "" if want == got else f"{spread.speaks}\n{query}\nwanted: {want}\ngot: {got}"
