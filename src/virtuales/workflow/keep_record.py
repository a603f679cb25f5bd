"""What was done under an agreement: counted from the audit trail, and recorded by the provider about its rules.

Decisions that depend on it are made while nobody else changes state, so that two uses at once are two.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.conduct import Conduct, RuleState, read_conduct, record_rule
from virtuales.contract.letters import enclose
from virtuales.errors import AccessDenied, InputError
from virtuales.governance.audit import AuditTrail
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.policy.opening import needs_counting
from virtuales.policy.world import World
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, parse_iri
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.letters import try_to_deliver
from virtuales.workflow.negotiate import Desk, sender
from virtuales.workflow.obligations import letter_about, refused, text_of
from virtuales.workflow.workspace import Workspace


def world_of(workspace: Workspace, record: AgreementRecord, *, begun: World | None = None) -> World:
    """Return the state of the world that uses under an agreement are judged in.

    Uses are counted only for an agreement that depends on their number, as hardly any does.

    Args:
        workspace: The provider's node.
        record: The agreement.
        begun: The world when a use began that goes on; its uses are taken from there.
    """
    agreement = record.signed.agreement
    conduct = conduct_of(workspace, agreement.iri)
    world = World(agreed=record.signed.validity.start, fulfilled=conduct.fulfilled, violated=conduct.violated)
    if not needs_counting(agreement):
        return world
    if begun is not None:
        return replace(world, uses=begun.uses, first_use=begun.first_use)
    workspace.ledger.catch_up()
    uses = AuditTrail(workspace.store, [workspace.addresses.graph("audit")]).uses_under(agreement.iri)
    return replace(world, uses=uses.number, first_use=uses.first)


def conduct_of(workspace: Workspace, agreement: NamedNode) -> Conduct:
    """Return what is on record about the rules of an agreement."""
    graph = Desk(workspace).agreements_graph
    return workspace.kept(("conduct", agreement), [graph], lambda: read_conduct(workspace.store, graph, agreement))


@contextmanager
def undisturbed(workspace: Workspace, records: Sequence[AgreementRecord]) -> Iterator[None]:
    """Let nobody else change state while a use is decided and recorded, where the decision depends on earlier uses."""
    if any(needs_counting(record.signed.agreement) for record in records):
        with workspace.ledger.turn():
            yield
    else:
        yield


def record(
    workspace: Workspace, principal: Principal, iri: NamedNode, *, rule: NamedNode, state: RuleState, reason: str
) -> Conduct:
    """Put on record what became of a duty or prohibition of an agreement; decisions reckon with it at once.

    Raises:
        AccessDenied: the principal is no reviewer of the provider.
        NotFound: there is no such agreement on this node, or it has no such rule.
        Conflict: it is on record already, or there is nothing to withdraw.
        InputError: no reason is given.
    """
    organisation = workspace.hosted(principal, Scope.ACCESS_REVIEW)
    desk = Desk(workspace)
    with workspace.ledger.turn():
        agreement = desk.agreements.get(iri).signed.agreement
        if agreement.assigner != organisation.iri:
            raise AccessDenied(
                "Only the provider records what became of an agreement's rules.",
                reasons=[f"The provider is <{agreement.assigner.value}>."],
                where=iri.value,
            )
        if not reason.strip():
            raise InputError("The record has no reason.", where="reason", remedy="Say in a sentence what happened.")
        known = conduct_of(workspace, iri)
        change = record_rule(agreement, rule, state, known=known, graph=desk.agreements_graph)
        message = {"agreement": iri.value, "rule": rule.value, "state": state.value, "reason": reason.strip(),
                   "record": uuid4().urn}  # fmt: skip
        held = desk.agreements.get(iri)
        letter = letter_about(workspace, held, message, by=organisation.iri, path="/agreements/rule")
        workspace.ledger.record(
            EventDraft(
                f"Rule{state.title()}",
                iri.value,
                facts={"rule": rule.value, "reason": reason.strip()},
                change=change | enclose(letter, desk.graph),
                actor=principal.client_id,
            )
        )
    try_to_deliver(workspace, letter, refused)
    return conduct_of(workspace, iri)


def take_record(workspace: Workspace, principal: Principal, message: Mapping[str, object]) -> None:
    """Take what the provider has put on record about a rule; what was taken before changes nothing.

    Raises:
        AccessDenied: the message is not from the agreement's provider.
        NotFound: there is no such agreement here, or it has no such rule.
        InputError: a part of the message is missing.
    """
    desk, said = Desk(workspace), {name: text_of(message, name) for name in ("rule", "state", "reason", "record")}
    held = desk.agreements.get(parse_iri(text_of(message, "agreement"), where="agreement"))
    agreement = held.signed.agreement
    provider = sender(workspace, principal, agreement.assigner)
    if said["state"] not in list(RuleState):
        raise InputError(f"`{said['state']}` is no state of a rule.", where="state", remedy=", ".join(RuleState) + ".")
    rule, state = parse_iri(said["rule"], where="rule"), RuleState(said["state"])
    with workspace.ledger.turn():
        noted = Statements(desk.agreements_graph).say(agreement.iri, VES.noted, said["record"]).quads
        query = f"ASK {{ {agreement.iri} {VES.noted} {noted[0].object} }}"
        if workspace.store.ask(query, graphs=[desk.agreements_graph]):
            return
        known = conduct_of(workspace, agreement.iri)
        change = record_rule(agreement, rule, state, known=known, graph=desk.agreements_graph)
        text = f"{provider.legal_name} has on record that a rule is {state}: {said['reason']}"
        told = desk.tell(held.signed.request.assignee, agreement.iri, text)
        facts: dict[str, JsonValue] = {"rule": rule.value, "reason": said["reason"]}
        change |= ChangeSet(add=noted) | told
        actor = provider.iri.value
        kind = f"Rule{state.title()}"
        workspace.ledger.record(EventDraft(kind, agreement.iri.value, facts=facts, change=change, actor=actor))
