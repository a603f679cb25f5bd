"""The transfers a node takes part in, on either side: opened, moved, found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import NotFound, StoreFailure
from virtuales.exchange.transfer import TransferMove, TransferRole, TransferState, next_transfer_state
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, DSPACE, ODRL, RDF, VES
from virtuales.rdf.terms import NamedNode, Term, date_time, plain
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class Transfer:
    """A transfer as one side keeps it.

    Args:
        iri: This side's own identifier of it.
        role: Which side this is.
        theirs: The other side's identifier; None on the consumer's side until it is known.
        agreement: The agreement that it rests on.
        assigner: The provider organisation.
        assignee: The consumer organisation.
        connector: Where the other side's connector takes messages.
        format: How the data is to travel, such as `HttpData-PULL`.
        state: Where it stands.
        requested_at: When it was asked for.
        moves: How many moves were made.
        address: The data address that the other side gave: where to push to, or where to pull from, with what token.
        reason: Why it was suspended or terminated, where one was given.
    """

    iri: NamedNode
    role: TransferRole
    theirs: NamedNode | None
    agreement: NamedNode
    assigner: NamedNode
    assignee: NamedNode
    connector: str
    format: str
    state: TransferState
    requested_at: datetime
    moves: int = 1
    address: Mapping[str, object] | None = None
    reason: str | None = None

    @property
    def own(self) -> NamedNode:
        """The organisation on this side."""
        return self.assigner if self.role is TransferRole.PROVIDER else self.assignee

    @property
    def other(self) -> NamedNode:
        """The organisation on the other side."""
        return self.assignee if self.role is TransferRole.PROVIDER else self.assigner

    @property
    def facing(self) -> TransferRole:
        """The role of the other side."""
        return TransferRole.CONSUMER if self.role is TransferRole.PROVIDER else TransferRole.PROVIDER


class Transfers:
    """Reads transfers.

    Args:
        store: The RDF store.
        graph: The graph of the node's transfers.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def get(self, iri: NamedNode) -> Transfer:
        """Return a transfer by this side's identifier.

        Raises:
            NotFound: there is none.
        """
        found = self.find(iri)
        if found is None:
            raise NotFound("There is no such transfer.", where=iri.value)
        return found

    def find(self, iri: NamedNode) -> Transfer | None:
        """Return a transfer by this side's identifier, or None."""
        facts: dict[NamedNode, Term] = {}
        for row in self._store.select(f"SELECT ?p ?o WHERE {{ {iri} ?p ?o }}", graphs=[self._graph]):
            if isinstance(row["p"], NamedNode):
                facts[row["p"]] = row["o"]
        return _transfer(iri, facts) if facts.get(RDF.type) == DSPACE.TransferProcess else None

    def of_party(self, organisation: NamedNode) -> list[Transfer]:
        """Return every transfer of an organisation, newest first."""
        return self._select(f"?iri {ODRL.assignee}|{ODRL.assigner} {organisation} .")

    def in_state(self, state: TransferState) -> list[Transfer]:
        """Return every transfer in a state, newest first."""
        return self._select(f"?iri {DSPACE.state} {DSPACE[state.value]} .")

    def _select(self, pattern: str) -> list[Transfer]:
        rows = self._store.select(
            f"SELECT DISTINCT ?iri ?at WHERE {{ ?iri a {DSPACE.TransferProcess} ; {VES.requestedAt} ?at . {pattern} }} "
            "ORDER BY DESC(?at) ?iri",
            graphs=[self._graph],
        )
        return [self.get(row["iri"]) for row in rows if isinstance(row["iri"], NamedNode)]


def open_transfer(transfer: Transfer, graph: NamedNode) -> ChangeSet:
    """Return the change that opens a transfer with the consumer's request."""
    iri = transfer.iri
    said = Statements(graph).say(iri, RDF.type, DSPACE.TransferProcess).say(iri, VES.party, transfer.role.value)
    said.say(iri, DSPACE.state, DSPACE[transfer.state.value]).say(iri, VES.moves, transfer.moves)
    said.say(iri, VES.requestedAt, date_time(iso_instant(transfer.requested_at)))
    said.say(iri, VES.agreement, transfer.agreement).say(iri, ODRL.assigner, transfer.assigner)
    said.say(iri, ODRL.assignee, transfer.assignee).say(iri, VES.connector, transfer.connector)
    said.say(iri, DCTERMS["format"], transfer.format).say(iri, _pid_of(transfer.facing), transfer.theirs)
    said.say(iri, DSPACE.dataAddress, _written(transfer.address))
    return ChangeSet(add=said.quads)


def move_transfer(
    transfer: Transfer,
    role: TransferRole,
    move: TransferMove,
    *,
    graph: NamedNode,
    reason: str | None = None,
    address: Mapping[str, object] | None = None,
) -> ChangeSet:
    """Return the change that a move makes.

    Args:
        transfer: The transfer as it stands.
        role: The side that moves.
        move: What it does.
        graph: The graph of the node's transfers.
        reason: Why, where one is given.
        address: The data address that comes with the move, where one does.

    Raises:
        Conflict: the transfer's state does not allow this side this move.
    """
    state, iri = next_transfer_state(transfer.state, role, move), transfer.iri
    before = Statements(graph).say(iri, DSPACE.state, DSPACE[transfer.state.value]).say(iri, VES.moves, transfer.moves)
    before.say(iri, DSPACE.reason, transfer.reason)
    after = Statements(graph).say(iri, DSPACE.state, DSPACE[state.value]).say(iri, VES.moves, transfer.moves + 1)
    after.say(iri, DSPACE.reason, reason)
    if address is not None:
        before.say(iri, DSPACE.dataAddress, _written(transfer.address))
        after.say(iri, DSPACE.dataAddress, _written(address))
    return ChangeSet(add=after.quads, remove=before.quads)


def learn_pid(transfer: Transfer, theirs: NamedNode, graph: NamedNode) -> ChangeSet:
    """Return the change that notes the other side's identifier."""
    return ChangeSet(add=Statements(graph).say(transfer.iri, _pid_of(transfer.facing), theirs).quads)


def _pid_of(role: TransferRole) -> NamedNode:
    return DSPACE.providerPid if role is TransferRole.PROVIDER else DSPACE.consumerPid


def _written(address: Mapping[str, object] | None) -> str | None:
    return None if address is None else json.dumps(address, sort_keys=True)


def _transfer(iri: NamedNode, facts: Mapping[NamedNode, Term]) -> Transfer:
    role = TransferRole(_text(facts, VES.party, iri))
    facing = TransferRole.CONSUMER if role is TransferRole.PROVIDER else TransferRole.PROVIDER
    theirs, address, reason = facts.get(_pid_of(facing)), facts.get(DSPACE.dataAddress), facts.get(DSPACE.reason)
    return Transfer(
        iri=iri,
        role=role,
        theirs=theirs if isinstance(theirs, NamedNode) else None,
        agreement=NamedNode(_text(facts, VES.agreement, iri)),
        assigner=NamedNode(_text(facts, ODRL.assigner, iri)),
        assignee=NamedNode(_text(facts, ODRL.assignee, iri)),
        connector=_text(facts, VES.connector, iri),
        format=_text(facts, DCTERMS["format"], iri),
        state=TransferState(_text(facts, DSPACE.state, iri).removeprefix(DSPACE.iri)),
        requested_at=datetime.fromisoformat(_text(facts, VES.requestedAt, iri)),
        moves=int(_text(facts, VES.moves, iri)),
        address=json.loads(plain(address)) if address is not None else None,
        reason=plain(reason) if reason is not None else None,
    )


def _text(facts: Mapping[NamedNode, Term], predicate: NamedNode, subject: NamedNode) -> str:
    value = facts.get(predicate)
    if value is None:
        raise StoreFailure(
            f"A transfer lacks <{predicate.value}>.", where=subject.value, remedy="Rebuild the store from the journal."
        )
    return plain(value)
