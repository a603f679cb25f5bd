"""Quality and lineage of a version in its catalogue entry: DQV measurements, and PROV of how it was made.

See https://www.w3.org/TR/vocab-dqv/ and https://www.w3.org/TR/prov-o/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from virtuales.catalogue.records import Description, Preparation
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import DCATAP, DCTERMS, DQV, PROV, RDF, RDFS, VES
from virtuales.rdf.terms import NamedNode, date_time, plain, typed
from virtuales.store.rdf_store import RdfStore

TRIAGE: Mapping[str, NamedNode] = MappingProxyType(
    {"open": VES.TriageOpen, "shared": VES.TriageShared, "closed": VES.TriageClosed}
)
"""Outcomes of the triage as descriptions name them, and as entries do."""


@dataclass(frozen=True)
class QualityEntry:
    """A measurement as a page shows it.

    Args:
        metric: The metric's name, such as `Completeness`.
        value: What was measured.
        about: IRI of the class that it was measured of; None for the whole version.
        of_property: IRI of the property that was counted; None for all that the metric speaks of.
        profile: IRI of the profile whose data it is of; None for the whole version.
    """

    metric: str
    value: str
    about: str | None
    of_property: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class Conditions:
    """What a user of a version has to know beside its licence and offer.

    Args:
        triage: The outcome of the triage: open, shared or closed; None where the entry does not say.
        personal_data: Whether it says something about living persons.
        personal_data_reason: Why it is open all the same.
        regulatory: What law or licence conditions ask: texts and IRIs.
        derived_from: IRIs of what it was derived from.
    """

    triage: str | None = None
    personal_data: bool = False
    personal_data_reason: str | None = None
    regulatory: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()


def say_quality(graph: Statements, version: NamedNode, preparation: Preparation) -> None:
    """Write the measurements of a version."""
    for place, measured in enumerate(preparation.quality, 1):
        node = NamedNode(f"{version.value}#quality-{place}")
        graph.say(version, DQV.hasQualityMeasurement, node).say(node, RDF.type, DQV.QualityMeasurement)
        graph.say(node, DQV.computedOn, version).say(node, DQV.isMeasurementOf, VES[measured.metric])
        graph.say(node, DQV.value, typed(measured.value, measured.datatype))
        if measured.about:
            graph.say(node, DCTERMS.subject, NamedNode(measured.about))
        if measured.of_property:
            graph.say(node, VES.ofProperty, NamedNode(measured.of_property))
        if measured.profile:
            graph.say(node, DCTERMS.conformsTo, NamedNode(measured.profile))
        if preparation.prepared_at:
            graph.say(node, PROV.generatedAtTime, date_time(preparation.prepared_at))


def say_lineage(
    graph: Statements,
    version: NamedNode,
    *,
    preparation: Preparation,
    description: Description,
    files: Sequence[NamedNode],
) -> None:
    """Write how a version was made: of which files, by which schemas, with what, for whom, and what it derives from."""
    activity = NamedNode(f"{version.value}#preparation")
    graph.say(version, PROV.wasGeneratedBy, activity).say(activity, RDF.type, PROV.Activity)
    graph.say_all(activity, PROV.used, [*files, *map(NamedNode, preparation.verdict.schemas)])
    graph.say(activity, PROV.wasAssociatedWith, NamedNode(description.publisher))
    if preparation.prepared_at:
        graph.say(activity, PROV.endedAtTime, date_time(preparation.prepared_at))
    if preparation.software:
        software = NamedNode(f"{version.value}#software")
        graph.say(activity, PROV.wasAssociatedWith, software).say(software, RDF.type, PROV.SoftwareAgent)
        graph.say(software, RDFS.label, preparation.software)
    graph.say_all(version, PROV.wasDerivedFrom, [NamedNode(iri) for iri in description.derived_from])


def say_derivations(
    graph: Statements, version: NamedNode, licences: Mapping[str, str | None], *, publisher: NamedNode
) -> None:
    """Write under which licence each source was used, or that it is the publisher's own."""
    for place, (source, licence) in enumerate(sorted(licences.items()), 1):
        node = NamedNode(f"{version.value}#derivation-{place}")
        graph.say(version, PROV.qualifiedDerivation, node).say(node, RDF.type, PROV.Derivation)
        graph.say(node, PROV.entity, NamedNode(source))
        graph.say(node, DCTERMS.license, NamedNode(licence) if licence else None)
        graph.say(node, DCTERMS.rightsHolder, None if licence else publisher)


def read_derivations(store: RdfStore, graphs: Sequence[NamedNode], version: NamedNode) -> Mapping[str, str | None]:
    """Return the licences under which the sources of a version were used, by IRI; None of the publisher's own."""
    query = (
        f"SELECT ?source ?licence WHERE {{ {version} {PROV.qualifiedDerivation} ?d . ?d {PROV.entity} ?source "
        f"OPTIONAL {{ ?d {DCTERMS.license} ?licence }} }}"
    )
    rows = store.select(query, graphs=graphs)
    return {plain(row["source"]): plain(row["licence"]) if "licence" in row else None for row in rows}


def read_quality(store: RdfStore, graphs: Sequence[NamedNode], version: NamedNode) -> tuple[QualityEntry, ...]:
    """Return the measurements of a version: first those of the whole."""
    query = (
        f"SELECT ?metric ?value ?about ?of ?profile WHERE {{ {version} {DQV.hasQualityMeasurement} ?m . "
        f"?m {DQV.isMeasurementOf} ?metric ; {DQV.value} ?value OPTIONAL {{ ?m {DCTERMS.subject} ?about }} "
        f"OPTIONAL {{ ?m {VES.ofProperty} ?of }} OPTIONAL {{ ?m {DCTERMS.conformsTo} ?profile }} }} "
        "ORDER BY ?about ?metric ?profile ?of"
    )
    return tuple(
        QualityEntry(
            metric=plain(row["metric"]).rpartition("#")[2],
            value=plain(row["value"]),
            about=plain(row["about"]) if "about" in row else None,
            of_property=plain(row["of"]) if "of" in row else None,
            profile=plain(row["profile"]) if "profile" in row else None,
        )
        for row in store.select(query, graphs=graphs)
    )


def read_conditions(store: RdfStore, graphs: Sequence[NamedNode], version: NamedNode) -> Conditions:
    """Return what is said of personal data, regulation and sources of a version."""
    terms = (
        VES.triage,
        VES.personalData,
        VES.personalDataReason,
        VES.regulatoryCondition,
        DCATAP.applicableLegislation,
    )
    wanted = " ".join(str(term) for term in (*terms, PROV.wasDerivedFrom))
    rows = store.select(f"SELECT ?p ?o WHERE {{ VALUES ?p {{ {wanted} }} {version} ?p ?o }} ORDER BY ?o", graphs=graphs)
    said = [(plain(row["p"]), plain(row["o"])) for row in rows]

    def values(*predicates: NamedNode) -> tuple[str, ...]:
        return tuple(value for predicate, value in said if predicate in {term.value for term in predicates})

    reasons, outcomes = values(VES.personalDataReason), values(VES.triage)
    return Conditions(
        triage=next((text for text, node in TRIAGE.items() if node.value in outcomes), None),
        personal_data="true" in values(VES.personalData),
        personal_data_reason=reasons[0] if reasons else None,
        regulatory=values(VES.regulatoryCondition, DCATAP.applicableLegislation),
        derived_from=values(PROV.wasDerivedFrom),
    )
