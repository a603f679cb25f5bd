"""Our own statement of a model's facts, as Turtle: written the same each time, read back without loss.

Terms of RDF Schema, OWL and SKOS come first; where none says what is meant, those of our own vocabulary
(`ontology/virtuales/virtuales.ttl`):

- a profile is a `ves:Profile` with its short name and the version IRIs by which data names it;
- a class names the profiles that mention it (`ves:inProfile`) and those in which objects may have it
  (`ves:concreteIn`);
- a property names, for each profile, how often it occurs (`ves:occurrence`): a node shared by all properties that
  occur as often in that profile, with `ves:inProfile`, `ves:minimum` and, when there is one, `ves:maximum`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.facts import (
    ClassFact,
    Kind,
    Model,
    Multiplicity,
    ProfileFact,
    PropertyFact,
    Restriction,
    by_iri,
)
from virtuales.models.manifest import iri_or_text
from virtuales.models.restrictions import read_restriction, written_restriction
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VES, XSD
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Term, plain
from virtuales.rdf.turtle import Collection, TurtleDocument

MODELS = "https://w3id.org/virtuales/model/"
"""Where the IRIs of registered models and of their profiles live."""

_KIND_TYPES: Mapping[Kind, tuple[NamedNode, ...]] = {
    "enumeration": (OWL.Class, VES.Enumeration),
    "compound": (OWL.Class, VES.Compound),
    "datatype": (RDFS.Datatype, VES.Quantity),
    "primitive": (RDFS.Datatype,),
    "scheme": (SKOS.ConceptScheme,),
    "concept": (SKOS.Concept,),
    "individual": (OWL.NamedIndividual,),
    "class": (OWL.Class,),
}
"""The types by which each kind of term is written; read in this order, the most telling first."""

_STANDARD_TYPES = frozenset(each.value for types in _KIND_TYPES.values() for each in types)

_PROPERTY_TYPES = (OWL.DatatypeProperty, OWL.ObjectProperty, RDF.Property)

_COMMENT = """Facts about {title}: terms, hierarchy, ranges, datatypes, units, multiplicities and profiles.
Written by `virtuales models import`; do not edit by hand. Source and licence are in manifest.ttl."""


def model_iri(name: str) -> NamedNode:
    """Return the IRI of a registered model."""
    return NamedNode(MODELS + name)


def profile_iri(name: str, keyword: str) -> NamedNode:
    """Return the IRI of a profile of a registered model."""
    return NamedNode(f"{MODELS}{name}#{keyword}")


def write_model(model: Model) -> str:
    """Write a model's facts as Turtle."""
    return _Writer(model).text()


def write_term(model: Model, iri: str) -> str:
    """Write what a model says of one of its terms as Turtle, with how often it occurs in which profile."""
    return _Writer(model).term_text(iri)


def read_model(source: Path | bytes, *, name: str = "") -> Model:
    """Read what `write_model` wrote.

    Args:
        source: The file, or its bytes.
        name: What errors call it; by default the file's path.

    Raises:
        UnreadableInput: the file is not Turtle.
        InputError: the file describes no model, more than one, or names a profile it does not describe.
    """
    nodes: dict[str, dict[str, list[Term]]] = {}
    place = name or (str(source) if isinstance(source, Path) else "the given bytes")
    for quad in parse_file(source, TURTLE, name=place):
        nodes.setdefault(plain(quad.subject), {}).setdefault(quad.predicate.value, []).append(quad.object)
    models = [iri for iri, node in nodes.items() if VES.Model in node.get(RDF.type.value, ())]
    if len(models) != 1:
        raise InputError(
            f"The file describes {len(models)} models; one is needed.",
            where=place,
            remedy="Write it with `virtuales models import`.",
        )
    try:
        return _Reader(nodes, models[0]).model()
    except (KeyError, ValueError) as error:
        raise InputError(
            f"The file's facts do not hang together: {error}.",
            where=place,
            remedy="Write it again with `virtuales models import`.",
        ) from error


class _Writer:
    """Puts the facts of one model into one document."""

    def __init__(self, model: Model) -> None:
        self._model = model
        standard = {
            "dcterms": DCTERMS.iri,
            "owl": OWL.iri,
            "p": f"{MODELS}{model.name}#",
            "sh": SH.iri,
            "skos": SKOS.iri,
            "ves": VES.iri,
        }
        own = {prefix: iri for prefix, iri in model.namespaces.items() if iri not in standard.values()}
        self._document = TurtleDocument({**standard, **own})
        self._occurrences: dict[tuple[str, Multiplicity], NamedNode] = {}

    def text(self) -> str:
        self._say_model()
        for profile in self._model.profiles.values():
            self._say_profile(profile)
        for term in self._model.classes.values():
            self._say_class(term)
        for each in self._model.properties.values():
            self._say_property(each)
        return self._document.text(_COMMENT.format(title=self._model.title or self._model.name))

    def term_text(self, iri: str) -> str:
        if iri in self._model.classes:
            self._say_class(self._model.classes[iri])
        elif iri in self._model.properties:
            self._say_property(self._model.properties[iri])
        else:
            self._document.add(NamedNode(iri), RDF.type, NamedNode(self._model.values[iri]))
        return self._document.text()

    def _say_model(self) -> None:
        model, add, subject = self._model, self._document.add, model_iri(self._model.name)
        self._document.add_all(subject, RDF.type, (OWL.Ontology, VES.Model))
        add(subject, DCTERMS.identifier, Literal(model.name))
        for predicate, text in (
            (RDFS.label, model.title),
            (OWL.versionInfo, model.version),
            (DCTERMS.source, model.source),
            (DCTERMS.license, model.licence),
        ):
            add(subject, predicate, iri_or_text(text) if text else None)
        for prefix, namespace in model.namespaces.items():
            node = self._local(f"prefix-{prefix}")
            add(subject, SH.declare, node)
            add(node, SH.prefix, Literal(prefix))
            add(node, SH.namespace, Literal(namespace, datatype=XSD.anyURI))

    def _say_profile(self, profile: ProfileFact) -> None:
        subject = self._local(profile.keyword)
        self._document.add(subject, RDF.type, VES.Profile)
        self._document.add(subject, DCTERMS.identifier, Literal(profile.keyword))
        self._document.add(subject, RDFS.label, Literal(profile.label) if profile.label else None)
        self._document.add(subject, DCTERMS.isPartOf, model_iri(self._model.name))
        self._document.add_all(subject, OWL.versionIRI, map(NamedNode, profile.versions))
        self._document.add_all(subject, VES.extendsProfile, map(self._local, profile.extends))

    def _say_class(self, fact: ClassFact) -> None:
        subject = NamedNode(fact.iri)
        self._document.add_all(subject, RDF.type, (*_KIND_TYPES[fact.kind], *map(NamedNode, fact.types)))
        self._document.add(subject, RDFS.label, Literal(fact.label))
        above = SKOS.broader if fact.kind == "concept" else RDFS.subClassOf
        self._document.add_all(subject, above, map(NamedNode, fact.superclasses))
        self._document.add_all(subject, RDFS.subClassOf, map(written_restriction, fact.restrictions))
        self._document.add_all(subject, OWL.disjointWith, map(NamedNode, fact.disjoint))
        self._document.add_all(subject, VES.inProfile, map(self._local, fact.profiles))
        self._document.add_all(subject, VES.concreteIn, map(self._local, fact.concrete))
        self._document.add_all(subject, VES.rootIn, map(self._local, fact.roots))
        if fact.kind == "scheme":
            for member in fact.members:
                self._document.add(NamedNode(member), SKOS.inScheme, subject)
        elif fact.members:
            self._document.add(subject, OWL.oneOf, Collection(tuple(map(NamedNode, fact.members))))
        self._document.add(subject, OWL.deprecated, Literal(True) if fact.deprecated else None)
        self._document.add_all(subject, SKOS.mappingRelation, map(NamedNode, fact.matches))
        self._say_words(fact)

    def _say_property(self, fact: PropertyFact) -> None:
        subject, add = NamedNode(fact.iri), self._document.add
        add(subject, RDF.type, _property_type(fact))
        add(subject, RDFS.label, Literal(fact.label))
        self._document.add_all(subject, RDFS.domain, map(NamedNode, fact.domains))
        self._document.add_all(subject, RDFS.range, map(NamedNode, fact.ranges))
        add(subject, RDFS.range, NamedNode(fact.datatype) if fact.datatype else None)
        add(subject, VES.valueType, NamedNode(fact.value_type) if fact.value_type else None)
        add(subject, VES.unit, Literal(fact.unit) if fact.unit else None)
        add(subject, VES.multiplier, Literal(fact.multiplier) if fact.multiplier else None)
        add(subject, OWL.inverseOf, NamedNode(fact.inverse) if fact.inverse else None)
        add(subject, VES.associationUsed, None if fact.used is None else Literal(fact.used))
        self._document.add_all(subject, RDFS.subPropertyOf, map(NamedNode, fact.superproperties))
        add(subject, OWL.deprecated, Literal(True) if fact.deprecated else None)
        for keyword, multiplicity in fact.multiplicities.items():
            add(subject, VES.occurrence, self._occurrence(keyword, multiplicity))
        self._say_words(fact)

    def _say_words(self, fact: ClassFact | PropertyFact) -> None:
        subject = NamedNode(fact.iri)
        self._document.add(subject, SKOS.definition, Literal(fact.definition) if fact.definition else None)
        self._document.add_all(subject, SKOS.altLabel, map(Literal, fact.synonyms))

    def _occurrence(self, keyword: str, multiplicity: Multiplicity) -> NamedNode:
        """Return the node that says how often in which profile, and state it the first time."""
        node = self._occurrences.get((keyword, multiplicity))
        if node is None:
            node = self._occurrences[keyword, multiplicity] = self._local(f"{keyword}-{multiplicity}")
            self._document.add(node, RDF.type, VES.Occurrence)
            self._document.add(node, VES.inProfile, self._local(keyword))
            self._document.add(node, VES.minimum, Literal(multiplicity.minimum))
            top = multiplicity.maximum
            self._document.add(node, VES.maximum, None if top is None else Literal(top))
        return node

    def _local(self, name: str) -> NamedNode:
        return profile_iri(self._model.name, name)


class _Reader:
    """Takes one model out of the statements of one file."""

    def __init__(self, nodes: Mapping[str, Mapping[str, list[Term]]], subject: str) -> None:
        self._nodes = nodes
        self._subject = subject
        self._schemes: dict[str, list[str]] = {}
        for iri, node in nodes.items():
            for scheme in node.get(SKOS.inScheme.value, ()):
                self._schemes.setdefault(plain(scheme), []).append(iri)

    def model(self) -> Model:
        profiles = {iri: self._profile(iri) for iri in self._having(VES.Profile)}
        keywords = {iri: profile.keyword for iri, profile in profiles.items()}
        occurrences = {iri: self._occurrence(iri, keywords) for iri in self._having(VES.Occurrence)}
        classes, properties = [], []
        for iri, node in self._nodes.items():
            types = node.get(RDF.type.value, ())
            if any(kind in types for kind in _PROPERTY_TYPES):
                properties.append(self._property(iri, occurrences))
            elif kind := next((k for k, needed in _KIND_TYPES.items() if all(t in types for t in needed)), None):
                classes.append(self._class(iri, kind, keywords))
        return Model(
            name=self._text(self._subject, DCTERMS.identifier),
            title=self._text(self._subject, RDFS.label),
            version=self._text(self._subject, OWL.versionInfo),
            source=self._text(self._subject, DCTERMS.source),
            licence=self._text(self._subject, DCTERMS.license),
            namespaces=self._namespaces(),
            profiles={profile.keyword: profile for profile in sorted(profiles.values(), key=lambda p: p.keyword)},
            classes=by_iri(classes),
            properties=by_iri(properties),
        )

    def _profile(self, iri: str) -> ProfileFact:
        return ProfileFact(
            keyword=self._text(iri, DCTERMS.identifier),
            versions=self._all(iri, OWL.versionIRI),
            label=self._text(iri, RDFS.label),
            extends=tuple(self._text(other, DCTERMS.identifier) for other in self._all(iri, VES.extendsProfile)),
        )

    def _occurrence(self, iri: str, keywords: Mapping[str, str]) -> tuple[str, Multiplicity]:
        maximum = self._text(iri, VES.maximum)
        multiplicity = Multiplicity(int(self._text(iri, VES.minimum)), int(maximum) if maximum else None)
        return keywords[self._text(iri, VES.inProfile)], multiplicity

    def _class(self, iri: str, kind: Kind, keywords: Mapping[str, str]) -> ClassFact:
        return ClassFact(
            iri=iri,
            label=self._text(iri, RDFS.label),
            kind=kind,
            superclasses=self._named(iri, SKOS.broader if kind == "concept" else RDFS.subClassOf),
            profiles=frozenset(keywords[profile] for profile in self._all(iri, VES.inProfile)),
            concrete=frozenset(keywords[profile] for profile in self._all(iri, VES.concreteIn)),
            roots=frozenset(keywords[profile] for profile in self._all(iri, VES.rootIn)),
            types=tuple(each for each in self._all(iri, RDF.type) if each not in _STANDARD_TYPES),
            members=tuple(sorted(self._schemes.get(iri, ()))) if kind == "scheme" else tuple(self._collection(iri)),
            deprecated=bool(self._text(iri, OWL.deprecated)),
            definition=self._text(iri, SKOS.definition),
            synonyms=self._all(iri, SKOS.altLabel),
            matches=self._all(iri, SKOS.mappingRelation),
            restrictions=self._restrictions(iri),
            disjoint=self._all(iri, OWL.disjointWith),
        )

    def _restrictions(self, iri: str) -> tuple[Restriction, ...]:
        above = self._nodes[iri].get(RDFS.subClassOf.value, ())
        nodes = [self._nodes.get(plain(each), {}) for each in above if isinstance(each, BlankNode)]
        found = (read_restriction(lambda predicate, node=node: node.get(predicate.value, ())) for node in nodes)  # type: ignore[misc]
        return tuple(sorted(each for each in found if each is not None))

    def _property(self, iri: str, occurrences: Mapping[str, tuple[str, Multiplicity]]) -> PropertyFact:
        literal = OWL.DatatypeProperty in self._nodes[iri][RDF.type.value]
        ranges = self._all(iri, RDFS.range)
        used = self._text(iri, VES.associationUsed)
        return PropertyFact(
            iri=iri,
            label=self._text(iri, RDFS.label),
            domains=self._all(iri, RDFS.domain),
            ranges=() if literal else ranges,
            datatype=next(iter(ranges), None) if literal else None,
            value_type=self._text(iri, VES.valueType) or None,
            unit=self._text(iri, VES.unit) or None,
            multiplier=self._text(iri, VES.multiplier) or None,
            multiplicities=dict(sorted(occurrences[each] for each in self._all(iri, VES.occurrence))),
            inverse=self._text(iri, OWL.inverseOf) or None,
            used=used == "true" if used else None,
            superproperties=self._all(iri, RDFS.subPropertyOf),
            deprecated=bool(self._text(iri, OWL.deprecated)),
            definition=self._text(iri, SKOS.definition),
            synonyms=self._all(iri, SKOS.altLabel),
        )

    def _namespaces(self) -> dict[str, str]:
        declared = self._all(self._subject, SH.declare)
        return dict(sorted((self._text(node, SH.prefix), self._text(node, SH.namespace)) for node in declared))

    def _collection(self, iri: str) -> Iterator[str]:
        rest = self._text(iri, OWL.oneOf)
        while rest and rest != RDF.nil.value:
            yield self._text(rest, RDF.first)
            rest = self._text(rest, RDF.rest)

    def _having(self, kind: NamedNode) -> list[str]:
        return [iri for iri, node in self._nodes.items() if kind in node.get(RDF.type.value, ())]

    def _all(self, iri: str, predicate: NamedNode) -> tuple[str, ...]:
        values = self._nodes[iri].get(predicate.value)
        return tuple(sorted(map(plain, values))) if values else ()

    def _named(self, iri: str, predicate: NamedNode) -> tuple[str, ...]:
        values = self._nodes[iri].get(predicate.value, ())
        return tuple(sorted(value.value for value in values if isinstance(value, NamedNode)))

    def _text(self, iri: str, predicate: NamedNode) -> str:
        values = self._nodes[iri].get(predicate.value)
        return plain(values[0]) if values else ""


def _property_type(fact: PropertyFact) -> NamedNode:
    if fact.datatype:
        return OWL.DatatypeProperty
    return OWL.ObjectProperty if fact.ranges else RDF.Property
