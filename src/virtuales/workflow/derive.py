"""Derived data: what its sources allow is judged before it is published; the licences and contracts of all count.

A source in the catalogue of another organisation is used under an open offer, or under an agreement that lets the
organisation derive data and pass it on; then its licence says what the result may carry. What the organisation itself
published binds by its own sources. Of anything else the steward states the licence.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from virtuales.catalogue.records import OWN_DATA, Description
from virtuales.contract.access import decide_access
from virtuales.contract.agreements import AgreementRecord
from virtuales.policy.decision import Decision, Reason
from virtuales.policy.licences.composition import Composition, Source, compose
from virtuales.policy.licences.licence import Licence
from virtuales.policy.odrl import Offer
from virtuales.policy.passing_on import lost_limits
from virtuales.policy.request import UseRequest
from virtuales.policy.templates import is_open
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.tokens import Principal
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.prepare import own_draft
from virtuales.workflow.source_entries import SourceEntries, SourceEntry
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class UsedSource:
    """Something that data was derived from, as its publisher may use it.

    Args:
        iri: Its IRI.
        name: Its title, or its IRI.
        licence: The licence under which it is used; None where none is known, or none is needed.
        is_own: Whether it is the publisher's own.
        personal_data: Whether it says something about living persons.
        agreement: The agreement under which it is used; None for open data, and for what no catalogue in reach holds.
        refusals: Why it may not be used at all; empty when it may.
    """

    iri: str
    name: str
    licence: Licence | None = None
    is_own: bool = False
    personal_data: bool = False
    agreement: AgreementRecord | None = None
    refusals: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """Whether derived data may be published.

    Args:
        sources: What it was derived from, with the sources of what the publisher derived before.
        composition: What the licences of the sources come to.
        refusals: What the sources or their contracts forbid beside.
    """

    sources: tuple[UsedSource, ...]
    composition: Composition
    refusals: tuple[Reason, ...] = ()

    @property
    def decision(self) -> Decision:
        """Yes or no, with every reason, or with the conditions."""
        if self.refusals or not self.composition.is_allowed:
            reasons = () if self.composition.is_allowed else self.composition.reasons
            return Decision(allowed=False, reasons=(*self.refusals, *reasons))
        return Decision(allowed=True, reasons=self.composition.reasons)


def derivation_of(workspace: Workspace, principal: Principal, slug: str) -> Derivation:
    """Judge what a dataset on its steward's desk was derived from, before there is an offer.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        NotFound: nobody described such a dataset here.
        PeerFailure, IntegrityFailure: as for `used_sources`.
    """
    description = own_draft(workspace, principal, slug).description
    return judge_derivation(workspace, description, used_sources(workspace, description), offer=None)


def judge_derivation(
    workspace: Workspace, description: Description, sources: Sequence[UsedSource], *, offer: Offer | None
) -> Derivation:
    """Judge whether the sources of described data allow that it is published under its licence and an offer.

    Args:
        workspace: The node's parts.
        description: What the steward says of the data.
        sources: What it was derived from, see `used_sources`.
        offer: The offer; None while there is none, so that it is not judged whether it keeps the agreements' limits.
    """
    licensed = [
        Source(source.licence, source.name, source.personal_data) for source in sources if source.licence is not None
    ]
    composition = compose(licensed, workspace.licences, result=workspace.licences.get(description.licence))
    refusals = [reason for source in sources for reason in source.refusals]
    if offer is not None:
        signed = [source.agreement.signed for source in sources if source.agreement is not None]
        refusals += [lost for one in signed for lost in lost_limits(one.agreement, offer, until=one.validity.end)]
    return Derivation(tuple(sources), composition, tuple(dict.fromkeys(refusals)))


def used_sources(workspace: Workspace, description: Description) -> tuple[UsedSource, ...]:
    """Return what described data was derived from, and the sources of what the publisher derived before.

    Other nodes are asked about what is theirs, so this is not for a turn at the ledger.

    Raises:
        PeerFailure: what another node has cannot be read, neither there nor at the orchestrator.
        IntegrityFailure: a node speaks for an organisation that is not at home there.
    """
    return tuple(_Sources(workspace, description).all())


def source_licences(description: Description, sources: Iterable[UsedSource]) -> Mapping[str, str | None]:
    """Return the licences of what described data names as its sources, by IRI; None of the publisher's own."""
    named = [source for source in sources if source.iri in description.derived_from]
    return {
        source.iri: source.licence.iri.value if source.licence else None
        for source in named
        if source.licence or source.is_own
    }


class _Sources:
    """Finds the sources of described data, and those of the sources that are the publisher's own."""

    def __init__(self, workspace: Workspace, description: Description) -> None:
        self._workspace = workspace
        self._publisher = description.publisher
        self._stated = description.source_licences
        self._named = description.derived_from
        self._entries = SourceEntries(workspace, description.publisher)
        self._seen: set[str] = set()

    def all(self) -> Iterator[UsedSource]:
        """Give every source once."""
        for iri in self._named:
            yield from self._of(iri, self._stated)

    def _of(self, iri: str, stated: Mapping[str, str]) -> Iterator[UsedSource]:
        if iri in self._seen:
            return
        self._seen.add(iri)
        entry = self._entries.find(NamedNode(iri))
        if entry is None:
            yield self._unlisted(iri, stated)
        elif entry.publisher == self._publisher:
            yield UsedSource(iri, entry.title, is_own=True)
            before = self._entries.derivations(entry.version)
            for source in entry.derived_from:
                yield from self._of(source, {name: licence or OWN_DATA for name, licence in before.items()})
        else:
            yield self._of_another(iri, entry)

    def _unlisted(self, iri: str, stated: Mapping[str, str]) -> UsedSource:
        name = stated.get(iri)
        if name == OWN_DATA:
            return UsedSource(iri, iri, is_own=True)
        licence = self._workspace.licences.find(name) if name else None
        if licence is None:
            return UsedSource(iri, iri, refusals=(_unknown_licence(iri, iri, name),))
        return UsedSource(iri, iri, licence)

    def _of_another(self, iri: str, entry: SourceEntry) -> UsedSource:
        licence = self._workspace.licences.find(entry.licence)
        decision, agreement = self._leave(entry)
        refusals = () if decision.allowed else tuple(_about(entry.title, reason) for reason in decision.reasons)
        if licence is None:
            refusals = (*refusals, _unknown_licence(iri, entry.title, entry.licence))
        elif agreement is not None:
            licence = licence.with_leave_to_publish()
        return UsedSource(
            iri,
            entry.title,
            licence,
            personal_data=entry.personal_data,
            agreement=agreement,
            refusals=refusals,
        )

    def _leave(self, entry: SourceEntry) -> tuple[Decision, AgreementRecord | None]:
        """Decide whether the publisher may make something of another's data and pass it on, and by which agreement."""
        if entry.offer and is_open(entry.offer):
            return Decision.allow("open-offer", "The source is open."), None
        participant = self._workspace.find_participant(self._publisher)
        now = self._workspace.clock.now()
        agreements = Desk(self._workspace).agreements.active(NamedNode(self._publisher), entry.version, now)
        refused: list[Decision] = []
        for record in agreements:
            decision = self._under(record, participant)
            if decision.allowed:
                return decision, record
            refused.append(decision)
        missing = Decision.deny(
            "no-agreement",
            "Your organisation has no agreement in force about this version.",
            value=entry.version.value,
            remedy="Request access to it, or leave it out.",
        )
        return Decision.all_of(refused) if refused else missing, None

    def _under(self, record: AgreementRecord, participant: Participant | None) -> Decision:
        target = record.signed.agreement.target
        asked = UseRequest(NamedNode(self._publisher), ODRL.derive, target, self._workspace.clock.now())
        return Decision.all_of(
            decide_access(
                replace(asked, action=action), participant=participant, agreements=[record], offer=None
            ).decision
            for action in (ODRL.derive, ODRL.distribute)
        )


def _about(name: str, reason: Reason) -> Reason:
    return replace(reason, message=f"{name}: {reason.message}")


def _unknown_licence(iri: str, name: str, licence: str | None) -> Reason:
    if licence:
        text = f"{name} is under a licence that is not known here: {licence}."
        return Reason("licence-unknown", text, value=iri, remedy="Agree on it with its provider, or leave it out.")
    return Reason(
        "licence-unstated",
        f"No catalogue in reach holds {name}, and its licence is not stated.",
        value=iri,
        remedy="State its licence in `source_licences`, or `own` where the data is your own.",
    )
