"""The end of an agreement: from the moment a revocation is recorded, the agreement opens nothing.

The consumer is told; while its node is away the announcement waits, and the revocation holds all the same.
"""

from virtuales.contract.agreements import AgreementRecord, revoke_agreement
from virtuales.errors import AccessDenied, VirtualesError
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, Quad, plain
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.negotiate import Desk, post, sender
from virtuales.workflow.workspace import Workspace


def revoke(workspace: Workspace, principal: Principal, iri: NamedNode, *, reason: str) -> AgreementRecord:
    """End an agreement at once, with a reason.

    Raises:
        AccessDenied: the principal is no reviewer of the provider.
        Conflict: it was revoked before.
        NotFound: there is no such agreement on this node.
        InputError: no reason is given.
    """
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW)
    desk = Desk(workspace)
    with workspace.ledger.turn():
        record = desk.agreements.get(iri)
        if record.signed.agreement.assigner != organisation.iri:
            raise AccessDenied(
                "Only the provider ends an agreement here.",
                reasons=[f"The provider is <{record.signed.agreement.assigner.value}>."],
                where=iri.value,
            )
        change = revoke_agreement(
            record, by=organisation.iri, at=workspace.clock.now(), reason=reason, graph=desk.agreements_graph
        )
        waiting, by = ChangeSet(add=_announcement(desk, iri)), principal.client_id
        workspace.ledger.record(
            EventDraft("AgreementRevoked", iri.value, facts={"reason": reason}, change=change | waiting, actor=by)
        )
    try:
        announce_revocation(workspace, iri)
    except VirtualesError:
        # The revocation holds already; `carry_on` tells the consumer when it is back.
        return desk.agreements.get(iri)
    return desk.agreements.get(iri)


def announce_revocation(workspace: Workspace, iri: NamedNode) -> None:
    """Tell the consumer that an agreement was revoked, and note that it knows.

    Raises:
        PeerFailure: the consumer did not answer.
    """
    desk = Desk(workspace)
    record = desk.agreements.get(iri)
    assignee = workspace.participants.get(record.signed.request.assignee)
    message = {"agreement": iri.value, "reason": record.revocation_reason}
    provider = record.signed.agreement.assigner
    post(workspace, assignee.node_url, "/agreements/revocation", message, by=provider)
    with workspace.ledger.turn():
        if iri in _unannounced(desk):
            change = ChangeSet(remove=_announcement(desk, iri))
            workspace.ledger.record(EventDraft("RevocationAcknowledged", iri.value, change=change))


def take_revocation(workspace: Workspace, principal: Principal, iri: NamedNode, reason: str) -> None:
    """Note on the consumer's side that the provider revoked an agreement.

    Raises:
        AccessDenied: the message is not from the provider.
        NotFound: there is no such agreement here.
    """
    desk = Desk(workspace)
    provider = sender(workspace, principal, desk.agreements.get(iri).signed.agreement.assigner)
    with workspace.ledger.turn():
        record = desk.agreements.get(iri)
        if record.revoked_at is not None:
            return
        change = revoke_agreement(
            record, by=provider.iri, at=workspace.clock.now(), reason=reason, graph=desk.agreements_graph
        )
        text = f"{provider.legal_name} revoked the agreement: {reason}"
        told = desk.tell(record.signed.request.assignee, iri, text)
        workspace.ledger.record(
            EventDraft("AgreementRevoked", iri.value, change=change | told, actor=provider.iri.value)
        )


def carry_on(workspace: Workspace) -> bool:
    """Announce again the revocations that consumers do not know of.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: a consumer refused or did not answer; the others are tried first.
    """
    failures: list[VirtualesError] = []
    unannounced = _unannounced(Desk(workspace))
    for iri in unannounced:
        try:
            announce_revocation(workspace, iri)
        except VirtualesError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return bool(unannounced)


def _announcement(desk: Desk, iri: NamedNode) -> tuple[Quad, ...]:
    return Statements(desk.agreements_graph).say(iri, VES.awaits, VES.Acknowledgement).quads


def _unannounced(desk: Desk) -> list[NamedNode]:
    query = f"SELECT ?a WHERE {{ ?a {VES.awaits} {VES.Acknowledgement} }}"
    return [NamedNode(plain(row["a"])) for row in desk.workspace.store.select(query, graphs=[desk.agreements_graph])]
