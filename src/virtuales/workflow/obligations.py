"""Obligations under an agreement: the consumer shows what it did, the provider judges it, and both sides keep both."""

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.conduct import RuleState, read_conduct, record_rule
from virtuales.contract.evidence_documents import (
    EVIDENCE_CONTEXT,
    EvidenceDocument,
    parse_evidence,
    sign_evidence,
    verify_evidence,
)
from virtuales.contract.letters import Letter, LetterKind, enclose, write_letter
from virtuales.contract.obligations import (
    Evidence,
    EvidenceState,
    Obligation,
    evidence_for,
    get_evidence,
    give_evidence,
    judge_evidence,
    obligations_of,
)
from virtuales.errors import AccessDenied, Conflict, InputError, IntegrityFailure, NotFound, UnknownTerm
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.keys import PublicKey, did_web, verification_method
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.letters import Refusal, deliver_waiting, try_to_deliver
from virtuales.workflow.negotiate import Desk, sender
from virtuales.workflow.workspace import Workspace


def obligations(workspace: Workspace, record: AgreementRecord) -> list[Obligation]:
    """Return the obligations of an agreement as they stand on this node, those with the nearest end first."""
    graph = Desk(workspace).agreements_graph
    conduct = read_conduct(workspace.store, graph, record.iri)
    shown = evidence_for(workspace.store, graph, record.iri)
    return obligations_of(record, conduct, shown, workspace.clock.now())


def show_evidence(workspace: Workspace, principal: Principal, key: str, *, rule: NamedNode, text: str) -> Evidence:
    """Show the provider that a duty was done.

    Args:
        workspace: The consumer's node.
        principal: Who shows it.
        key: Last part of the agreement's IRI.
        rule: IRI of the duty.
        text: What was done, and where that can be seen.

    Raises:
        AccessDenied: the principal may not request access for an organisation at home here.
        NotFound: the organisation has no such agreement, or the agreement no such duty.
        Conflict: the organisation is the provider, or the duty is fulfilled already.
        InputError: the text says nothing.
    """
    organisation, desk = workspace.hosted(principal, Scope.ACCESS_REQUEST), Desk(workspace)
    record = desk.agreement_of(organisation.iri, key)
    provider = record.signed.agreement.assigner
    if provider == organisation.iri:
        what = "The provider shows nothing to itself."
        raise Conflict(what, where=record.iri.value, remedy="Record what became of the rule instead.")
    iri = workspace.addresses.thing("evidence", str(uuid4()))
    with workspace.ledger.turn():
        _require_open(workspace, record, rule)
        method = verification_method(did_web(workspace.addresses.base), workspace.key.public)
        said = Evidence(iri, rule, text, workspace.clock.now())
        signed = sign_evidence(said, record.iri, organisation.iri, workspace.key, verification_method=method)
        evidence = signed.evidence
        document = {name: value for name, value in signed.document.items() if name != "@context"}
        message = {"agreement": record.iri.value, "evidence": document}
        letter = letter_about(workspace, record, message, by=organisation.iri, path="/agreements/evidence")
        change = give_evidence(evidence, record.iri, desk.agreements_graph) | enclose(letter, desk.graph)
        workspace.ledger.record(EventDraft("EvidenceGiven", record.iri.value, change=change, actor=principal.client_id))
    try_to_deliver(workspace, letter, refused)
    return evidence


def judge(workspace: Workspace, principal: Principal, key: str, shown: str, *, accepted: bool, reason: str) -> Evidence:
    """Accept evidence, which fulfils the duty, or decline it; the consumer is told.

    Args:
        workspace: The provider's node.
        principal: The reviewer.
        key: Last part of the agreement's IRI.
        shown: Last part of the evidence's IRI.
        accepted: Whether it is accepted.
        reason: Why.

    Raises:
        AccessDenied: the principal is no reviewer of the provider.
        NotFound: there is no such agreement or evidence.
        Conflict: it was judged already.
        InputError: no reason is given.
    """
    organisation, desk = workspace.hosted(principal, Scope.ACCESS_REVIEW), Desk(workspace)
    record = desk.agreement_of(organisation.iri, key)
    if record.signed.agreement.assigner != organisation.iri:
        raise AccessDenied(
            "Only the provider judges evidence.",
            reasons=[f"The provider is <{record.signed.agreement.assigner.value}>."],
            where=record.iri.value,
        )
    with workspace.ledger.turn():
        evidence = get_evidence(workspace.store, desk.agreements_graph, record.iri, shown)
        state = EvidenceState.ACCEPTED if accepted else EvidenceState.DECLINED
        change = _judged(workspace, record, evidence, state, reason)
        message = {"agreement": record.iri.value, "evidence": evidence.iri.value, "state": state.value,
                   "reason": reason.strip()}  # fmt: skip
        letter = letter_about(workspace, record, message, by=organisation.iri, path="/agreements/judgement")
        facts: dict[str, JsonValue] = {"rule": evidence.rule.value, "reason": reason.strip()}
        kind = "EvidenceAccepted" if accepted else "EvidenceDeclined"
        waiting = enclose(letter, desk.graph)
        by = principal.client_id
        workspace.ledger.record(EventDraft(kind, record.iri.value, facts=facts, change=change | waiting, actor=by))
    try_to_deliver(workspace, letter, refused)
    return get_evidence(workspace.store, desk.agreements_graph, record.iri, shown)


def take_evidence(workspace: Workspace, principal: Principal, message: Mapping[str, object]) -> None:
    """Take the consumer's evidence; what was taken before changes nothing.

    Raises:
        AccessDenied: the message is not from the agreement's consumer.
        NotFound: there is no such agreement, or it has no such duty.
        IntegrityFailure: the signature is not the consumer's, or does not match.
        InputError: a part of the message is missing, or the evidence is about another agreement.
    """
    desk, record = Desk(workspace), _record(workspace, message)
    consumer = sender(workspace, principal, record.signed.request.assignee)
    shown = _signed_evidence(message, record, consumer)
    evidence, rule = shown.evidence, shown.evidence.rule
    with workspace.ledger.turn():
        if evidence.iri in {one.iri for one in evidence_for(workspace.store, desk.agreements_graph, record.iri)}:
            return
        _require_duty(workspace, record, rule)
        text = f"{consumer.legal_name} shows what it did under the agreement: {evidence.text.strip()}"
        told = desk.tell(record.signed.agreement.assigner, record.iri, text)
        change = give_evidence(evidence, record.iri, desk.agreements_graph) | told
        actor = consumer.iri.value
        workspace.ledger.record(EventDraft("EvidenceReceived", record.iri.value, change=change, actor=actor))


def _signed_evidence(message: Mapping[str, object], record: AgreementRecord, consumer: Participant) -> EvidenceDocument:
    """Return the evidence in a message, verified."""
    document = message.get("evidence")
    if not isinstance(document, Mapping):
        raise InputError("The message brings no evidence.", where="evidence", remedy="Send the signed document.")
    shown = parse_evidence({**document, "@context": dict(EVIDENCE_CONTEXT)})
    if (shown.agreement, shown.party) != (record.iri, consumer.iri):
        what = "The evidence is about another agreement, or by somebody else."
        raise InputError(what, where=shown.evidence.iri.value, remedy="Send it with its own agreement.")
    verify_evidence(shown, partial(_only_key, consumer))
    return shown


def _only_key(consumer: Participant, method: str) -> PublicKey:
    """Return the consumer's key, and nobody else's."""
    if method.rpartition("#")[2] != consumer.public_key.multikey:
        raise IntegrityFailure("The evidence is signed with a key that is not the consumer's.", where=method)
    return consumer.public_key


def take_judgement(workspace: Workspace, principal: Principal, message: Mapping[str, object]) -> None:
    """Take the provider's judgement of evidence; what was taken before changes nothing.

    Raises:
        AccessDenied: the message is not from the agreement's provider.
        NotFound: there is no such agreement or evidence.
        InputError: a part of the message is missing.
    """
    desk, record = Desk(workspace), _record(workspace, message)
    provider = sender(workspace, principal, record.signed.agreement.assigner)
    key = parse_iri(text_of(message, "evidence"), where="evidence").value.rpartition("/")[2]
    said = text_of(message, "state")
    if said not in {EvidenceState.ACCEPTED, EvidenceState.DECLINED}:
        raise UnknownTerm(f"`{said}` is no judgement.", where="state", remedy="Use `accepted` or `declined`.")
    state, reason = EvidenceState(said), text_of(message, "reason")
    with workspace.ledger.turn():
        evidence = get_evidence(workspace.store, desk.agreements_graph, record.iri, key)
        if evidence.state is state:
            return
        text = f"{provider.legal_name} {state} what you showed for the agreement: {reason}"
        told = desk.tell(record.signed.request.assignee, record.iri, text)
        change = _judged(workspace, record, evidence, state, reason) | told
        actor = provider.iri.value
        workspace.ledger.record(EventDraft(f"Evidence{state.title()}", record.iri.value, change=change, actor=actor))


def carry_on(workspace: Workspace) -> bool:
    """Deliver again what other sides did not take.

    Returns:
        Whether there was something, so that it is to be looked at again.

    Raises:
        VirtualesError: another side did not answer; the others are tried first.
    """
    return deliver_waiting(workspace, LetterKind.OBLIGATION, refused)


def _judged(
    workspace: Workspace, record: AgreementRecord, evidence: Evidence, state: EvidenceState, reason: str
) -> ChangeSet:
    """Return the change that a judgement makes: accepted evidence fulfils its duty."""
    graph = Desk(workspace).agreements_graph
    change = judge_evidence(evidence, state, reason, graph)
    known = read_conduct(workspace.store, graph, record.iri)
    if state is EvidenceState.ACCEPTED and evidence.rule not in known.fulfilled:
        agreement = record.signed.agreement
        change |= record_rule(agreement, evidence.rule, RuleState.FULFILLED, known=known, graph=graph)
    return change


def _require_open(workspace: Workspace, record: AgreementRecord, rule: NamedNode) -> None:
    _require_duty(workspace, record, rule)
    if rule in read_conduct(workspace.store, Desk(workspace).agreements_graph, record.iri).fulfilled:
        raise Conflict("The duty is fulfilled already.", where=rule.value, remedy="Nothing needs to be done.")


def _require_duty(workspace: Workspace, record: AgreementRecord, rule: NamedNode) -> None:
    known = [one.duty.iri for one in obligations(workspace, record)]
    if rule not in known:
        names = ", ".join(one.value for one in known) or "none"
        raise NotFound("The agreement has no such duty.", where=rule.value, remedy=f"It has: {names}.")


def letter_about(
    workspace: Workspace, record: AgreementRecord, message: Mapping[str, object], *, by: NamedNode, path: str
) -> Letter:
    """Write to the other party of an agreement; letters are taken in the order in which they are written.

    Args:
        workspace: The node, whose turn to record it is.
        record: The agreement.
        message: What is written.
        by: The party that writes.
        path: Where the other node takes it.
    """
    agreement, assignee = record.signed.agreement, record.signed.request.assignee
    parties = (by, assignee if by == agreement.assigner else agreement.assigner)
    number = workspace.ledger.journal.head.sequence
    return write_letter(LetterKind.OBLIGATION, record.iri, message, parties=parties, path=path, number=number)


def _record(workspace: Workspace, message: Mapping[str, object]) -> AgreementRecord:
    return Desk(workspace).agreements.get(parse_iri(text_of(message, "agreement"), where="agreement"))


def text_of(message: Mapping[str, object], name: str) -> str:
    """Return the text under a key of a message.

    Raises:
        InputError: there is none.
    """
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"The message has no `{name}`.", where=name, remedy=f"Add `{name}` as text.")
    return value


def refused(workspace: Workspace, refusal: Refusal) -> None:
    """Wait on where the other side does not hold the agreement yet; tell the organisation of what is never taken."""
    if isinstance(refusal.error, NotFound):
        raise refusal.error
    letter, desk = refusal.letter, Desk(workspace)
    with workspace.ledger.turn():
        told = desk.tell(letter.sender, letter.about, f"The other party's node does not take this: {refusal.error}")
        workspace.ledger.record(EventDraft("EvidenceRefused", letter.about.value, change=told))
