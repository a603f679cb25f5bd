"""Registered mappings in RDF: DCAT 3 versions with their files, ADMS status, and each deed as a PROV activity.

See https://www.w3.org/TR/vocab-dcat-3/#dataset-versions, https://www.w3.org/TR/vocab-adms/,
https://www.w3.org/TR/prov-o/ and https://mapping-commons.github.io/sssom/MappingSet/.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from virtuales.alignment.registered.version import (
    CheckResult,
    MappingDeed,
    MappingKind,
    MappingStatus,
    MappingVersion,
)
from virtuales.clock import iso_instant
from virtuales.errors import NotFound, StoreFailure
from virtuales.models.manifest import iri_or_text
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ADMS, DCAT, DCTERMS, PROV, RDF, SPDX, SSSOM, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term, date_time, plain, typed
from virtuales.store.object_store import StoredObject
from virtuales.store.rdf_store import RdfStore

_ADMS_STATUS = "http://purl.org/adms/status/"
_KINDS: Mapping[MappingKind, NamedNode] = {
    MappingKind.SET: SSSOM.MappingSet,
    MappingKind.RULE: VES.MappingRule,
    MappingKind.LIFTING: VES.LiftingMapping,
}
_STATUS: Mapping[MappingStatus, tuple[NamedNode, str]] = {
    MappingStatus.CONTRIBUTED: (VES.Contributed, "UnderDevelopment"),
    MappingStatus.CHECKED: (VES.Checked, "UnderDevelopment"),
    MappingStatus.REVIEWED: (VES.Reviewed, "UnderDevelopment"),
    MappingStatus.APPROVED: (VES.Approved, "UnderDevelopment"),
    MappingStatus.PUBLISHED: (VES.Published, "Completed"),
    MappingStatus.REJECTED: (VES.Rejected, "Withdrawn"),
    MappingStatus.WITHDRAWN: (VES.Withdrawn, "Withdrawn"),
    MappingStatus.REPLACED: (VES.Replaced, "Deprecated"),
}
"""Our status, and the concept of ADMS's status scheme that comes nearest."""

_Said = dict[NamedNode, list[Term]]


class MappingVersions:
    """Reads the registered mappings.

    Args:
        store: The RDF store.
        graph: The orchestrator's graph of mappings, or a followed copy of it.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self.graph = graph

    def all(self) -> list[MappingVersion]:
        """Return every registered version, sorted by identifier and date of contribution."""
        said: defaultdict[str, _Said] = defaultdict(lambda: defaultdict(list))
        for row in self._store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", graphs=[self.graph]):
            if isinstance(row["p"], NamedNode):
                said[plain(row["s"])][row["p"]].append(row["o"])
        found = [_version(iri, said) for iri in said if DCAT.isVersionOf in said[iri]]
        return sorted(found, key=lambda one: (one.identifier, one.deeds[0].at, one.version))

    def get(self, identifier: str, version: str) -> MappingVersion:
        """Return a version.

        Raises:
            NotFound: there is no such version.
        """
        return find_version(self.all(), identifier, version)


def find_version(versions: Sequence[MappingVersion], identifier: str, version: str) -> MappingVersion:
    """Return a version among several.

    Raises:
        NotFound: it is not among them; names those of the identifier.
    """
    named = [one for one in versions if one.identifier == identifier]
    for one in named:
        if one.version == version:
            return one
    raise NotFound(
        "The mappings have no such version." if named else "No mappings are registered under this name.",
        where=f"{identifier} {version}",
        remedy="There are: " + ", ".join(one.version for one in named) + "." if named else "List the mappings.",
    )


def contribution(version: MappingVersion, *, thing: NamedNode, content_url: str, graph: NamedNode) -> ChangeSet:
    """Return the change that registers a version, with the deeds it comes with.

    Args:
        version: The version.
        thing: IRI of what it is a version of.
        content_url: Where its bytes are served.
        graph: The graph of mappings.
    """
    says, iri = Statements(graph), NamedNode(version.iri)
    says.say(thing, DCTERMS.identifier, version.identifier).say(thing, DCAT.hasVersion, iri)
    says.say(iri, RDF.type, _KINDS[version.kind]).say(iri, RDF.type, ADMS.Asset).say(iri, DCAT.isVersionOf, thing)
    says.say(iri, DCTERMS.identifier, version.identifier).say(iri, DCAT.version, version.version)
    says.say(iri, DCTERMS.title, Literal(version.title, language="en")).say(iri, VES.file, version.file_name)
    says.say(iri, DCTERMS.isVersionOf, NamedNode(version.entry))
    for predicate, model in ((SSSOM.subject_source, version.source_model), (SSSOM.object_source, version.target_model)):
        says.say(iri, predicate, iri_or_text(model) if model else None)
    says.say(iri, DCTERMS.license, iri_or_text(version.licence)).say(iri, DCTERMS.source, iri_or_text(version.source))
    given = version.contributed
    says.say(iri, DCTERMS.issued, date_time(iso_instant(given.at)) if given else None)
    _say_content(says, version, content_url)
    return ChangeSet(add=(*says.quads, *_current(version, graph), *_deeds(version, 0, graph)))


def revision(before: MappingVersion, after: MappingVersion, *, graph: NamedNode) -> ChangeSet:
    """Return the change from a version's standing to another: its status, and the deeds since."""
    added = _deeds(after, len(before.deeds), graph)
    return ChangeSet(add=(*_current(after, graph), *added), remove=_current(before, graph))


def _say_content(says: Statements, version: MappingVersion, url: str) -> None:
    node, checksum = NamedNode(f"{version.iri}#content"), NamedNode(f"{version.iri}#content-checksum")
    says.say(version.iri, DCAT.distribution, node).say(node, RDF.type, DCAT.Distribution)
    says.say(node, DCAT.downloadURL, NamedNode(url)).say(node, DCTERMS.license, iri_or_text(version.licence))
    says.say(node, DCAT.byteSize, Literal(str(version.content.size), datatype=XSD.nonNegativeInteger))
    says.say(node, SPDX.checksum, checksum).say(checksum, RDF.type, SPDX.Checksum)
    says.say(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    says.say(checksum, SPDX.checksumValue, Literal(version.content.digest, datatype=XSD.hexBinary))


def _current(version: MappingVersion, graph: NamedNode) -> tuple[Quad, ...]:
    ours, adms = _STATUS[version.status]
    says = Statements(graph).say(version.iri, VES.status, ours)
    return says.say(version.iri, ADMS.status, NamedNode(_ADMS_STATUS + adms)).quads


def _deeds(version: MappingVersion, start: int, graph: NamedNode) -> tuple[Quad, ...]:
    says = Statements(graph)
    for place, one in enumerate(version.deeds[start:], start=start + 1):
        node = NamedNode(f"{version.iri}#deed-{place}")
        says.say(version.iri, VES.decision, node).say(node, RDF.type, PROV.Activity).say(node, VES.deed, one.deed)
        says.say(node, VES.status, _STATUS[one.status][0]).say(node, VES.decidedBy, one.by)
        says.say(node, VES.decidedAt, date_time(iso_instant(one.at)))
        says.say(node, PROV.wasAssociatedWith, NamedNode(one.organisation) if one.organisation else None)
        says.say(node, VES.decisionReason, one.comment or None)
        if one.check:
            says.say(node, VES.errorCount, typed(str(one.check.errors), "integer"))
            says.say(node, VES.warningCount, typed(str(one.check.warnings), "integer"))
            says.say(node, VES.findingsDigest, Literal(one.check.findings.digest, datatype=XSD.hexBinary))
            says.say(node, DCAT.byteSize, Literal(str(one.check.findings.size), datatype=XSD.nonNegativeInteger))
    return says.quads


def _version(iri: str, said: Mapping[str, _Said]) -> MappingVersion:
    own = said[iri]
    kind = next((kind for kind, node in _KINDS.items() if node in own[RDF.type]), None)
    if kind is None:
        raise StoreFailure(
            "The kind of mappings is not known.", where=iri, remedy="Rebuild the store from the journal."
        )
    return MappingVersion(
        iri=iri,
        kind=kind,
        identifier=_one(own, DCTERMS.identifier, iri),
        version=_one(own, DCAT.version, iri),
        title=_one(own, DCTERMS.title, iri),
        file_name=_one(own, VES.file, iri),
        entry=_one(own, DCTERMS.isVersionOf, iri),
        source_model="".join(map(plain, own[SSSOM.subject_source])),
        target_model="".join(map(plain, own[SSSOM.object_source])),
        licence=_one(own, DCTERMS.license, iri),
        source=_one(own, DCTERMS.source, iri),
        content=_content(iri, said),
        deeds=_read_deeds(iri, said),
    )


def _content(iri: str, said: Mapping[str, _Said]) -> StoredObject:
    size = _one(said[f"{iri}#content"], DCAT.byteSize, iri)
    return StoredObject(_one(said[f"{iri}#content-checksum"], SPDX.checksumValue, iri), int(size))


def _read_deeds(iri: str, said: Mapping[str, _Said]) -> tuple[MappingDeed, ...]:
    ours = {node.value: status for status, (node, _) in _STATUS.items()}
    nodes = sorted(map(plain, said[iri][VES.decision]), key=lambda node: int(node.rpartition("-")[2]))
    if not nodes:
        raise StoreFailure("Mappings without a contribution.", where=iri, remedy="Rebuild the store from the journal.")
    return tuple(
        MappingDeed(
            deed=_one(said[node], VES.deed, node),
            status=ours[_one(said[node], VES.status, node)],
            by=_one(said[node], VES.decidedBy, node),
            organisation="".join(map(plain, said[node][PROV.wasAssociatedWith])),
            at=datetime.fromisoformat(_one(said[node], VES.decidedAt, node)),
            comment="".join(map(plain, said[node][VES.decisionReason])),
            check=_read_check(node, said[node]),
        )
        for node in nodes
    )


def _read_check(node: str, own: _Said) -> CheckResult | None:
    if not own[VES.findingsDigest]:
        return None
    findings = StoredObject(_one(own, VES.findingsDigest, node), int(_one(own, DCAT.byteSize, node)))
    return CheckResult(int(_one(own, VES.errorCount, node)), int(_one(own, VES.warningCount, node)), findings)


def _one(said: Mapping[NamedNode, Sequence[Term]], predicate: NamedNode, subject: str) -> str:
    values = said.get(predicate, ())
    if len(values) != 1:
        raise StoreFailure(
            f"The registry holds {len(values)} values of <{predicate.value}> instead of one.",
            where=subject,
            remedy="Rebuild the store from the journal.",
        )
    return plain(values[0])
