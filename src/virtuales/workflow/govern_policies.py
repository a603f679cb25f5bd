"""Registering what policies use beside their own words: profiles, policies to inherit from, events.

A steward registers them for a node, the orchestrator's staff for all nodes that follow it. What is registered stays as
it is, since agreements rest on it; when an event takes place can be said anew.
"""

from datetime import datetime
from uuid import uuid4

from virtuales.errors import NotFound
from virtuales.journal.event import EventDraft
from virtuales.policy.odrl import Constraint, Policy
from virtuales.policy.odrl_rdf import get_policy
from virtuales.policy.register import (
    AnnouncedEvent,
    Registered,
    keep_event,
    keep_registration,
    new_registration,
)
from virtuales.policy.registered_facts import RegisteredFact, facts_on_record, keep_fact, read_fact
from virtuales.policy.world import Period
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.workspace import Workspace


def register(workspace: Workspace, principal: Principal, content: bytes, media_type: str) -> Registered:
    """Register a profile, or a policy that offers can inherit from.

    Args:
        workspace: The node.
        principal: Who registers it.
        content: The file, in RDF.
        media_type: Its syntax.

    Raises:
        AccessDenied: the principal is neither a steward nor an operator of an organisation at home here.
        UnreadableInput, TooLarge, UnknownTerm, InputError, Conflict: see `new_registration`.
    """
    organisation = _registrar(workspace, principal)
    with workspace.ledger.turn():
        one = new_registration(
            content,
            media_type,
            iri=workspace.addresses.thing("policy-registration", str(uuid4())),
            known=workspace.policy_register,
            at=workspace.clock.now(),
            by=organisation.iri.value,
        )
        change = keep_registration(one, workspace.addresses.graph("policies"))
        draft = EventDraft(
            f"Policy{one.kind.title()}Registered".replace("PolicyPolicy", "Policy"),
            one.iri.value,
            facts={"name": one.name.value},
            change=change,
            actor=principal.client_id,
        )
        workspace.ledger.record(draft)
    return one


def announce(
    workspace: Workspace,
    principal: Principal,
    name: NamedNode,
    *,
    title: str,
    start: datetime,
    end: datetime | None,
) -> AnnouncedEvent:
    """Announce when an event takes place, or that it takes place at another time than was said before.

    Args:
        workspace: The node.
        principal: Who announces it.
        name: The event's IRI, which policies name.
        title: What it is, for people.
        start: When it starts.
        end: When it ends; None for a moment, or while nobody knows.

    Raises:
        AccessDenied: the principal is neither a steward nor an operator of an organisation at home here.
        InputError: it has no title, no time zone, or ends before it starts.
    """
    organisation = _registrar(workspace, principal)
    graph = workspace.addresses.graph("policies")
    with workspace.ledger.turn():
        own = [one for one in workspace.policy_register.announced() if workspace.addresses.owns(one.iri.value)]
        before = next((one for one in own if one.name == name), None)
        iri = before.iri if before else workspace.addresses.thing("event", str(uuid4()))
        said_at, by = workspace.clock.now(), organisation.iri.value
        event = AnnouncedEvent(iri, name, title.strip(), Period(start, end), said_at, by)
        change = keep_event(event, before, graph)
        draft = EventDraft("EventAnnounced", iri.value, change=change, actor=principal.client_id)
        workspace.ledger.record(draft)
    return event


def record_fact(
    workspace: Workspace, principal: Principal, about: NamedNode, said: object, *, until: datetime | None = None
) -> RegisteredFact:
    """Put on record a value for a left operand, of an organisation or of this node's data; decisions reckon with it.

    Args:
        workspace: The provider's node.
        principal: Who records it.
        about: The organisation, dataset or version that it is about.
        said: A constraint with `eq`, in compact JSON.
        until: When it ends; None sets no end.

    Raises:
        AccessDenied: the principal is neither a steward nor an operator of an organisation at home here.
        NotFound: it is about neither a registered organisation nor this node's data.
        UnknownTerm: the left operand is not known, or the node knows its value itself.
        InputError: it is of the wrong shape, or ends in the past.
    """
    organisation = _registrar(workspace, principal)
    if workspace.find_participant(about.value) is None and not workspace.addresses.owns(about.value):
        remedy = "Name a registered organisation, or data of this node."
        raise NotFound("There is nothing of that name to record a fact about.", where=about.value, remedy=remedy)
    graph = workspace.addresses.graph("policy-facts")
    iri, by = workspace.addresses.thing("policy-fact", str(uuid4())), organisation.iri.value
    with workspace.ledger.turn():
        blank = RegisteredFact(Constraint(iri, ODRL.eq, ODRL.eq, ()), about, workspace.clock.now(), by, until)
        fact = read_fact(said, workspace.vocabulary, blank)
        change = keep_fact(fact, facts_on_record(workspace.store, graph), graph)
        facts = {"about": about.value, "leftOperand": fact.said.left.value}
        draft = EventDraft("PolicyFactRecorded", iri.value, facts=facts, change=change, actor=principal.client_id)
        workspace.ledger.record(draft)
    return fact


def recorded_facts(workspace: Workspace, principal: Principal) -> tuple[RegisteredFact, ...]:
    """Return what is on record, the oldest first.

    Raises:
        AccessDenied: the principal is neither a steward nor an operator of an organisation at home here.
    """
    _registrar(workspace, principal)
    return facts_on_record(workspace.store, workspace.addresses.graph("policy-facts"))


def held_policy(workspace: Workspace, name: NamedNode) -> Policy:
    """Return a policy that this node holds: a registered one, or the offer of one of its versions.

    Raises:
        NotFound: it holds none of that name.
    """
    registered = workspace.policy_register.find_policy(name)
    if registered is not None:
        return registered
    query = f"SELECT ?g WHERE {{ GRAPH ?g {{ {name} a {ODRL.Offer} }} }}"
    rows = workspace.store.select(query, graphs=workspace.own_graphs)
    if not rows:
        raise NotFound(
            "The policy that is inherited from is not held here.",
            where=name.value,
            remedy="Register it with `virtuales policy register`, or name the offer of one of this node's versions.",
        )
    return get_policy(workspace.store, NamedNode(plain(rows[0]["g"])), name, workspace.vocabulary)


def _registrar(workspace: Workspace, principal: Principal) -> Participant:
    may_govern = Scope.SCHEMAS_GOVERN.value in principal.scopes
    return workspace.hosted(principal, Scope.SCHEMAS_GOVERN if may_govern else Scope.DATA_PUBLISH)
