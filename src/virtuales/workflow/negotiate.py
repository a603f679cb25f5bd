"""What both sides of a negotiation share: its place in the store, its messages, and moving it on."""

from collections.abc import Mapping
from dataclasses import dataclass

from virtuales.contract.agreements import AgreementRecord, Agreements
from virtuales.contract.course import PastMove, course_of
from virtuales.contract.negotiation import Party
from virtuales.contract.negotiations import Negotiation, Negotiations, Opening, Step, move_negotiation
from virtuales.errors import AccessDenied, NotFound
from virtuales.governance.notifications import Notifications, notify
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.policy.statements import Statements, kept_statements
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.workspace import Workspace

DSP = "/dsp"
PURPOSE_KEY = "ves:requestedPurpose"
JUSTIFICATION_KEY = "ves:justification"
SIGNED_KEY = "ves:agreement"
REASON_KEY = "ves:reason"
MOVES_KEY = "ves:moves"
REPLACES_KEY = "dcterms:replaces"
STATED_KEY = "ves:stated"


@dataclass(frozen=True)
class Seat:
    """A negotiation as one of its parties, at home here, sees it.

    Args:
        negotiation: The negotiation.
        party: Which side sits here.
    """

    negotiation: Negotiation
    party: Party

    @property
    def facing(self) -> Party:
        """The side that sits across the table."""
        return Party.CONSUMER if self.party is Party.PROVIDER else Party.PROVIDER

    @property
    def own(self) -> NamedNode:
        """The organisation that sits here."""
        opening = self.negotiation.opening
        return opening.assigner if self.party is Party.PROVIDER else opening.assignee

    @property
    def other(self) -> NamedNode:
        """The organisation that sits across the table."""
        opening = self.negotiation.opening
        return opening.assignee if self.party is Party.PROVIDER else opening.assigner

    @property
    def address(self) -> str:
        """Where the other side's node takes messages about the negotiation.

        While the consumer does not know the provider's identifier, its own one tells the provider as well.
        """
        opening = self.negotiation.opening
        theirs = opening.consumer_pid if self.party is Party.PROVIDER else opening.provider_pid
        return f"/negotiations/{(theirs or opening.consumer_pid).value}"


@dataclass(frozen=True)
class Desk:
    """A node's contracts: the graphs and readers that both sides use."""

    workspace: Workspace

    @property
    def graph(self) -> NamedNode:
        """The graph of negotiations."""
        return self.workspace.addresses.graph("negotiations")

    @property
    def negotiations(self) -> Negotiations:
        """Reads negotiations."""
        return Negotiations(self.workspace.store, self.graph)

    @property
    def agreements_graph(self) -> NamedNode:
        """The graph of agreements."""
        return self.workspace.addresses.graph("agreements")

    @property
    def agreements(self) -> Agreements:
        """Reads agreements."""
        return Agreements(self.workspace.store, self.agreements_graph, self.workspace.vocabulary)

    def stated(self, opening: Opening) -> Statements:
        """Return what the consumer states in a negotiation."""
        owner = opening.provider_pid or opening.consumer_pid
        return kept_statements(opening.stated, owner=owner, vocabulary=self.workspace.vocabulary)

    def seat_of(self, principal: Principal, pid: NamedNode) -> Seat:
        """Return a negotiation as the principal's organisation sees it, if the principal may decide in it.

        Raises:
            AccessDenied: the principal may not request access, or review requests, for an organisation at home here.
            NotFound: its organisation has no such negotiation.
        """
        seat = self._seat(pid)
        scope = Scope.ACCESS_REVIEW if seat.party is Party.PROVIDER else Scope.ACCESS_REQUEST
        if self.workspace.hosted(principal, scope).iri != seat.own:
            raise NotFound("Your organisation has no such negotiation.", where=pid.value)
        return seat

    def seat_facing(self, principal: Principal, pid: NamedNode) -> Seat:
        """Return a negotiation as the organisation here sees it to which the principal's node writes.

        Raises:
            AccessDenied: the message is not from the party across the table.
            NotFound: there is no such negotiation.
        """
        seat = self._seat(pid, NamedNode(principal.organisation))
        sender(self.workspace, principal, seat.other)
        return seat

    def _seat(self, pid: NamedNode, consumer: NamedNode | None = None) -> Seat:
        negotiation = self.negotiations.find(pid)
        if negotiation is None and consumer is not None:
            found = [one for one in self.negotiations.of_consumer(consumer) if one.opening.consumer_pid == pid]
            negotiation = found[0] if found else None
        if negotiation is None:
            raise NotFound("There is no such negotiation.", where=pid.value)
        is_provider = negotiation.iri == negotiation.opening.provider_pid
        return Seat(negotiation, Party.PROVIDER if is_provider else Party.CONSUMER)

    def course(self, pid: NamedNode) -> list[PastMove]:
        """Return the moves of a negotiation in order."""
        return course_of(self.workspace.store, self.graph, pid)

    def agreement_of(self, organisation: NamedNode, key: str) -> AgreementRecord:
        """Return an agreement in which an organisation is a party, by the last part of its IRI.

        Raises:
            NotFound: it has none of that key.
        """
        for record in self.agreements.of_party(organisation):
            if record.iri.value.rpartition("/")[2] == key:
                return record
        raise NotFound("Your organisation has no such agreement.", where=key, remedy="List its agreements.")

    @property
    def notifications(self) -> Notifications:
        """Reads notifications."""
        return Notifications(self.workspace.store, self.workspace.addresses.graph("notifications"))

    def tell(self, organisation: NamedNode, about: NamedNode, text: str) -> ChangeSet:
        """Return the change that notifies an organisation at home here."""
        graph = self.workspace.addresses.graph("notifications")
        return notify(self.workspace.ledger, graph, organisation=organisation, about=about, text=text)

    def move(self, negotiation: Negotiation, step: Step, kind: str, *, also: ChangeSet | None = None) -> Negotiation:
        """Record a move of a negotiation, with whatever else changes with it, and return it as it then stands."""
        change = move_negotiation(negotiation, step, self.graph)
        facts: dict[str, JsonValue] = {"target": negotiation.opening.target.value, "reason": step.reason}
        self.workspace.ledger.record(
            EventDraft(
                kind,
                negotiation.iri.value,
                facts=facts,
                change=change | also if also else change,
                actor=step.by or str(step.party),
            )
        )
        return self.negotiations.get(negotiation.iri)


def sender(workspace: Workspace, principal: Principal, expected: NamedNode) -> Participant:
    """Return the organisation whose node sent a message.

    Raises:
        AccessDenied: it is not the approved organisation that may send it.
    """
    participant = workspace.approved(principal, Scope.NODE_EXCHANGE)
    if participant.iri != expected:
        raise AccessDenied(
            "This negotiation is between others.",
            reasons=[f"The message comes from <{participant.iri.value}>, which is not the party that may send it."],
            where=expected.value,
        )
    return participant


def post(
    workspace: Workspace, node: str, path: str, message: Mapping[str, object], *, by: NamedNode
) -> dict[str, object]:
    """Send a protocol message in an organisation's name."""
    return workspace.peers.post(node, DSP + path, message, organisation=by.value)


def provider_of(workspace: Workspace, version: NamedNode) -> Participant:
    """Return the approved organisation on whose node a dataset version lives.

    Raises:
        NotFound: no approved organisation has such a node.
    """
    for participant in workspace.participants.all():
        if participant.is_approved and version.value.startswith(participant.node_url + "/"):
            return participant
    raise NotFound(
        "No approved organisation has this dataset on its node.",
        where=version.value,
        remedy="Take the IRI from the catalogue.",
    )
