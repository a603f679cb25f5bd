"""The negotiations a node takes part in, on either side: opened, moved, listed for review."""

from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.contract.course import PastMove, move_quads
from virtuales.contract.negotiation import Move, Party, State, next_state
from virtuales.errors import InputError, NotFound, StoreFailure
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, DSPACE, ODRL, RDF, VES
from virtuales.rdf.terms import NamedNode, Term, date_time, is_unicode, plain
from virtuales.store.rdf_store import RdfStore

_JUSTIFICATION_LEAST, _JUSTIFICATION_MOST = 10, 4000


@dataclass(frozen=True)
class Opening:
    """What a negotiation is about.

    Args:
        provider_pid: The provider's identifier of the negotiation; None on the consumer's side until it is known.
        consumer_pid: The consumer's identifier of it.
        offer: The offer that is on the table.
        target: The dataset version.
        assigner: The provider organisation.
        assignee: The consumer organisation.
        purpose: IRI of the purpose.
        justification: Why, in the consumer's words.
        callback: Base URL at which the other side takes messages.
        replaces: The agreement that is to be replaced, in a negotiation about an amendment.
        connector: Base URL of the other side's connector, which speaks the Dataspace Protocol and nothing beside; None
            where the other side is a node like this one.
        stated: What the consumer states about itself and its use, as JSON; None where it states nothing.
    """

    provider_pid: NamedNode | None
    consumer_pid: NamedNode
    offer: NamedNode
    target: NamedNode
    assigner: NamedNode
    assignee: NamedNode
    purpose: NamedNode
    justification: str
    callback: str
    replaces: NamedNode | None = None
    connector: str | None = None
    stated: str | None = None

    def __post_init__(self) -> None:
        """Refuse a request that does not say why."""
        long_enough = _JUSTIFICATION_LEAST <= len(self.justification.strip()) <= _JUSTIFICATION_MOST
        if not long_enough or not is_unicode(self.justification):
            raise InputError(
                "The request does not say why the data is needed.",
                where="justification",
                remedy=f"Write {_JUSTIFICATION_LEAST} to {_JUSTIFICATION_MOST} characters.",
            )


@dataclass(frozen=True)
class Negotiation:
    """A negotiation as one side keeps it.

    Args:
        iri: This side's own identifier of it.
        opening: What it is about.
        state: Where it stands.
        requested_at: When it was opened.
        agreement: The agreement it led to, once there is one.
        decided_by: Who made the last move, where a person did.
        decided_at: When the last move was made.
        reason: Why, where one was given.
        moves: How many moves were made.
    """

    iri: NamedNode
    opening: Opening
    state: State
    requested_at: datetime
    agreement: NamedNode | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    moves: int = 0


@dataclass(frozen=True)
class Step:
    """One move in a negotiation.

    Args:
        party: The side that moves.
        move: What it does.
        at: When.
        by: IRI or client of the person who decided, where one did.
        reason: Why, where one is given; a provider that terminates has to.
        agreement: The agreement, with `Move.AGREE`.
        provider_pid: The provider's identifier, when the consumer's side learns it with this move.
        offer: The terms that are put on the table, with `Move.OFFER`, and with `Move.REQUEST` in answer to one.
    """

    party: Party
    move: Move
    at: datetime
    by: str | None = None
    reason: str | None = None
    agreement: NamedNode | None = None
    provider_pid: NamedNode | None = None
    offer: NamedNode | None = None


class Negotiations:
    """Reads negotiations.

    Args:
        store: The RDF store.
        graph: The graph of the node's negotiations.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def get(self, iri: NamedNode) -> Negotiation:
        """Return a negotiation by this side's identifier.

        Raises:
            NotFound: there is none.
        """
        found = self.find(iri)
        if found is None:
            raise NotFound("There is no such negotiation.", where=iri.value)
        return found

    def find(self, iri: NamedNode) -> Negotiation | None:
        """Return a negotiation by this side's identifier, or None."""
        facts: dict[NamedNode, Term] = {}
        for row in self._store.select(f"SELECT ?p ?o WHERE {{ {iri} ?p ?o }}", graphs=[self._graph]):
            if isinstance(row["p"], NamedNode):
                facts[row["p"]] = row["o"]
        return _negotiation(iri, facts) if facts.get(RDF.type) == DSPACE.ContractNegotiation else None

    def all(self, state: State | None = None) -> list[Negotiation]:
        """Return every negotiation, or those in one state, newest first."""
        pattern = f"?iri {DSPACE.state} {DSPACE[state.value]} ." if state else ""
        return self._select(pattern)

    def to_review(self, assigner: NamedNode) -> list[Negotiation]:
        """Return the provider's queue: requests that await its decision, oldest first."""
        waiting = f"?iri {ODRL.assigner} {assigner} ; {DSPACE.state} {DSPACE.REQUESTED} ."
        return list(reversed(self._select(waiting)))

    def of_consumer(self, assignee: NamedNode) -> list[Negotiation]:
        """Return what an organisation has asked for, newest first."""
        return self._select(f"?iri {ODRL.assignee} {assignee} .")

    def of_party(self, organisation: NamedNode) -> list[Negotiation]:
        """Return every negotiation in which an organisation is a party, newest first."""
        return self._select(f"?iri {ODRL.assignee}|{ODRL.assigner} {organisation} .")

    def open_between(self, assignee: NamedNode, target: NamedNode) -> list[Negotiation]:
        """Return the negotiations about a dataset version that are not finished, newest first."""
        found = self._select(f"?iri {ODRL.assignee} {assignee} ; {ODRL.target} {target} .")
        return [one for one in found if not one.state.is_final]

    def _select(self, pattern: str) -> list[Negotiation]:
        rows = self._store.select(
            f"SELECT ?iri WHERE {{ ?iri a {DSPACE.ContractNegotiation} ; {VES.requestedAt} ?at . {pattern} }} "
            "ORDER BY DESC(?at) ?iri",
            graphs=[self._graph],
        )
        return [self.get(row["iri"]) for row in rows if isinstance(row["iri"], NamedNode)]


def open_negotiation(
    opening: Opening, *, iri: NamedNode, at: datetime, graph: NamedNode, opener: Party = Party.CONSUMER
) -> ChangeSet:
    """Return the change that opens a negotiation with the consumer's request, or with an offer of the provider.

    Args:
        opening: What it is about.
        iri: This side's identifier of it.
        at: When.
        graph: The graph of the node's negotiations.
        opener: Who opens it.
    """
    move = Move.REQUEST if opener is Party.CONSUMER else Move.OFFER
    state = next_state(None, opener, move)
    statements = Statements(graph).say(iri, RDF.type, DSPACE.ContractNegotiation)
    statements.say(iri, DSPACE.state, DSPACE[state.value]).say(iri, VES.requestedAt, date_time(iso_instant(at)))
    statements.say(iri, DSPACE.providerPid, opening.provider_pid).say(iri, DSPACE.consumerPid, opening.consumer_pid)
    statements.say(iri, DSPACE.offer, opening.offer).say(iri, ODRL.target, opening.target)
    statements.say(iri, ODRL.assigner, opening.assigner).say(iri, ODRL.assignee, opening.assignee)
    statements.say(iri, VES.requestedPurpose, opening.purpose)
    statements.say(iri, VES.justification, opening.justification.strip())
    statements.say(iri, DSPACE.callbackAddress, opening.callback).say(iri, VES.moves, 1)
    statements.say(iri, DCTERMS.replaces, opening.replaces)
    statements.say(iri, VES.connector, opening.connector).say(iri, VES.statedDocument, opening.stated)
    first = PastMove(1, opener, move, at, reason=opening.justification.strip(), offer=opening.offer)
    return ChangeSet(add=statements.quads + move_quads(iri, first, graph))


def move_negotiation(negotiation: Negotiation, step: Step, graph: NamedNode) -> ChangeSet:
    """Return the change that a move makes.

    Raises:
        Conflict: the negotiation's state does not allow this side this move.
        InputError: a provider terminates without a reason, agrees without naming the agreement, or terms are proposed
            without naming them.
    """
    state = next_state(negotiation.state, step.party, step.move)
    _refuse_incomplete(step)
    iri = negotiation.iri
    before, after = Statements(graph), Statements(graph)
    before.say(iri, DSPACE.state, DSPACE[negotiation.state.value]).say(iri, VES.decidedBy, negotiation.decided_by)
    before.say(iri, DSPACE.reason, negotiation.reason)
    before.say(iri, VES.decidedAt, date_time(iso_instant(negotiation.decided_at)) if negotiation.decided_at else None)
    after.say(iri, DSPACE.state, DSPACE[state.value]).say(iri, VES.decidedBy, step.by)
    after.say(iri, DSPACE.reason, step.reason.strip() if step.reason else None)
    after.say(iri, VES.decidedAt, date_time(iso_instant(step.at))).say(iri, DSPACE.agreement, step.agreement)
    if negotiation.opening.provider_pid is None:
        after.say(iri, DSPACE.providerPid, step.provider_pid)
    if step.offer is not None:
        before.say(iri, DSPACE.offer, negotiation.opening.offer)
        after.say(iri, DSPACE.offer, step.offer)
    made = _past(negotiation, step)
    before.say(iri, VES.moves, negotiation.moves or None)
    after.say(iri, VES.moves, made.number)
    return ChangeSet(add=after.quads + move_quads(iri, made, graph), remove=before.quads)


def learn_provider_pid(negotiation: Negotiation, provider_pid: NamedNode, graph: NamedNode) -> ChangeSet:
    """Return the change that notes the provider's identifier, which its first answer tells the consumer."""
    return ChangeSet(add=Statements(graph).say(negotiation.iri, DSPACE.providerPid, provider_pid).quads)


def _past(negotiation: Negotiation, step: Step) -> PastMove:
    """Return a move as it is kept."""
    return PastMove(
        number=negotiation.moves + 1,
        party=step.party,
        move=step.move,
        at=step.at,
        by=step.by,
        reason=step.reason.strip() if step.reason else None,
        offer=step.offer,
    )


def _refuse_incomplete(step: Step) -> None:
    if step.move is Move.TERMINATE and step.party is Party.PROVIDER and not (step.reason or "").strip():
        raise InputError("The refusal has no reason.", where="reason", remedy="Say in a sentence why.")
    if step.move in (Move.OFFER, Move.REQUEST) and step.offer is None:
        raise InputError("No terms are named.", where="offer", remedy="Name the offer that is put on the table.")
    if step.move is Move.AGREE and step.agreement is None:
        raise InputError("No agreement is named.", where="agreement", remedy="Name the agreement that grants access.")


def _negotiation(iri: NamedNode, facts: dict[NamedNode, Term]) -> Negotiation:
    decided = facts.get(VES.decidedAt)
    opening = Opening(
        provider_pid=_iri(facts, DSPACE.providerPid),
        consumer_pid=_required(facts, DSPACE.consumerPid, iri),
        offer=_required(facts, DSPACE.offer, iri),
        target=_required(facts, ODRL.target, iri),
        assigner=_required(facts, ODRL.assigner, iri),
        assignee=_required(facts, ODRL.assignee, iri),
        purpose=_required(facts, VES.requestedPurpose, iri),
        justification=_some(facts, VES.justification) or "",
        callback=_some(facts, DSPACE.callbackAddress) or "",
        replaces=_iri(facts, DCTERMS.replaces),
        connector=_some(facts, VES.connector),
        stated=_some(facts, VES.statedDocument),
    )
    return Negotiation(
        iri=iri,
        opening=opening,
        state=State(_required(facts, DSPACE.state, iri).value.removeprefix(DSPACE.iri)),
        requested_at=datetime.fromisoformat(plain(facts[VES.requestedAt])),
        agreement=_iri(facts, DSPACE.agreement),
        decided_by=_some(facts, VES.decidedBy),
        decided_at=datetime.fromisoformat(plain(decided)) if decided else None,
        reason=_some(facts, DSPACE.reason),
        moves=int(_some(facts, VES.moves) or 0),
    )


def _required(facts: dict[NamedNode, Term], predicate: NamedNode, subject: NamedNode) -> NamedNode:
    found = _iri(facts, predicate)
    if found is None:
        raise StoreFailure(
            f"A negotiation lacks <{predicate.value}>.",
            where=subject.value,
            remedy="Rebuild the store from the journal.",
        )
    return found


def _iri(facts: dict[NamedNode, Term], predicate: NamedNode) -> NamedNode | None:
    value = facts.get(predicate)
    return value if isinstance(value, NamedNode) else None


def _some(facts: dict[NamedNode, Term], predicate: NamedNode) -> str | None:
    value = facts.get(predicate)
    return None if value is None else plain(value)
