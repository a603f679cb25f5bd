"""Reading of ordinary vocabularies: RDF Schema, OWL and SKOS, as far as their statements are facts about terms.

Read are classes, properties, concepts, schemes and named individuals with label, other names, definition, hierarchy,
domain, range, inverse and deprecation. Axioms beyond these (restrictions, disjointness, property chains) are left
where they are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.facts import ClassFact, Kind, Model, PropertyFact, by_iri, check_name
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.namespaces import DCTERMS, ODRL, OWL, PROV, RDF, RDFS, SKOS, XSD
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
_DEFINITIONS = (SKOS.definition, RDFS.comment, DCTERMS.description)
_NAMES = (SKOS.altLabel, SKOS.hiddenLabel, SKOS.prefLabel, RDFS.label)
_LITERALS = frozenset({RDFS.Literal, RDF.langString, RDF.PlainLiteral})
_DEPRECATED = frozenset({OWL.DeprecatedClass, OWL.DeprecatedProperty})

_Nodes = Mapping[Term, Mapping[NamedNode, list[Term]]]


def read_model(
    paths: Iterable[Path], name: str, *, title: str = "", version: str = "", source: str = "", licence: str = ""
) -> Model:
    """Read the files of a vocabulary into one model without profiles.

    Args:
        paths: The published files, in any RDF syntax.
        name: The name under which the model is to be registered.
        title: A name for people; by default the registered name.
        version: The publisher's version; by default the `owl:versionInfo` of the ontology.
        source: Where the files come from.
        licence: Their licence.

    Raises:
        UnreadableInput: a file is no RDF.
        InputError: the files describe no term.
    """
    files = sorted(paths, key=lambda path: path.name)
    nodes, prefixes = _read(files)
    return _Vocabulary(nodes, files).model(
        Model(
            name=check_name(name),
            title=title or name,
            version=version or _version(nodes),
            source=source,
            licence=licence,
            namespaces=prefixes,
        )
    )


def _read(files: Iterable[Path]) -> tuple[_Nodes, dict[str, str]]:
    nodes: dict[Term, dict[NamedNode, list[Term]]] = {}
    prefixes: dict[str, str] = {}
    for path in files:
        parsed = ParsedFile(path)
        for quad in parsed:
            nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
        prefixes.update(parsed.prefixes)
    return nodes, prefixes


class _Vocabulary:
    """The statements of a vocabulary, with the terms that are its own."""

    def __init__(self, nodes: _Nodes, files: Iterable[Path]) -> None:
        self._nodes = nodes
        described = [node for node in nodes if isinstance(node, NamedNode) and self._is_term(node)]
        shares = Counter(_namespace(node.value) for node in described)
        self._namespaces = {ns for ns, count in shares.items() if count >= _SHARE * len(described)}
        self._terms = sorted((n for n in described if _namespace(n.value) in self._namespaces), key=plain)
        if not self._terms:
            raise InputError(
                "The files describe no class, property or concept.",
                where=", ".join(str(path) for path in files),
                remedy="Give a vocabulary in RDF Schema, OWL or SKOS.",
            )

    def model(self, bare: Model) -> Model:
        """Return the model with its namespaces, classes and properties."""
        properties = [term for term in self._terms if _PROPERTY_TYPES & self._types(term)]
        others = [term for term in self._terms if not _PROPERTY_TYPES & self._types(term)]
        return Model(
            name=bare.name,
            title=bare.title,
            version=bare.version,
            source=bare.source,
            licence=bare.licence,
            namespaces=self._prefixes(bare.namespaces),
            classes=by_iri(map(self._class, others)),
            properties=by_iri(map(self._property, properties)),
        )

    def _class(self, term: NamedNode) -> ClassFact:
        types = self._types(term)
        kind: Kind = next((kind for each, kind in _KINDS.items() if each in types), "individual")
        above = _BROADER if kind == "concept" else (RDFS.subClassOf,)
        return ClassFact(
            iri=term.value,
            label=self._label(term),
            kind=kind,
            superclasses=self._iris(term, *above),
            types=tuple(sorted(each.value for each in types if _namespace(each.value) in self._namespaces)),
            members=self._members(term) if kind == "scheme" else (),
            deprecated=self._deprecated(term),
            definition=self._prose(term),
            synonyms=self._synonyms(term),
            matches=self._iris(term, *_MATCHES) if kind == "concept" else (),
        )

    def _property(self, term: NamedNode) -> PropertyFact:
        types = self._types(term)
        ranges = [node for node in self._alternatives(term, RDFS.range) if isinstance(node, NamedNode)]
        literal = [node for node in ranges if self._is_datatype(node)]
        if not ranges and OWL.DatatypeProperty in types:
            literal = [RDFS.Literal]
        if not ranges and OWL.ObjectProperty in types:
            ranges = [OWL.Thing]
        return PropertyFact(
            iri=term.value,
            label=self._label(term),
            domains=tuple(sorted({plain(node) for node in self._alternatives(term, RDFS.domain)})),
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

    def _alternatives(self, term: NamedNode, predicate: NamedNode) -> Iterator[Term]:
        """Give a domain's or range's classes; those of a union one by one."""
        for value in self._nodes[term].get(predicate, ()):
            if isinstance(value, NamedNode):
                yield value
            else:
                for union in self._nodes.get(value, {}).get(OWL.unionOf, ()):
                    yield from self._collection(union)

    def _collection(self, head: Term) -> Iterator[Term]:
        while head != RDF.nil and head in self._nodes:
            yield from self._nodes[head][RDF.first]
            head = self._nodes[head][RDF.rest][0]

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
            named = sorted(prefix for prefix, iri in declared.items() if iri == namespace and prefix)
            found[_CUSTOMARY.get(namespace) or (named[0] if named else f"ns{number}")] = namespace
        return found


_CUSTOMARY = {DCTERMS.iri: "dcterms", PROV.iri: "prov", SKOS.iri: "skos"}
"""Prefixes that everybody expects and the published files do not declare."""

_LANGUAGES = {"en": 0, "en-gb": 0, "": 1, "en-us": 2}


def _by_language(text: Literal) -> tuple[int, str]:
    return _LANGUAGES[text.language or ""], text.value


def _version(nodes: _Nodes) -> str:
    values = [
        plain(value)
        for node, statements in nodes.items()
        if OWL.Ontology in statements.get(RDF.type, ())
        for value in statements.get(OWL.versionInfo, ())
    ]
    return max(values, default="")


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
