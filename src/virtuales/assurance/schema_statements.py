"""Schemas in RDF: DCAT 3 versions, ADMS status, roles of the Profiles Vocabulary, and our terms where none fits.

See https://www.w3.org/TR/vocab-dcat-3/#dataset-versions, https://www.w3.org/TR/vocab-adms/ and
https://www.w3.org/TR/dx-prof/.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from virtuales.assurance.schema import Content, SchemaDecision, SchemaKind, SchemaStatus, SchemaVersion
from virtuales.clock import iso_instant
from virtuales.errors import NotFound, StoreFailure
from virtuales.models.manifest import iri_or_text
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ADMS, DCAT, DCTERMS, PROF, PROV, RDF, SPDX, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term, date_time, plain
from virtuales.store.rdf_store import RdfStore

_TURTLE = NamedNode("https://www.iana.org/assignments/media-types/text/turtle")
_SHACL = NamedNode("http://www.w3.org/ns/shacl#")
_ROLES = "http://www.w3.org/ns/dx/prof/role/"
_ADMS_STATUS = "http://purl.org/adms/status/"
_KINDS: Mapping[SchemaKind, NamedNode] = {
    SchemaKind.MODEL: VES.Model,
    SchemaKind.PROFILE: PROF.Profile,
    SchemaKind.SHAPES: VES.ShapesGraph,
}
_STATUS: Mapping[SchemaStatus, tuple[NamedNode, str]] = {
    SchemaStatus.DRAFT: (VES.Draft, "UnderDevelopment"),
    SchemaStatus.APPROVED: (VES.Approved, "Completed"),
    SchemaStatus.DEPRECATED: (VES.Deprecated, "Deprecated"),
    SchemaStatus.WITHDRAWN: (VES.Withdrawn, "Withdrawn"),
}
"""Our status, and the concept of ADMS's status scheme that comes nearest."""

_Said = dict[NamedNode, list[Term]]


class Schemas:
    """Reads the registered schemas.

    Args:
        store: The RDF store.
        graph: The orchestrator's graph of schemas, or a followed copy of it.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self.graph = graph

    def all(self) -> list[SchemaVersion]:
        """Return every registered version, sorted by identifier and date of registration."""
        said: defaultdict[str, _Said] = defaultdict(lambda: defaultdict(list))
        for row in self._store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", graphs=[self.graph]):
            if isinstance(row["p"], NamedNode):
                said[plain(row["s"])][row["p"]].append(row["o"])
        found = [_version(iri, said) for iri in said if DCAT.isVersionOf in said[iri]]
        return sorted(found, key=lambda one: (one.identifier, one.registered_at, one.version))

    def get(self, identifier: str, version: str) -> SchemaVersion:
        """Return a version of a schema.

        Raises:
            NotFound: there is no such schema or version.
        """
        named = [one for one in self.all() if one.identifier == identifier]
        for one in named:
            if one.version == version:
                return one
        raise NotFound(
            "The schema has no such version." if named else "There is no such schema.",
            where=f"{identifier} {version}",
            remedy="It has: " + ", ".join(one.version for one in named) + "." if named else "List the schemas.",
        )


def registration(version: SchemaVersion, *, schema: NamedNode, content_url: str, graph: NamedNode) -> ChangeSet:
    """Return the change that registers a version, with the decisions it comes with.

    Args:
        version: The version.
        schema: IRI of the schema that it is a version of.
        content_url: Where its bytes are served.
        graph: The graph of schemas.
    """
    says = Statements(graph)
    iri = NamedNode(version.iri)
    says.say(schema, RDF.type, VES.Schema).say(schema, DCTERMS.identifier, version.identifier)
    says.say(schema, DCTERMS.title, version.identifier).say(schema, DCAT.hasVersion, iri)
    says.say(iri, RDF.type, _KINDS[version.kind]).say(iri, RDF.type, ADMS.Asset).say(iri, DCAT.isVersionOf, schema)
    says.say(iri, DCTERMS.identifier, version.identifier).say(iri, DCAT.version, version.version)
    says.say(iri, DCTERMS.title, Literal(version.title, language="en"))
    says.say(iri, DCTERMS.license, iri_or_text(version.licence)).say(iri, DCTERMS.source, iri_or_text(version.source))
    says.say(iri, DCTERMS.issued, date_time(iso_instant(version.registered_at)))
    says.say_all(iri, DCTERMS.conformsTo, [NamedNode(profile) for profile in sorted(version.profiles)])
    says.say_all(iri, DCTERMS.replaces, [NamedNode(other) for other in sorted(version.replaces)])
    if version.content:
        _say_content(says, version, version.content, content_url)
    current = _current(version, graph)
    decided = [quad for place in range(len(version.decisions)) for quad in _decision(version, place, graph)]
    return ChangeSet(add=(*says.quads, *current, *decided))


def profile_links(profiles: Iterable[SchemaVersion], shapes: Iterable[SchemaVersion], *, graph: NamedNode) -> ChangeSet:
    """Return the change that says of each profile which of some shapes graphs judge its data."""
    judging = list(shapes)
    says = Statements(graph)
    for profile in profiles:
        found = sorted(one.iri for one in judging if not one.profiles.isdisjoint(profile.profiles))
        says.say_all(profile.iri, PROF.hasResource, map(NamedNode, found))
    return ChangeSet(add=says.quads)


def revision(before: SchemaVersion, after: SchemaVersion, *, graph: NamedNode) -> ChangeSet:
    """Return the change from a version's standing to another: its status, its date, the decisions made since."""
    made = range(len(before.decisions), len(after.decisions))
    added = [quad for place in made for quad in _decision(after, place, graph)]
    return ChangeSet(add=(*_current(after, graph), *added), remove=_current(before, graph))


def _say_content(says: Statements, version: SchemaVersion, content: Content, url: str) -> None:
    iri, node, checksum = (NamedNode(version.iri + end) for end in ("", "#content", "#content-checksum"))
    if version.kind is SchemaKind.SHAPES:
        says.say(iri, RDF.type, PROF.ResourceDescriptor).say(iri, PROF.hasRole, NamedNode(_ROLES + "validation"))
        says.say(iri, PROF.hasArtifact, NamedNode(url)).say(node, DCTERMS.conformsTo, _SHACL)
    says.say(iri, DCAT.distribution, node).say(node, RDF.type, DCAT.Distribution)
    says.say(node, DCAT.downloadURL, NamedNode(url)).say(node, DCAT.mediaType, _TURTLE)
    says.say(node, DCTERMS.license, iri_or_text(version.licence))
    says.say(node, DCAT.byteSize, Literal(str(content.size), datatype=XSD.nonNegativeInteger))
    says.say(node, SPDX.checksum, checksum).say(checksum, RDF.type, SPDX.Checksum)
    says.say(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    says.say(checksum, SPDX.checksumValue, Literal(content.digest, datatype=XSD.hexBinary))


def _current(version: SchemaVersion, graph: NamedNode) -> tuple[Quad, ...]:
    ours, adms = _STATUS[version.status]
    says = Statements(graph).say(version.iri, VES.status, ours)
    says.say(version.iri, ADMS.status, NamedNode(_ADMS_STATUS + adms))
    date = version.required_from
    return says.say(version.iri, VES.requiredFrom, date_time(iso_instant(date)) if date else None).quads


def _decision(version: SchemaVersion, place: int, graph: NamedNode) -> tuple[Quad, ...]:
    decision = version.decisions[place]
    node = NamedNode(f"{version.iri}#decision-{place + 1}")
    says = Statements(graph).say(version.iri, VES.decision, node).say(node, RDF.type, PROV.Activity)
    says.say(node, VES.status, _STATUS[decision.status][0]).say(node, VES.decidedBy, decision.by)
    says.say(node, VES.decidedAt, date_time(iso_instant(decision.at)))
    return says.say(node, VES.decisionReason, decision.reason).quads


def _version(iri: str, said: Mapping[str, _Said]) -> SchemaVersion:
    own = said[iri]
    kind = next((kind for kind, node in _KINDS.items() if node in own[RDF.type]), None)
    if kind is None:
        raise StoreFailure("A schema's kind is not known.", where=iri, remedy="Rebuild the store from the journal.")
    required = own[VES.requiredFrom]
    return SchemaVersion(
        iri=iri,
        kind=kind,
        identifier=_one(own, DCTERMS.identifier, iri),
        version=_one(own, DCAT.version, iri),
        title=_one(own, DCTERMS.title, iri),
        profiles=frozenset(map(plain, own[DCTERMS.conformsTo])),
        licence=_one(own, DCTERMS.license, iri),
        source=_one(own, DCTERMS.source, iri),
        registered_at=datetime.fromisoformat(_one(own, DCTERMS.issued, iri)),
        content=_content(iri, said) if own[DCAT.distribution] else None,
        replaces=frozenset(map(plain, own[DCTERMS.replaces])),
        required_from=datetime.fromisoformat(plain(required[0])) if required else None,
        decisions=_decisions(map(plain, own[VES.decision]), said),
    )


def _content(iri: str, said: Mapping[str, _Said]) -> Content:
    size = _one(said[f"{iri}#content"], DCAT.byteSize, iri)
    return Content(_one(said[f"{iri}#content-checksum"], SPDX.checksumValue, iri), int(size))


def _decisions(nodes: Iterable[str], said: Mapping[str, _Said]) -> tuple[SchemaDecision, ...]:
    ours = {node.value: status for status, (node, _) in _STATUS.items()}
    ordered = sorted(nodes, key=lambda node: int(node.rpartition("-")[2]))
    return tuple(
        SchemaDecision(
            status=ours[_one(said[node], VES.status, node)],
            by=_one(said[node], VES.decidedBy, node),
            at=datetime.fromisoformat(_one(said[node], VES.decidedAt, node)),
            reason=_one(said[node], VES.decisionReason, node),
        )
        for node in ordered
    )


def _one(said: Mapping[NamedNode, Sequence[Term]], predicate: NamedNode, subject: str) -> str:
    values = said.get(predicate, ())
    if len(values) != 1:
        raise StoreFailure(
            f"The registry holds {len(values)} values of <{predicate.value}> instead of one.",
            where=subject,
            remedy="Rebuild the store from the journal.",
        )
    return plain(values[0])
