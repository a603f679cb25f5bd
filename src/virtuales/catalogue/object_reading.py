"""Reads what dataset versions in a store say of one object: its class, attributes, relations both ways, other names.

No index by mRID is kept: the store finds the statements of a subject, and those that lead to an object, by its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from virtuales.catalogue.object_view import (
    Attribute,
    Identity,
    Named,
    ObjectView,
    OtherObject,
    Relation,
    Speaker,
    object_key,
)
from virtuales.models.profiled_terms import ProfiledTerms
from virtuales.rdf.namespaces import DCAT, DCTERMS, OWL, RDF, RDFS, SKOS, VES
from virtuales.rdf.terms import Literal, NamedNode, Term, plain
from virtuales.store.rdf_store import RdfStore

MAX_RELATIONS = 200
"""How many relations to an object are listed; a voltage level or a unit of measure may have thousands."""
_MAX_STATEMENTS = 2000
_SAME = (OWL.sameAs, SKOS.exactMatch)
_OTHER_NAMES = (*_SAME, DCTERMS.identifier)
_NAME_OF = "#Name.IdentifiedObject"
_CALLED = ("#IdentifiedObject.name", "#Name.name", "#NameType.name")
_Pairs = Mapping[tuple[NamedNode, Term], tuple[str, ...]]
"""Properties with the term at the other end, and the versions that state them."""


@dataclass(frozen=True)
class Holding:
    """A dataset version with the graphs of its models.

    Args:
        version: IRI of the version.
        dataset: IRI of its dataset.
        number: Its number.
        title: Its title.
        publisher: IRI of the organisation that publishes it.
        is_current: Whether it is the current version of its dataset.
        graphs: The graphs of its models.
        profiles: IRIs of the profiles that it conforms to.
    """

    version: NamedNode
    dataset: str
    number: str
    title: str
    publisher: str
    is_current: bool
    graphs: tuple[NamedNode, ...]
    profiles: frozenset[str] = frozenset()

    def speaker(self, *, is_shown: bool) -> Speaker:
        """Return the version as one that speaks of an object."""
        return Speaker(
            iri=self.version.value,
            dataset=self.dataset,
            number=self.number,
            title=self.title,
            publisher=self.publisher,
            is_current=self.is_current,
            is_shown=is_shown,
        )


def read_holdings(store: RdfStore, catalogue: Sequence[NamedNode]) -> list[Holding]:
    """Return the dataset versions that have models, the newest of each dataset first.

    Args:
        store: Where they are.
        catalogue: The graphs of entries that the asker may see.
    """
    query = (
        "SELECT ?version ?dataset ?number ?title ?publisher ?graph ?current ?profile WHERE { "
        f"?version {VES.model}/{VES.modelGraph} ?graph ; {DCAT.isVersionOf} ?dataset ; {DCAT.version} ?number ; "
        f"{DCTERMS.title} ?title ; {DCTERMS.publisher} ?publisher . ?dataset {DCAT.hasCurrentVersion} ?current "
        f"OPTIONAL {{ ?version {DCTERMS.conformsTo} ?profile }} }}"
    )
    names = ("version", "dataset", "number", "title", "publisher", "current")
    graphs: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    profiles: defaultdict[str, set[str]] = defaultdict(set)
    for row in store.select(query, graphs=catalogue):
        key = tuple(plain(row[name]) for name in names)
        graphs[key].add(plain(row["graph"]))
        if "profile" in row:
            profiles[key[0]].add(plain(row["profile"]))
    found = [
        Holding(
            NamedNode(version),
            dataset,
            number,
            title,
            publisher,
            is_current=version == current,
            graphs=_nodes(sorted(named)),
            profiles=frozenset(profiles[version]),
        )
        for (version, dataset, number, title, publisher, current), named in graphs.items()
    ]
    return sorted(found, key=lambda one: (one.dataset, -int(one.number)))


def graphs_about(store: RdfStore, iri: NamedNode, graphs: Sequence[NamedNode]) -> set[NamedNode]:
    """Return those among some graphs that say anything of an object, as subject or as object."""
    listed = " ".join(map(str, graphs))
    query = (
        f"SELECT ?g WHERE {{ VALUES ?g {{ {listed} }} FILTER (EXISTS {{ GRAPH ?g {{ {iri} ?p ?o }} }} || "
        f"EXISTS {{ GRAPH ?g {{ ?s ?p {iri} }} }}) }}"
    )
    return {NamedNode(plain(row["g"])) for row in store.select(query, graphs=graphs)} if graphs else set()


class ObjectReader:
    """Reads what some versions say of an object.

    Args:
        store: Where the models are.
        terms: The terms of the models that the versions are in, for names and units.
        shown: The versions whose statements are read, none of them twice.
        in_reach: Graphs in which the names of related objects may stand, beside those of `shown`.
    """

    def __init__(
        self, store: RdfStore, terms: ProfiledTerms, *, shown: Sequence[Holding], in_reach: Iterable[NamedNode] = ()
    ) -> None:
        self._store = store
        self._terms = terms
        self._versions: defaultdict[str, set[str]] = defaultdict(set)
        for holding in shown:
            for graph in holding.graphs:
                self._versions[graph.value].add(holding.version.value)
        self._graphs = _nodes(self._versions)
        self._in_reach = list(dict.fromkeys([*self._graphs, *in_reach]))

    def read(self, iri: NamedNode) -> ObjectView:
        """Return what the versions say of an object; who speaks and which sources there are is left to the caller."""
        stated = self._pairs(f"GRAPH ?g {{ {iri} ?p ?x }}", _MAX_STATEMENTS)
        leading = self._pairs(f"GRAPH ?g {{ ?x ?p {iri} }}", MAX_RELATIONS)
        others = {x for pairs in (stated, leading) for _, x in pairs if isinstance(x, NamedNode)}
        called = self._called(others)
        classes = [x for p, x in stated if p == RDF.type]
        names = [x for p, x in stated if p.value.endswith(_CALLED[0]) or p in (RDFS.label, SKOS.prefLabel)]
        rest = {pair: versions for pair, versions in stated.items() if pair[0] not in (RDF.type, *_OTHER_NAMES)}
        same = {pair: versions for pair, versions in stated.items() if pair[0] in _OTHER_NAMES}
        pointing = {pair: versions for pair, versions in leading.items() if pair[0] not in _SAME}
        return ObjectView(
            iri=iri.value,
            key=object_key(iri.value),
            name=plain(names[0]) if names else "",
            classes=tuple(self._named(plain(one)) for one in classes),
            attributes=tuple(self._attributes(rest)),
            relations=tuple(self._relations(rest, called)),
            referred_by=tuple(self._relations(pointing, called)),
            referred_by_total=self._count(iri) if len(leading) >= MAX_RELATIONS else len(leading),
            identities=(*_stated_identities(same), *self._other_identities(leading)),
        )

    def _pairs(self, pattern: str, limit: int) -> _Pairs:
        """Return pairs of a property and the term at its other end, with the versions that state them."""
        query = f"SELECT ?g ?p ?x WHERE {{ {pattern} }} LIMIT {limit}"
        found: defaultdict[tuple[NamedNode, Term], set[str]] = defaultdict(set)
        for row in self._store.select(query, graphs=self._graphs):
            found[NamedNode(plain(row["p"])), row["x"]] |= self._versions[plain(row["g"])]
        ordered = sorted(found, key=lambda pair: (pair[0].value, str(pair[1])))
        return {pair: tuple(sorted(found[pair])) for pair in ordered}

    def _count(self, iri: NamedNode) -> int:
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?s ?p {iri} }}"
        return int(plain(self._store.select(query, graphs=self._graphs)[0]["n"]))

    def _called(self, nodes: Iterable[NamedNode]) -> Mapping[str, OtherObject]:
        """Return the objects among some IRIs: those that have a class or a name where the asker may look."""
        wanted = sorted(node.value for node in nodes if not self._terms.find(node.value))
        if not wanted:
            return {}
        query = (
            f"SELECT DISTINCT ?x ?p ?v WHERE {{ VALUES ?x {{ {' '.join(map(str, _nodes(wanted)))} }} ?x ?p ?v "
            f'FILTER (?p IN ({RDF.type}, {RDFS.label}, {SKOS.prefLabel}) || STRENDS(STR(?p), "{_CALLED[0]}")) }}'
        )
        classes: defaultdict[str, list[Named]] = defaultdict(list)
        names: dict[str, str] = {}
        for row in self._store.select(query, graphs=self._in_reach):
            iri = plain(row["x"])
            if row["p"] == RDF.type:
                classes[iri].append(self._named(plain(row["v"])))
            else:
                names[iri] = plain(row["v"])
        return {
            iri: OtherObject(
                iri=iri,
                key=object_key(iri),
                name=names.get(iri, ""),
                classes=tuple(sorted(classes.get(iri, ()), key=lambda one: one.iri)),
            )
            for iri in wanted
        }

    def _attributes(self, stated: _Pairs) -> Iterable[Attribute]:
        for (p, x), versions in stated.items():
            of = self._named(p.value)
            if isinstance(x, Literal):
                language = x.language
                yield Attribute(of=of, text=x.value, datatype=x.datatype.value, language=language, versions=versions)
            elif isinstance(x, NamedNode) and self._terms.find(x.value):
                yield Attribute(of=of, text=x.value, value=self._named(x.value), versions=versions)

    def _relations(self, pairs: _Pairs, called: Mapping[str, OtherObject]) -> Iterable[Relation]:
        for (p, x), versions in pairs.items():
            if isinstance(x, NamedNode) and x.value in called:
                yield Relation(by=self._named(p.value), object=called[x.value], versions=versions)

    def _other_identities(self, leading: _Pairs) -> Iterable[Identity]:
        """Give what says from its own side that it is the same, and the names that registers give the object."""
        for (p, x), versions in leading.items():
            if p in _SAME and isinstance(x, NamedNode):
                yield Identity(by=p.value, text=x.value, is_iri=True, versions=versions)
            elif p.value.endswith(_NAME_OF) and isinstance(x, NamedNode):
                for text, register in self._registered_names(x):
                    yield Identity(by=p.value, text=text, register_name=register, versions=versions)

    def _registered_names(self, node: NamedNode) -> Iterable[tuple[str, str]]:
        """Give the name that an object of CIM's class Name holds, with the register that its NameType stands for."""
        query = (
            f"SELECT ?name ?register WHERE {{ {node} ?p ?name FILTER (STRENDS(STR(?p), '{_CALLED[1]}')) "
            f"OPTIONAL {{ {node} ?q ?type . ?type ?r ?register FILTER (STRENDS(STR(?q), '#Name.NameType') && "
            f"STRENDS(STR(?r), '{_CALLED[2]}')) }} }} ORDER BY ?name"
        )
        for row in self._store.select(query, graphs=self._in_reach):
            yield plain(row["name"]), plain(row["register"]) if "register" in row else ""

    def _named(self, iri: str) -> Named:
        """Return a term as the models know it."""
        known = self._terms.find(iri)
        if known is None:
            return Named(iri=iri, name=iri)
        return Named(iri=iri, name=known.name, label=known.label, unit=known.unit)


def _stated_identities(stated: _Pairs) -> Iterable[Identity]:
    for (p, x), versions in stated.items():
        yield Identity(by=p.value, text=plain(x), is_iri=isinstance(x, NamedNode), versions=versions)


def _nodes(iris: Iterable[str]) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(iri) for iri in iris)
