"""Deciding about uses of data at the provider's doors: each anew, and again while its answer is on its way."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from virtuales.catalogue.entry import sensitivity_iri
from virtuales.catalogue.search import VersionEntry
from virtuales.contract.access import decide_access
from virtuales.contract.agreements import AgreementRecord
from virtuales.errors import AccessDenied, Unauthenticated, VirtualesError
from virtuales.policy.decision import Decision
from virtuales.policy.registered_facts import facts_on_record, known_about
from virtuales.policy.request import Facts, UseRequest
from virtuales.policy.views.view import View
from virtuales.policy.world import NOTHING_KNOWN, World
from virtuales.query.protocol import QueryRequest
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.tokens import Principal
from virtuales.workflow.keep_record import world_of
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.offers import offer_of
from virtuales.workflow.view_releases import budget_decision
from virtuales.workflow.view_sources import WholeVersion, whole_version
from virtuales.workflow.views import graphs_seen
from virtuales.workflow.workspace import Workspace

_LOOK_SECONDS: Final = 0.25
"""How often it is looked at whether a use may go on."""


@dataclass(frozen=True)
class Admission:
    """A decision about one use.

    Args:
        decision: Yes or no, with the reasons.
        agreement: IRI of the agreement that it rests on; None where it rests on an open offer, or on whose the data is.
        part: The part of the version that may be used; None for all of it.
        offer: IRI of the version's offer.
        world: What was known of the agreement's uses when it was decided.
    """

    decision: Decision
    agreement: str | None = None
    part: View | None = None
    offer: str = ""
    world: World = NOTHING_KNOWN

    def graphs(self, workspace: Workspace, whole: WholeVersion) -> list[NamedNode]:
        """Return the graphs that may be read of a version: those of its models, or the view's."""
        return graphs_seen(workspace, whole, part=self.part, under=self.under)

    @property
    def under(self) -> NamedNode:
        """What the use rests on: the agreement, or the offer."""
        return NamedNode(self.agreement or self.offer)


def admission(
    workspace: Workspace, participant: Participant | None, version: NamedNode, *, before: Admission | None = None
) -> Admission:
    """Decide whether somebody may read a dataset version now; the reasons say why, or what would change it.

    Args:
        workspace: The provider's node.
        participant: The organisation that asks; None for the public.
        version: The dataset version.
        before: How it was decided when the use began, where it is one that goes on and not another one.
    """
    offer = offer_of(workspace, version)
    if participant and participant.iri == offer.assigner:
        return Admission(Decision.allow("own-data", "The data is your own organisation's."), offer=offer.iri.value)
    records = agreements_with(workspace, participant, version) if participant else []
    entry = published_entry(workspace, version)
    facts, units = on_record(workspace, participant.iri if participant else None, entry)
    reading = UseRequest(
        assignee=None,
        action=ODRL["read"],
        target=version,
        time=workspace.clock.now(),
        facts={**facts_about(entry), **facts},
        units=units,
    )
    worlds: dict[NamedNode, World] = {}

    def known(record: AgreementRecord) -> World:
        done = world_of(workspace, record, begun=before.world if before else None)
        known = surroundings_of(workspace, entry)
        worlds[record.iri] = replace(done, events=known.events, memberships=known.memberships)
        return worlds[record.iri]

    access = decide_access(reading, participant=participant, agreements=records, offer=offer, world_of=known)
    if access.agreement is None:
        return Admission(access.decision, None, access.part, offer.iri.value)
    decision, agreement = access.decision, access.agreement
    if participant and access.part and access.part.noise:
        whole = whole_version(entry)
        within = budget_decision(workspace, whole, access.part, organisation=participant.iri)
        decision = decision if within.allowed else within
    return Admission(decision, agreement.value, access.part, offer.iri.value, worlds[agreement])


class Leave:
    """Whether a use that was admitted may go on: decided again while its answer is on its way.

    An agreement that ends, a suspension, the end of a window or of a certification takes effect on it. That others use
    the data meanwhile does not: the use was counted when it began.

    Args:
        workspace: The provider's node.
        asker: Who uses the data; None for the public.
        entry: What is used.
        admitted: The decision under which it began.
    """

    def __init__(self, workspace: Workspace, asker: Principal | None, entry: VersionEntry, admitted: Admission) -> None:
        self._workspace, self._asker, self._entry = workspace, asker, entry
        world = admitted.world
        first = world.first_use or workspace.clock.now()
        self._admitted = replace(admitted, world=replace(world, first_use=first))
        self._looked_at = time.monotonic()

    def refusal(self) -> VirtualesError | None:
        """Return why the use may not go on; None while it may."""
        asker, version = self._asker, NamedNode(self._entry.iri)
        try:
            participant = self._workspace.find_participant(asker.organisation) if asker else None
            now = admission(self._workspace, participant, version, before=self._admitted)
            refuse_use(self._entry, now.decision, known=asker is not None)
        except VirtualesError as error:
            return error
        if now.part == self._admitted.part:
            return None
        what, why = "Another part of the data is yours to use now.", ["The terms have changed."]
        return AccessDenied(what, reasons=why, where=version.value, remedy="Ask again.")

    def require(self) -> None:
        """Raise why the use may not go on, if it may not; looked at no more often than makes a difference."""
        if self._is_due():
            error = self.refusal()
            if error is not None:
                raise error

    def watched(self, request: QueryRequest) -> QueryRequest:
        """Return a query that is given up when it may not go on, as one is whose asker is gone."""
        gone = request.gone
        return replace(request, gone=lambda: gone() or (self._is_due() and self.refusal() is not None))

    def _is_due(self) -> bool:
        now = time.monotonic()
        due = now - self._looked_at >= _LOOK_SECONDS
        if due:
            self._looked_at = now
        return due


def facts_about(entry: VersionEntry) -> Facts:
    """Return what is known of a dataset version, whoever asks for it."""
    return {VES.sensitivityClass: frozenset({sensitivity_iri(entry.sensitivity)})}


def surroundings_of(workspace: Workspace, entry: VersionEntry) -> World:
    """Return what is known beside who asks: events, what concepts are part of, and the dataset of a version."""

    def known() -> World:
        around = workspace.surroundings
        within = {NamedNode(entry.iri): frozenset({NamedNode(entry.dataset)})}
        return replace(around, memberships={**around.memberships, **within})

    return workspace.kept(("surroundings", entry.iri), workspace.policy_graphs, known)


def on_record(
    workspace: Workspace, organisation: NamedNode | None, entry: VersionEntry
) -> tuple[Facts, Mapping[NamedNode, NamedNode]]:
    """Return what this node has on record about an organisation and about a version now: values, and their units."""
    graph = workspace.addresses.graph("policy-facts")
    facts = workspace.kept("policy facts", [graph], lambda: facts_on_record(workspace.store, graph))
    things = {NamedNode(entry.iri), NamedNode(entry.dataset)} | ({organisation} if organisation else set())
    return known_about(facts, frozenset(things), workspace.clock.now())


def refuse_use(entry: VersionEntry, decision: Decision, *, known: bool) -> None:
    """Refuse a use when the decision is no.

    Args:
        entry: What is to be used.
        decision: The decision.
        known: Whether it is known who asks.

    Raises:
        Unauthenticated, AccessDenied: it is no.
    """
    if decision.allowed:
        return
    if not known:
        raise Unauthenticated(
            "This data needs an access token.", remedy="Request access, then use a token of your organisation."
        )
    raise AccessDenied(
        "You may not use this data now.",
        reasons=[str(reason) for reason in decision.reasons],
        where=entry.iri,
        remedy="Request access, or read the reasons.",
    )


def agreements_with(workspace: Workspace, participant: Participant, version: NamedNode) -> Sequence[AgreementRecord]:
    """Return every agreement of an organisation about a dataset version."""
    desk = Desk(workspace)
    return workspace.kept(
        ("agreements", participant.iri, version),
        [desk.agreements_graph],
        lambda: desk.agreements.between(participant.iri, version),
    )


def published_entry(workspace: Workspace, version: NamedNode) -> VersionEntry:
    """Return the entry of one of this node's versions.

    Raises:
        NotFound: the version is not this node's.
    """
    return workspace.kept(("entry", version), workspace.own_graphs, lambda: workspace.own_catalogue.version(version))
