"""What is known of an object as RDF: its own statements, the versions that make them, and who was asked."""

from collections.abc import Iterator

from virtuales.catalogue.object_view import Attribute, Named, ObjectView, OtherObject, Relation, Source
from virtuales.errors import InputError
from virtuales.rdf.namespaces import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Triple, parse_iri


def object_statements(view: ObjectView, *, thing: NamedNode, document: NamedNode) -> list[Triple]:
    """Return the statements of a document about an object.

    Args:
        view: What is known.
        thing: The node's own IRI of the object, which leads to the document.
        document: The document.

    Raises:
        InputError: another node sent what is no IRI.
    """
    iri = parse_iri(view.iri, where="iri")
    found = [Triple(thing, OWL.sameAs, iri), Triple(document, FOAF.primaryTopic, iri)]
    found += _classes(iri, view.classes)
    found += [Triple(iri, parse_iri(one.of.iri, where="of"), _value(one)) for one in view.attributes]
    for one in view.relations:
        found += [Triple(iri, parse_iri(one.by.iri, where="by"), _other(one)), *_described(one.object)]
    for one in view.referred_by:
        found += [Triple(_other(one), parse_iri(one.by.iri, where="by"), iri), *_described(one.object)]
    for name in view.identities:
        property_ = DCTERMS.identifier if name.register_name else parse_iri(name.by, where="by")
        found.append(Triple(iri, property_, parse_iri(name.text, where="text") if name.is_iri else Literal(name.text)))
    for speaker in view.versions:
        version = parse_iri(speaker.iri, where="versions")
        found.append(Triple(iri, DCTERMS.isReferencedBy, version))
        found.append(Triple(version, DCTERMS.title, Literal(speaker.title)))
        found.append(Triple(version, DCAT.isVersionOf, parse_iri(speaker.dataset, where="dataset")))
        found.append(Triple(version, DCTERMS.publisher, parse_iri(speaker.publisher, where="publisher")))
    for number, source in enumerate(view.sources, start=1):
        found += _asked(document, number, source)
    return list(dict.fromkeys(found))


def _value(one: Attribute) -> NamedNode | Literal:
    if one.datatype is None:
        return parse_iri(one.text, where="text")
    try:
        if one.language:
            return Literal(one.text, language=one.language)
        return Literal(one.text, datatype=parse_iri(one.datatype, where="datatype"))
    except ValueError as error:
        raise InputError(f"A node sent what is no literal: {error}.", where=one.of.iri) from error


def _other(one: Relation) -> NamedNode:
    return parse_iri(one.object.iri, where="object")


def _described(other: OtherObject) -> Iterator[Triple]:
    iri = parse_iri(other.iri, where="object")
    if other.name:
        yield Triple(iri, RDFS.label, Literal(other.name))
    yield from _classes(iri, other.classes)


def _classes(iri: NamedNode, classes: tuple[Named, ...]) -> Iterator[Triple]:
    for one in classes:
        yield Triple(iri, RDF.type, parse_iri(one.iri, where="classes"))


def _asked(document: NamedNode, number: int, source: Source) -> Iterator[Triple]:
    """Give what came of asking a source, as a part of the document."""
    part = NamedNode(f"{document.value}#source-{number}")
    yield Triple(document, VES.askedSource, part)
    yield Triple(part, RDF.type, VES.AskedSource)
    yield Triple(part, VES.node, parse_iri(source.node, where="node"))
    yield Triple(part, VES.sourceState, Literal(source.state))
    if source.version:
        yield Triple(part, DCTERMS.source, parse_iri(source.version, where="version"))
    for text in (*source.reasons, source.remedy):
        if text:
            yield Triple(part, RDFS.comment, Literal(text))
