"""The end of an agreement before its time: from the moment it is recorded, the agreement opens nothing.

Whoever ends it signs a notice, which the other side verifies and keeps. While the other node is away the notice waits,
and the end holds all the same.
"""

from collections.abc import Callable, Mapping
from uuid import uuid4

from virtuales.contract.agreement import SignedAgreement
from virtuales.contract.agreements import AgreementRecord, AgreementStatus, Ending, end_agreement
from virtuales.contract.letters import Letter, LetterKind, enclose, write_letter
from virtuales.contract.notices import (
    NOTICE_CONTEXT,
    Notice,
    NoticeKind,
    draft_notice,
    parse_notice,
    sign_notice,
    verify_notice,
)
from virtuales.errors import AccessDenied, Conflict, IntegrityFailure, NotFound
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey, did_web, verification_method
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.dataspace.delivery import connector_of_agreement
from virtuales.workflow.letters import Refusal, deliver_waiting, try_to_deliver
from virtuales.workflow.negotiate import Desk, sender
from virtuales.workflow.replacing import find_replaced
from virtuales.workflow.workspace import Workspace

_STATUS = {NoticeKind.REVOCATION: AgreementStatus.REVOKED, NoticeKind.TERMINATION: AgreementStatus.TERMINATED}
_EVENTS = {NoticeKind.REVOCATION: "AgreementRevoked", NoticeKind.TERMINATION: "AgreementTerminated"}


def revoke(workspace: Workspace, principal: Principal, iri: NamedNode, *, reason: str) -> AgreementRecord:
    """End an agreement that the organisation granted, because it was misused.

    Raises:
        AccessDenied: the principal is no reviewer of the provider.
        Conflict: it was revoked before.
        NotFound: there is no such agreement on this node.
        InputError: no reason is given.
    """
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW)
    provider = Desk(workspace).agreements.get(iri).signed.agreement.assigner
    if provider != organisation.iri:
        raise AccessDenied(
            "Only the provider revokes an agreement.",
            reasons=[f"The provider is <{provider.value}>."],
            where=iri.value,
            remedy="Terminate it, if your organisation is its consumer.",
        )
    return _end(workspace, principal, iri, party=organisation.iri, kind=NoticeKind.REVOCATION, reason=reason)


def terminate(workspace: Workspace, principal: Principal, iri: NamedNode, *, reason: str) -> AgreementRecord:
    """End an agreement, as either party may; raises what `revoke` raises."""
    desk = Desk(workspace)
    is_provider = desk.agreements.get(iri).signed.agreement.assigner.value == principal.organisation
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW if is_provider else Scope.ACCESS_REQUEST)
    key = iri.value.rpartition("/")[2]
    record = desk.agreement_of(organisation.iri, key)
    return _end(workspace, principal, record.iri, party=organisation.iri, kind=NoticeKind.TERMINATION, reason=reason)


def take_notice(workspace: Workspace, principal: Principal, document: Mapping[str, object]) -> AgreementRecord:
    """Take the other party's notice; one that comes twice, or after a weightier one, changes nothing.

    Raises:
        AccessDenied: the message is not from the party that states the notice.
        NotFound: there is no such agreement here.
        IntegrityFailure: the signature is not the party's, or does not match.
        InputError: the document is no notice of this agreement.
    """
    notice = parse_notice({**document, "@context": dict(NOTICE_CONTEXT)})
    desk = Desk(workspace)
    agreement = desk.agreements.get(notice.agreement).signed.agreement
    party = sender(workspace, principal, notice.party)
    if (notice.assigner, notice.assignee) != (agreement.assigner, agreement.assignee):
        raise AccessDenied("The notice is between others.", reasons=["It names other parties."], where=notice.iri.value)
    verify_notice(notice, _only(party))
    with workspace.ledger.turn():
        record = desk.agreements.get(notice.agreement)
        ending = _ending(notice)
        if ending.outweighs(record.ending):
            other = agreement.assigner if notice.party != agreement.assigner else record.signed.request.assignee
            done = "revoked" if notice.kind is NoticeKind.REVOCATION else "terminated"
            told = desk.tell(other, record.iri, f"{party.legal_name} {done} the agreement: {notice.reason}")
            change = end_agreement(record, ending, desk.agreements_graph) | told
            facts = {"reason": notice.reason}
            workspace.ledger.record(
                EventDraft(_EVENTS[notice.kind], record.iri.value, facts=facts, change=change, actor=party.iri.value)
            )
        return desk.agreements.get(notice.agreement)


def end_with_replaced(workspace: Workspace, signed: SignedAgreement) -> None:
    """End a new agreement as the one that it replaces was ended, where that happened while the new one was signed."""
    desk = Desk(workspace)
    before = find_replaced(desk, signed.request.replaces)
    ending = before.ending if before else None
    if ending is None or ending.kind is AgreementStatus.REPLACED:
        return
    provider = signed.agreement.assigner
    kind = NoticeKind.REVOCATION if ending.kind is AgreementStatus.REVOKED else NoticeKind.TERMINATION
    _record(workspace, signed.agreement.iri, party=provider, kind=kind, reason=ending.reason, by="policy")


def carry_on(workspace: Workspace) -> bool:
    """Deliver again the notices that the other sides did not take.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: another side did not answer; the others are tried first.
    """
    return deliver_waiting(workspace, LetterKind.ENDING, _refused)


def _end(
    workspace: Workspace, principal: Principal, iri: NamedNode, *, party: NamedNode, kind: NoticeKind, reason: str
) -> AgreementRecord:
    letter = _record(workspace, iri, party=party, kind=kind, reason=reason, by=principal.client_id)
    try_to_deliver(workspace, letter, _refused)
    return Desk(workspace).agreements.get(iri)


def _record(
    workspace: Workspace, iri: NamedNode, *, party: NamedNode, kind: NoticeKind, reason: str, by: str
) -> Letter:
    """Record the end of an agreement together with the notice that the other side is to get."""
    desk = Desk(workspace)
    with workspace.ledger.turn():
        record = desk.agreements.get(iri)
        if record.ending is not None and record.ending.kind is _STATUS[kind]:
            what = f"The agreement is {record.ending.kind} already."
            raise Conflict(what, where=iri.value, remedy="Nothing needs to be done.")
        notice = _signed(workspace, record, party=party, kind=kind, reason=reason)
        change = end_agreement(record, _ending(notice), desk.agreements_graph)
        agreement = record.signed.agreement
        other = record.signed.request.assignee if party == agreement.assigner else agreement.assigner
        message = {"notice": {name: value for name, value in notice.document.items() if name != "@context"}}
        path = "/agreements/notice"
        letter = write_letter(LetterKind.ENDING, iri, message, parties=(party, other), path=path, number=1)
        facts: dict[str, JsonValue] = {"reason": reason.strip()}
        waiting = enclose(letter, desk.graph)
        workspace.ledger.record(EventDraft(_EVENTS[kind], iri.value, facts=facts, change=change | waiting, actor=by))
        return letter


def _signed(
    workspace: Workspace, record: AgreementRecord, *, party: NamedNode, kind: NoticeKind, reason: str
) -> Notice:
    iri, now = workspace.addresses.thing("notice", str(uuid4())), workspace.clock.now()
    draft = draft_notice(record.signed, kind, iri=iri, party=party, reason=reason, at=now)
    method = verification_method(did_web(workspace.addresses.base), workspace.key.public)
    return sign_notice(draft, workspace.key, verification_method=method)


def _ending(notice: Notice) -> Ending:
    return Ending(_STATUS[notice.kind], notice.at, notice.reason, notice.party, notice.text())


def _only(party: Participant) -> Callable[[str], PublicKey]:
    """Return how to find the key of one party, and nobody else's."""

    def key_of(method: str) -> PublicKey:
        if method.rpartition("#")[2] != party.public_key.multikey:
            raise IntegrityFailure("The notice is signed with a key that is not the party's.", where=method)
        return party.public_key

    return key_of


def _refused(workspace: Workspace, refusal: Refusal) -> None:
    """Wait on where the agreement is not in force there yet; tell the organisation of what will never be taken."""
    desk, letter = Desk(workspace), refusal.letter
    is_plain = connector_of_agreement(workspace, letter.sender, letter.about) is not None
    if isinstance(refusal.error, NotFound) and not is_plain:
        raise refusal.error
    if isinstance(refusal.error, Conflict) or is_plain:
        with workspace.ledger.turn():
            text = f"The other party's node does not take the notice: {refusal.error}"
            told = desk.tell(letter.sender, letter.about, text)
            workspace.ledger.record(EventDraft("NoticeRefused", letter.about.value, change=told))
