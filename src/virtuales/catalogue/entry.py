"""Writes catalogue entries: DCAT 3 statements about a dataset, its version, files and services.

An entry stands in the graph of those who may know of it, so that what a search can see is decided by the graphs it
reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from virtuales.catalogue.quality import TRIAGE, say_derivations, say_lineage, say_quality
from virtuales.catalogue.records import Description, Preparation, PreparedFile, Verdict, Visibility
from virtuales.catalogue.term_use import say_uses
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import CNT, DCAT, DCATAP, DCTERMS, DPV, ODRL, PROV, RDF, RDFS, SPDX, VCARD, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, Quad, date_time, typed

_SENSITIVITY = "https://w3id.org/virtuales/sensitivity#"
_ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_WKT = NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
_iri = re.compile(r"(?:https?|urn):[^\s<>\"{}|^`\\]+")
SPARQL_PROTOCOL = NamedNode("https://www.w3.org/TR/sparql11-protocol/")


def sensitivity_iri(letters: str) -> NamedNode:
    """Return the IRI of a sensitivity class.

    >>> sensitivity_iri("SA").value
    'https://w3id.org/virtuales/sensitivity#SA'
    """
    return NamedNode(_SENSITIVITY + letters)


@dataclass(frozen=True)
class Entry:
    """A dataset version about to enter the catalogue.

    Args:
        description: What the steward says of the dataset.
        preparation: What is published.
        number: The version's number, from 1.
        issued: When, as ISO 8601.
        licence_url: The licence's legal text.
        offer: IRI of the ODRL offer under which it can be used.
        previous: Number of the version before it; None for the first.
        source_licences: IRIs of the licences of what it derives from, by IRI; None where it is the publisher's own.
    """

    description: Description
    preparation: Preparation
    number: int
    issued: str
    licence_url: str
    offer: NamedNode
    previous: int | None = None
    source_licences: Mapping[str, str | None] = field(default_factory=dict)


def visibility_of(sensitivity: str) -> Visibility:
    """Return who may know that a dataset of some class exists: everyone for open data, else participants."""
    return "public" if sensitivity == "O" else "participants"


def entry_graph(addresses: Addresses, sensitivity: str) -> NamedNode:
    """Return the graph in which an entry of some sensitivity class stands."""
    return addresses.graph("catalogue/public" if visibility_of(sensitivity) == "public" else "catalogue/participants")


def entry_statements(addresses: Addresses, entry: Entry) -> tuple[Quad, ...]:
    """Write the statements of a new version's entry: those of the dataset, the version, its files and its service."""
    graph = Statements(entry_graph(addresses, entry.description.sensitivity))
    _dataset(graph, addresses, entry)
    _version(graph, addresses, entry)
    version = addresses.version(entry.description.slug, entry.number)
    _service(graph, version, entry)
    say_quality(graph, version, entry.preparation)
    say_uses(graph, version, entry.preparation)
    files = [NamedNode(f"{version.value}#file-{place}") for place in range(1, len(entry.preparation.files) + 1)]
    say_lineage(graph, version, preparation=entry.preparation, description=entry.description, files=files)
    say_derivations(graph, version, entry.source_licences, publisher=NamedNode(entry.description.publisher))
    for place, file in enumerate(entry.preparation.files, start=1):
        _distribution(graph, version, file, place, entry=entry)
    return graph.quads


def _dataset(graph: Statements, addresses: Addresses, entry: Entry) -> None:
    about = entry.description
    dataset = addresses.dataset(about.slug)
    catalogue = addresses.thing("catalogue", "node")
    version = addresses.version(about.slug, entry.number)
    graph.say(catalogue, RDF.type, DCAT.Catalog).say(catalogue, DCAT.dataset, dataset)
    graph.say(dataset, RDF.type, DCAT.Dataset)
    _describe(graph, dataset, entry)
    graph.say(dataset, DCTERMS.identifier, about.slug)
    graph.say(dataset, DCAT.hasVersion, version).say(dataset, DCAT.hasCurrentVersion, version)


def _describe(graph: Statements, node: NamedNode, entry: Entry) -> None:
    about = entry.description
    graph.say(node, DCTERMS.title, Literal(about.title, language="en"))
    graph.say(node, DCTERMS.description, Literal(about.description, language="en"))
    graph.say(node, DCTERMS.publisher, NamedNode(about.publisher))
    graph.say(node, DCTERMS.license, NamedNode(entry.licence_url))
    graph.say(node, DCTERMS.accessRights, NamedNode(_ACCESS_RIGHTS + access_right(about.sensitivity)))
    graph.say(node, VES.sensitivityClass, sensitivity_iri(about.sensitivity))
    graph.say(node, VES.triage, TRIAGE.get(about.triage))
    graph.say(node, VES.handlingReason, about.handling_reason or None)
    _say_conditions(graph, node, about)
    graph.say_all(node, DCAT.keyword, [Literal(word, language="en") for word in about.keywords])
    graph.say(node, ODRL.hasPolicy, entry.offer)
    graph.say_all(node, DCTERMS.conformsTo, _profiles(entry))
    if about.update_frequency:
        graph.say(node, DCTERMS.accrualPeriodicity, NamedNode(about.update_frequency))
    if about.spatial:
        place = NamedNode(node.value + "#area")
        graph.say(node, DCTERMS.spatial, place).say(place, DCAT.bbox, Literal(about.spatial.wkt, datatype=_WKT))
    if about.temporal:
        period = NamedNode(node.value + "#period")
        graph.say(node, DCTERMS.temporal, period)
        graph.say(period, DCAT.startDate, typed(about.temporal[0], "date"))
        graph.say(period, DCAT.endDate, typed(about.temporal[1], "date"))
    if about.steward:
        contact = NamedNode(node.value + "#contact")
        graph.say(node, DCAT.contactPoint, contact).say(contact, RDF.type, VCARD.Kind)
        graph.say(contact, VCARD.hasEmail, NamedNode(f"mailto:{about.steward}"))


def _say_conditions(graph: Statements, node: NamedNode, about: Description) -> None:
    """Say whether the data is about people, and what law asks of its use; an IRI is said to be legislation."""
    personal = about.personal_data or about.sensitivity == "SP"
    graph.say(node, VES.personalData, typed("true" if personal else "false", "boolean"))
    graph.say(node, DPV.hasPersonalData, DPV.PersonalData if personal else None)
    graph.say(node, VES.personalDataReason, about.personal_data_reason or None)
    for condition in about.regulatory_conditions:
        named = _iri.fullmatch(condition.strip())
        if named:
            graph.say(node, DCATAP.applicableLegislation, NamedNode(condition.strip()))
        else:
            graph.say(node, VES.regulatoryCondition, condition.strip())


def access_right(sensitivity: str) -> str:
    """Return the access right of the European authority table that fits a sensitivity class.

    >>> access_right("O"), access_right("SA"), access_right("C")
    ('PUBLIC', 'RESTRICTED', 'CONFIDENTIAL')
    """
    return {"O": "PUBLIC", "C": "CONFIDENTIAL"}.get(sensitivity, "RESTRICTED")


def _profiles(entry: Entry) -> list[NamedNode]:
    return [NamedNode(iri) for iri in sorted({iri for model in entry.preparation.models for iri in model.profiles})]


def _version(graph: Statements, addresses: Addresses, entry: Entry) -> None:
    about, verdict = entry.description, entry.preparation.verdict
    version = addresses.version(about.slug, entry.number)
    graph.say(version, RDF.type, DCAT.Dataset).say(version, DCAT.isVersionOf, addresses.dataset(about.slug))
    _describe(graph, version, entry)
    graph.say(version, DCAT.version, str(entry.number)).say(version, DCTERMS.issued, date_time(entry.issued))
    graph.say(version, VES.tripleCount, typed(str(entry.preparation.triples), "integer"))
    graph.say(version, VES.conformanceVerdict, _outcome(verdict))
    graph.say_all(version, VES.judgedBy, [NamedNode(schema) for schema in verdict.schemas])
    graph.say(version, VES.warningCount, typed(str(verdict.warnings), "integer"))
    if entry.previous is not None:
        previous = addresses.version(about.slug, entry.previous)
        graph.say(version, DCAT.previousVersion, previous).say(version, PROV.wasRevisionOf, previous)
    for place, model in enumerate(entry.preparation.models, start=1):
        node = NamedNode(f"{version.value}#model-{place}")
        graph.say(version, VES.model, node).say(node, DCTERMS.identifier, NamedNode(model.model))
        graph.say(node, RDFS.label, model.name).say(node, VES.profile, model.keyword)
        graph.say(node, VES.modelGraph, addresses.model_graph(model.digest))
        graph.say(node, VES.tripleCount, typed(str(model.triples), "integer"))
        graph.say(node, VES.objectCount, typed(str(sum(model.classes.values())), "integer"))
        graph.say_all(node, DCTERMS.requires, [NamedNode(iri) for iri in model.depends_on])


def _outcome(verdict: Verdict) -> NamedNode:
    if not verdict.judged:
        return VES.NotJudged
    return VES.Conforms if verdict.conforms else VES.NonConforming


def _service(graph: Statements, version: NamedNode, entry: Entry) -> None:
    if not entry.preparation.models:
        return
    service = NamedNode(version.value + "#sparql")
    graph.say(service, RDF.type, DCAT.DataService).say(service, DCAT.servesDataset, version)
    graph.say(service, DCTERMS.title, Literal(f"SPARQL endpoint of {entry.description.title}", language="en"))
    graph.say(service, DCAT.endpointURL, NamedNode(sparql_url(version))).say(
        service, DCTERMS.conformsTo, SPARQL_PROTOCOL
    )


def _distribution(graph: Statements, version: NamedNode, file: PreparedFile, place: int, *, entry: Entry) -> None:
    node = NamedNode(f"{version.value}#file-{place}")
    graph.say(version, DCAT.distribution, node).say(node, RDF.type, DCAT.Distribution)
    graph.say(node, DCTERMS.title, Literal(file.name, language="en"))
    graph.say(node, DCTERMS.license, NamedNode(entry.licence_url))
    graph.say(node, DCAT.accessURL, version).say(node, DCAT.downloadURL, NamedNode(download_url(version, file.name)))
    graph.say(node, DCAT.mediaType, NamedNode(_MEDIA_TYPES + file.media_type))
    graph.say(node, CNT.characterEncoding, file.encoding)
    graph.say(node, DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger))
    checksum = NamedNode(f"{node.value}-checksum")
    graph.say(node, SPDX.checksum, checksum).say(checksum, RDF.type, SPDX.Checksum)
    graph.say(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    graph.say(checksum, SPDX.checksumValue, Literal(file.digest, datatype=XSD.hexBinary))


def sparql_url(version: NamedNode) -> str:
    """Return the address of a version's SPARQL endpoint."""
    return version.value.replace("/id/dataset/", "/sparql/dataset/", 1)


def download_url(version: NamedNode, name: str) -> str:
    """Return the address at which a version's file is delivered."""
    return version.value.replace("/id/dataset/", "/download/dataset/", 1) + f"/{name}"
