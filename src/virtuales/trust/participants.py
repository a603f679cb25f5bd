"""The registered organisations, read from the registry's graphs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from virtuales.errors import AccessDenied, Conflict, NotFound, StoreFailure
from virtuales.rdf.namespaces import FOAF, RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, Term, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.trust.attestation import Attestation, read_attestation
from virtuales.trust.keys import PublicKey
from virtuales.trust.registration import ParticipantRole, Registration
from virtuales.trust.verification import CheckRecord, Status


@dataclass(frozen=True)
class RegistryGraphs:
    """The two graphs of the registry.

    Args:
        registry: What every node may know: name, number, node, key, status. Other nodes follow it.
        private: What the orchestrator keeps to itself: contacts, checks, reasons, clients and digests of secrets.
    """

    registry: NamedNode
    private: NamedNode


@dataclass(frozen=True)
class Participant:
    """A registered organisation.

    Args:
        iri: Its IRI.
        legal_name: The registered name.
        registration_number: Company number or LEI.
        node_url: Base URL of its node.
        roles: What it wants to do.
        accepted_terms: Version of the terms it accepted.
        public_key: Its key.
        status: Where it stands.
        registered_at: When it registered.
        domain: The web domain that it names; None where it names none beside its node's.
        decided_at: When its status was last decided; None before that.
        decided_by: Who decided; known to the orchestrator alone.
        decision_reason: Why; known to the orchestrator alone.
        contact_name: Whom to write to; known to the orchestrator alone.
        contact_email: Where; known to the orchestrator alone.
        checks: The recorded checks, by name; known to the orchestrator alone.
        attestations: What the orchestrator attests of it, in force or not, by when it begins; see `standing_of`.
    """

    iri: NamedNode
    legal_name: str
    registration_number: str
    node_url: str
    roles: tuple[ParticipantRole, ...]
    accepted_terms: str
    public_key: PublicKey
    status: Status
    registered_at: datetime
    domain: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None
    contact_name: str | None = None
    contact_email: str | None = None
    checks: tuple[CheckRecord, ...] = ()
    attestations: tuple[Attestation, ...] = ()

    @property
    def is_approved(self) -> bool:
        """Whether it may take part now."""
        return self.status is Status.APPROVED


class Participants:
    """Reads participants.

    Args:
        store: The RDF store.
        registry: The registry's graph, or a followed copy of it.
        private: The orchestrator's private graph; None on other nodes.
    """

    def __init__(self, store: RdfStore, registry: NamedNode, *, private: NamedNode | None = None) -> None:
        self._store = store
        self._registry = registry
        self._private = private

    def get(self, iri: NamedNode) -> Participant:
        """Return a participant.

        Raises:
            NotFound: there is none of that IRI.
        """
        found = self.find(iri)
        if found is None:
            raise NotFound("There is no such participant.", where=iri.value)
        return found

    def find(self, iri: NamedNode) -> Participant | None:
        """Return a participant, or None when there is none of that IRI."""
        known = _facts(self._store, iri, self._registry)
        if VES.Participant not in known[RDF.type]:
            return None
        private = _facts(self._store, iri, self._private) if self._private else defaultdict(list)
        attested = self._attestations(known[VES.attestation])
        return _participant(iri, known, private, checks=self._checks(iri), attestations=attested)

    def find_by_client(self, client_id: str) -> Participant | None:
        """Return the participant that a client acts for, or None; the orchestrator alone can tell."""
        if self._private is None:
            return None
        rows = self._store.select(
            f"SELECT ?one WHERE {{ ?client {VES.clientId} {Literal(client_id)} ; {VES.clientOf} ?one }}",
            graphs=[self._private],
        )
        return self._only(rows, "one")

    def by_number(self, number: str) -> Participant | None:
        """Return the participant registered last under a company number or LEI, or None."""
        return self._find_by(VES.registrationNumber, Literal(number))

    def by_node(self, node_url: str) -> Participant | None:
        """Return the participant hosted at a node's base URL, or None."""
        return self._find_by(VES.hostedAt, NamedNode(node_url))

    def all(self, status: Status | None = None) -> list[Participant]:
        """Return every participant, or those of one status, sorted by name."""
        rows = self._store.select(f"SELECT ?iri WHERE {{ ?iri a {VES.Participant} }}", graphs=[self._registry])
        found = [self.get(row["iri"]) for row in rows if isinstance(row["iri"], NamedNode)]
        kept = [one for one in found if status is None or one.status is status]
        return sorted(kept, key=lambda one: (one.legal_name, one.iri.value))

    def require_approved(self, iri: NamedNode) -> Participant:
        """Return a participant that may take part now.

        Raises:
            NotFound: there is none of that IRI.
            AccessDenied: it is pending, refused or suspended.
        """
        found = self.get(iri)
        if not found.is_approved:
            raise AccessDenied(
                f"{found.legal_name} may not take part: its registration is {found.status}.",
                reasons=[f"The organisation's status is {found.status}, not Approved."],
                where=iri.value,
                remedy="Wait for the orchestrator's decision, or ask its staff.",
            )
        return found

    def refuse_known(self, registration: Registration) -> None:
        """Refuse a registration that repeats one that is pending, approved or suspended.

        Raises:
            Conflict: the number, the node or the key belongs to such a participant.
        """
        for field, predicate, value in (
            ("registration_number", VES.registrationNumber, Literal(registration.registration_number)),
            ("node_url", VES.hostedAt, NamedNode(registration.node_url)),
            ("public_key", VES.publicKey, Literal(registration.public_key.multikey)),
        ):
            known = self._find_by(predicate, value)
            if known is not None and known.status is not Status.REFUSED:
                raise Conflict(
                    f"An organisation with this {field.replace('_', ' ')} is registered already.",
                    where=field,
                    remedy="Use the client that it was given, or ask the orchestrator's staff.",
                )

    def _find_by(self, predicate: NamedNode, value: Term) -> Participant | None:
        rows = self._store.select(
            f"SELECT ?iri WHERE {{ ?iri a {VES.Participant} ; {predicate} {value} ; {VES.registeredAt} ?at }} "
            "ORDER BY DESC(?at)",
            graphs=[self._registry],
        )
        return self._only(rows, "iri")

    def _only(self, rows: list[dict[str, Term]], name: str) -> Participant | None:
        iri = rows[0][name] if rows else None
        return self.find(iri) if isinstance(iri, NamedNode) else None

    def _checks(self, iri: NamedNode) -> tuple[CheckRecord, ...]:
        if self._private is None:
            return ()
        rows = self._store.select(
            f"SELECT ?check WHERE {{ {iri} {VES.verificationCheck} ?check }}", graphs=[self._private]
        )
        named = [row["check"] for row in rows if isinstance(row["check"], NamedNode)]
        records = [_check(_facts(self._store, check, self._private)) for check in named]
        return tuple(sorted(records, key=lambda record: record.name))

    def _attestations(self, named: list[Term]) -> tuple[Attestation, ...]:
        graphs = [self._registry, *([self._private] if self._private else [])]
        found = []
        for iri in named:
            if isinstance(iri, NamedNode):
                said = [pair for graph in graphs for pair in _facts(self._store, iri, graph).items()]
                found.append(read_attestation(iri, {predicate: plain(values[0]) for predicate, values in said}))
        return tuple(sorted(found, key=lambda one: (one.valid_from, one.iri.value)))


Facts = defaultdict[NamedNode, list[Term]]


def _facts(store: RdfStore, subject: NamedNode, graph: NamedNode) -> Facts:
    facts: Facts = defaultdict(list)
    for row in store.select(f"SELECT ?p ?o WHERE {{ {subject} ?p ?o }}", graphs=[graph]):
        if isinstance(row["p"], NamedNode):
            facts[row["p"]].append(row["o"])
    return facts


def _participant(
    iri: NamedNode,
    known: Facts,
    private: Facts,
    *,
    checks: tuple[CheckRecord, ...],
    attestations: tuple[Attestation, ...],
) -> Participant:
    decided, homepage = known[VES.decidedAt], _some(known, FOAF.homepage)
    return Participant(
        iri=iri,
        legal_name=_one(known, VES.legalName, iri),
        registration_number=_one(known, VES.registrationNumber, iri),
        node_url=_one(known, VES.hostedAt, iri),
        roles=tuple(sorted(ParticipantRole(plain(role)) for role in known[VES.roleSought])),
        accepted_terms=_one(known, VES.acceptedTerms, iri),
        public_key=PublicKey.from_multikey(_one(known, VES.publicKey, iri)),
        status=Status(_one(known, VES.status, iri).removeprefix(VES.iri)),
        registered_at=datetime.fromisoformat(_one(known, VES.registeredAt, iri)),
        domain=urlsplit(homepage).hostname if homepage else None,
        decided_at=datetime.fromisoformat(plain(decided[0])) if decided else None,
        decided_by=_some(private, VES.decidedBy),
        decision_reason=_some(private, VES.decisionReason),
        contact_name=_some(private, VES.contactName),
        contact_email=_some(private, VES.contactEmail),
        checks=checks,
        attestations=attestations,
    )


def _check(facts: Facts) -> CheckRecord:
    where = NamedNode(VES.iri + "VerificationCheck")
    return CheckRecord(
        name=_one(facts, VES.checkName, where),
        passed=_one(facts, VES.checkOutcome, where) == "true",
        note=_some(facts, VES.checkNote) or "",
        checked_by=_one(facts, VES.checkedBy, where),
        checked_at=datetime.fromisoformat(_one(facts, VES.checkedAt, where)),
    )


def _one(facts: Facts, predicate: NamedNode, subject: NamedNode) -> str:
    values = facts[predicate]
    if len(values) != 1:
        raise StoreFailure(
            f"The registry holds {len(values)} values of <{predicate.value}> instead of one.",
            where=subject.value,
            remedy="Rebuild the store from the journal.",
        )
    return plain(values[0])


def _some(facts: Facts, predicate: NamedNode) -> str | None:
    return plain(facts[predicate][0]) if facts[predicate] else None
