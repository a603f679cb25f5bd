"""Reading of ordinary vocabularies: RDF Schema, OWL and SKOS, as far as their statements are facts about terms.

Read are classes, properties, concepts, schemes and named individuals with label, other names, definition, hierarchy,
restrictions, disjoint classes, domain, range, inverse and deprecation. What a class is defined to be equivalent to
counts as what holds of it. Other axioms (such as property chains) are left where they are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.facts import ClassFact, Kind, Model, PropertyFact, by_iri, check_name
from virtuales.models.owl_expressions import Nodes
from virtuales.models.restrictions import alternatives, collection, conditions, restrictions
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.namespaces import DCTERMS, OBO, ODRL, OWL, PROV, RDF, RDFS, SKOS, VANN, XSD
from virtuales.rdf.terms import Literal, NamedNode, Term, plain

_SHARE = 0.1
"""A namespace is the vocabulary's own when at least this share of the described terms lies in it."""

_PROPERTY_TYPES = frozenset(
    {
        RDF.Property,
        OWL.ObjectProperty,
        OWL.DatatypeProperty,
        OWL.AnnotationProperty,
        OWL.DeprecatedProperty,
    }
)
_KINDS: Mapping[NamedNode, Kind] = {
    OWL.Class: "class",
    RDFS.Class: "class",
    OWL.DeprecatedClass: "class",
    RDFS.Datatype: "primitive",
    SKOS.ConceptScheme: "scheme",
    SKOS.Concept: "concept",
    OWL.NamedIndividual: "individual",
}
"""What a term of a type is, the most telling type first."""

_NOT_TERMS = frozenset({OWL.Ontology, SKOS.Collection})
_BROADER = (SKOS.broader, ODRL.includedIn)
"""ODRL orders its actions by `odrl:includedIn`, which is the broader concept in the words of SKOS."""
_MATCHES = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
_DEFINITIONS = (SKOS.definition, OBO.IAO_0000115, RDFS.comment, DCTERMS.description)
_NAMES = (SKOS.altLabel, SKOS.hiddenLabel, SKOS.prefLabel, RDFS.label, OBO.IAO_0000118)
_SCHEMA_ORG = ("http://schema.org/", "https://schema.org/")
_DOMAINS = (RDFS.domain, *(NamedNode(f"{place}domainIncludes") for place in _SCHEMA_ORG))
_RANGES = (RDFS.range, *(NamedNode(f"{place}rangeIncludes") for place in _SCHEMA_ORG))
_LITERALS = frozenset({RDFS.Literal, RDF.langString, RDF.PlainLiteral})
_DEPRECATED = frozenset({OWL.DeprecatedClass, OWL.DeprecatedProperty})


def read_model(
    paths: Iterable[Path], name: str, *, title: str = "", version: str = "", source: str = "", licence: str = ""
) -> Model:
    """Read the files of a vocabulary into one model without profiles; see `read_vocabulary`."""
    return read_vocabulary(paths, Model(name, title, version, source, licence))


def read_vocabulary(paths: Iterable[Path], bare: Model, namespaces: Iterable[str] = ()) -> Model:
    """Read the files of a vocabulary into one model without profiles.

    Args:
        paths: The published files, in any RDF syntax.
        bare: What is said of the model: its name, and what people add. Without a title it is called by its name;
            without a version it has the `owl:versionInfo` of the ontology.
        namespaces: The namespaces whose terms are the vocabulary's own; by default each that a tenth of the terms lie
            in.

    Raises:
        UnreadableInput: a file is no RDF.
        InputError: the files describe no term.
    """
    files = sorted(paths, key=lambda path: path.name)
    nodes, prefixes = _read(files)
    said = replace(
        bare, name=check_name(bare.name), title=bare.title or bare.name, version=bare.version or _version(nodes)
    )
    return _Vocabulary(nodes, files, frozenset(namespaces)).model(said, prefixes)


def _read(files: Iterable[Path]) -> tuple[Nodes, dict[str, str]]:
    """Read the statements of all files, and for each namespace the prefix that it is written with."""
    nodes: dict[Term, dict[NamedNode, list[Term]]] = {}
    prefixes: dict[str, str] = {}
    for path in files:
        parsed = ParsedFile(path)
        for quad in parsed:
            nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
        for prefix, namespace in sorted(parsed.prefixes.items()):
            if prefix:
                prefixes[namespace] = min(prefix, prefixes.get(namespace, prefix))
    return nodes, prefixes | _preferred_prefixes(nodes)


class _Vocabulary:
    """The statements of a vocabulary, with the terms that are its own."""

    def __init__(self, nodes: Nodes, files: Iterable[Path], namespaces: frozenset[str]) -> None:
        self._nodes = nodes
        described = [node for node in nodes if isinstance(node, NamedNode) and self._is_term(node)]
        shares = Counter(_namespace(node.value) for node in described)
        self._namespaces = namespaces or {ns for ns, count in shares.items() if count >= _SHARE * len(described)}
        self._united = self._parts_of_unions(described)
        self._terms = sorted((n for n in described if _namespace(n.value) in self._namespaces), key=plain)
        if not self._terms:
            raise InputError(
                "The files describe no class, property or concept.",
                where=", ".join(str(path) for path in files),
                remedy="Give a vocabulary in RDF Schema, OWL or SKOS.",
            )
        self._apart = self._said_apart()

    def model(self, bare: Model, prefixes: Mapping[str, str]) -> Model:
        """Return the model with its namespaces, classes and properties."""
        properties = [term for term in self._terms if _PROPERTY_TYPES & self._types(term)]
        others = [term for term in self._terms if not _PROPERTY_TYPES & self._types(term)]
        return replace(
            bare,
            namespaces=self._prefixes(prefixes),
            classes=by_iri(map(self._class, others)),
            properties=by_iri(map(self._property, properties)),
        )

    def _class(self, term: NamedNode) -> ClassFact:
        types = self._types(term)
        kind: Kind = next((kind for each, kind in _KINDS.items() if each in types), "individual")
        axioms = [*self._nodes[term].get(RDFS.subClassOf, ()), *self._nodes[term].get(OWL.equivalentClass, ())]
        return ClassFact(
            iri=term.value,
            label=self._label(term),
            kind=kind,
            superclasses=self._iris(term, *_BROADER) if kind == "concept" else self._above(term, axioms),
            types=tuple(sorted(each.value for each in types if _namespace(each.value) in self._namespaces)),
            members=self._members(term) if kind == "scheme" else (),
            deprecated=self._deprecated(term),
            definition=self._prose(term),
            synonyms=self._synonyms(term),
            matches=self._iris(term, *_MATCHES) if kind == "concept" else (),
            restrictions=restrictions(self._nodes, axioms),
            disjoint=tuple(sorted(self._apart.get(term, ()))),
        )

    def _said_apart(self) -> dict[NamedNode, set[str]]:
        """Return for each own class those of a later IRI that are said to have no object in common with it."""
        groups: list[Iterable[Term]] = []
        for node, said in self._nodes.items():
            groups += ((node, other) for other in said.get(OWL.disjointWith, ()))
            groups += (list(collection(self._nodes, parts)) for parts in said.get(OWL.disjointUnionOf, ()))
            if OWL.AllDisjointClasses in said.get(RDF.type, ()):
                groups += (list(collection(self._nodes, parts)) for parts in said.get(OWL.members, ()))
        own, found = set(self._terms), dict[NamedNode, set[str]]()
        for group in groups:
            named = sorted((each for each in group if isinstance(each, NamedNode) and each in own), key=plain)
            for one, other in combinations(named, 2):
                found.setdefault(one, set()).add(other.value)
        return found

    def _above(self, term: NamedNode, axioms: list[Term]) -> tuple[str, ...]:
        """Return the classes above: those that are named, parts of intersections among them, and unions of it."""
        equivalent = set(self._nodes[term].get(OWL.equivalentClass, ()))
        named = {each for each in conditions(self._nodes, axioms) if isinstance(each, NamedNode)} - equivalent
        return tuple(sorted({each.value for each in (named | self._united.get(term, set())) - {term}}))

    def _parts_of_unions(self, described: Iterable[NamedNode]) -> dict[Term, set[NamedNode]]:
        """Return for each class those that are defined as unions of it and others."""
        found: dict[Term, set[NamedNode]] = {}
        for term in described:
            for equivalent in self._nodes[term].get(OWL.equivalentClass, ()):
                if not isinstance(equivalent, NamedNode):
                    for part in alternatives(self._nodes, equivalent):
                        found.setdefault(part, set()).add(term)
        return found

    def _property(self, term: NamedNode) -> PropertyFact:
        types = self._types(term)
        ranges = list(self._alternatives(term, *_RANGES))
        literal = [node for node in ranges if self._is_datatype(node)]
        if not ranges and OWL.DatatypeProperty in types:
            literal = [RDFS.Literal]
        if not ranges and OWL.ObjectProperty in types:
            ranges = [OWL.Thing]
        return PropertyFact(
            iri=term.value,
            label=self._label(term),
            domains=tuple(sorted({plain(node) for node in self._alternatives(term, *_DOMAINS)})),
            ranges=() if literal else tuple(sorted({node.value for node in ranges})),
            datatype=min(node.value for node in literal) if literal else None,
            inverse=next(iter(self._iris(term, OWL.inverseOf)), None),
            superproperties=self._iris(term, RDFS.subPropertyOf),
            deprecated=self._deprecated(term),
            definition=self._prose(term),
            synonyms=self._synonyms(term),
        )

    def _is_term(self, node: NamedNode) -> bool:
        types = self._types(node)
        return bool(types) and not types & _NOT_TERMS

    def _is_datatype(self, node: NamedNode) -> bool:
        return node in _LITERALS or node.value.startswith(XSD.iri) or RDFS.Datatype in self._types(node)

    def _types(self, node: Term) -> set[NamedNode]:
        return {each for each in self._nodes.get(node, {}).get(RDF.type, ()) if isinstance(each, NamedNode)}

    def _iris(self, term: NamedNode, *predicates: NamedNode) -> tuple[str, ...]:
        """Return the IRIs that the term is related to, itself left out."""
        values = (value for predicate in predicates for value in self._nodes[term].get(predicate, ()))
        return tuple(sorted({value.value for value in values if isinstance(value, NamedNode) and value != term}))

    def _alternatives(self, term: NamedNode, *predicates: NamedNode) -> Iterator[NamedNode]:
        """Give a domain's or range's classes; those of a union one by one."""
        for predicate in predicates:
            for value in self._nodes[term].get(predicate, ()):
                yield from (each for each in alternatives(self._nodes, value) if isinstance(each, NamedNode))

    def _members(self, scheme: NamedNode) -> tuple[str, ...]:
        return tuple(term.value for term in self._terms if scheme in self._nodes[term].get(SKOS.inScheme, ()))

    def _label(self, term: NamedNode) -> str:
        """Return the English label, or the one without a language, or the local name."""
        english = self._english(term, RDFS.label) + self._english(term, SKOS.prefLabel)
        ranked = sorted(english, key=_by_language)
        return ranked[0].value if ranked else term.value[len(_namespace(term.value)) :]

    def _prose(self, term: NamedNode) -> str:
        """Return the English definition, or else the comment; the first in order where there are several."""
        for predicate in _DEFINITIONS:
            said = sorted(
                self._english(term, predicate), key=lambda text: (_LANGUAGES[text.language or ""], text.value)
            )
            if said:
                return " ".join(said[0].value.split())
        return ""

    def _synonyms(self, term: NamedNode) -> tuple[str, ...]:
        """Return the other English names, preferred labels that lost to the label among them."""
        named = {value.value for each in _NAMES for value in self._english(term, each)}
        return tuple(sorted(named - {self._label(term)}))

    def _english(self, term: NamedNode, predicate: NamedNode) -> list[Literal]:
        values = self._nodes[term].get(predicate, ())
        return [each for each in values if isinstance(each, Literal) and (each.language or "") in _LANGUAGES]

    def _deprecated(self, term: NamedNode) -> bool:
        said = any(plain(value) == "true" for value in self._nodes[term].get(OWL.deprecated, ()))
        return said or bool(self._types(term) & _DEPRECATED)

    def _prefixes(self, declared: Mapping[str, str]) -> dict[str, str]:
        """Return a prefix for each own namespace: the customary one, else the file's own, else a number."""
        found: dict[str, str] = {}
        for number, namespace in enumerate(sorted(self._namespaces)):
            prefix = _CUSTOMARY.get(namespace) or declared.get(namespace, "")
            found[prefix if prefix and prefix not in found else f"ns{number}"] = namespace
        return found


_CUSTOMARY = {DCTERMS.iri: "dcterms", PROV.iri: "prov", SKOS.iri: "skos"}
"""Prefixes that everybody expects and the published files do not declare."""

_LANGUAGES = {"en": 0, "en-gb": 0, "": 1, "en-us": 2}


def _by_language(text: Literal) -> tuple[int, str]:
    return _LANGUAGES[text.language or ""], text.value


def _version(nodes: Nodes) -> str:
    values = [
        plain(value)
        for node, statements in nodes.items()
        if OWL.Ontology in statements.get(RDF.type, ())
        for value in statements.get(OWL.versionInfo, ())
    ]
    return max(values, default="")


def _preferred_prefixes(nodes: Nodes) -> dict[str, str]:
    """Return for each namespace the prefix that its ontology says it prefers."""
    found = {}
    for said in nodes.values():
        prefixes, places = said.get(VANN.preferredNamespacePrefix, []), said.get(VANN.preferredNamespaceUri, [])
        if prefixes and places and plain(prefixes[0]):
            found[plain(places[0])] = plain(prefixes[0])
    return found


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
