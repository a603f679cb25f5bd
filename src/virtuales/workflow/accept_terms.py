"""The orchestrator publishes versions of the terms; organisations accept them, and are reminded until they have.

A version and an acceptance are one event each at the orchestrator, so that none is lost or half there. A person accepts
at the orchestrator's portal, or at their own node's, which hands it on in the organisation's name.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from virtuales.errors import AccessDenied, Conflict, InputError
from virtuales.exchange.mail import Letter, Outbox
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, parse_iri, plain
from virtuales.trust import published_terms
from virtuales.trust.participants import Participant
from virtuales.trust.published_terms import TermsAcceptance, TermsDue, TermsVersion
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.trust.verification import Status
from virtuales.workflow.register import refuse_elsewhere, refuse_others
from virtuales.workflow.workspace import Workspace

REMINDED: Final = timedelta(days=14)
"""How long before a version has to be accepted organisations are reminded."""


def publish(
    workspace: Workspace, principal: Principal, *, version: str, text: str, required_from: datetime
) -> TermsVersion:
    """Publish a version of the terms, which is in force at once; the orchestrator accepts it with that.

    Args:
        workspace: The orchestrator's parts.
        principal: Who publishes.
        version: Its number.
        text: The terms: a heading and numbered clauses, in Markdown.
        required_from: The instant from which whoever has not accepted it makes no new commitments.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        Conflict: there is a version of that number.
        InputError: number, text or instant cannot be used.
    """
    refuse_others(workspace, principal)
    required = _in_utc(required_from)
    with workspace.ledger.turn():
        now = workspace.clock.now()
        terms = TermsVersion(version, text, published_at=now, required_from=required)
        graphs = workspace.registry_graphs
        iri = terms_iri(workspace, version)
        change = published_terms.publish_terms(terms, workspace.terms.all(), iri=iri, registry=graphs.registry)
        own = workspace.participants.get(NamedNode(principal.organisation))
        change |= published_terms.accept_terms(own, TermsAcceptance(version, now, principal.client_id), graphs)
        facts = {"version": version, "requiredFrom": required.isoformat()}
        workspace.ledger.record(
            EventDraft("TermsPublished", iri.value, facts=facts, change=change, actor=principal.client_id)
        )
    return terms


def _in_utc(moment: datetime) -> datetime:
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InputError(
        "The moment has no time zone, or no clock reaches it.",
        where="required_from",
        remedy="Write it in UTC, ending in Z.",
    )


def terms_iri(workspace: Workspace, version: str) -> NamedNode:
    """Return the IRI of a version, which is the address of the page that shows it.

    Raises:
        InputError: no IRI could hold the version.
    """
    return parse_iri(f"{workspace.orchestrator}/about/terms/{version}", where="version")


def accept(workspace: Workspace, principal: Principal, version: str, *, by: str | None = None) -> Participant:
    """Keep that an organisation accepts the version in force; to accept it again changes nothing.

    Args:
        workspace: The orchestrator's parts.
        principal: An administrator of the organisation, or its node.
        version: The version that was read.
        by: IRI of the person who accepts, where their node hands it on.

    Raises:
        AccessDenied: the principal may not accept for the organisation, or the person is not of its node.
        Conflict: another version is in force.
    """
    refuse_elsewhere(workspace)
    is_node = Scope.NODE_EXCHANGE in principal.scopes
    participant = workspace.approved(principal, Scope.NODE_EXCHANGE if is_node else Scope.ORGANISATION_MANAGE)
    if is_node and not (by and by.startswith(participant.node_url + "/")):
        raise AccessDenied(
            "The node does not say which of its people accepts.", reasons=["Nodes accept nothing by themselves."]
        )
    with workspace.ledger.turn():
        in_force, now = workspace.terms.in_force.version, workspace.clock.now()
        if version != in_force:
            raise Conflict(
                f"Version {version} is not the one in force.", where="version", remedy=f"Read version {in_force}."
            )
        participant = workspace.participants.get(participant.iri)
        if participant.accepted_terms != version:
            acceptance = TermsAcceptance(version, now, by if is_node else principal.client_id)
            change = published_terms.accept_terms(participant, acceptance, workspace.registry_graphs)
            workspace.ledger.record(
                EventDraft(
                    "TermsAccepted",
                    participant.iri.value,
                    facts={"version": version},
                    change=change,
                    actor=acceptance.accepted_by,
                )
            )
    return workspace.participants.get(participant.iri)


def accept_here(workspace: Workspace, principal: Principal, version: str) -> None:
    """Accept the version in force at the node where the principal is; it tells the orchestrator.

    Raises:
        AccessDenied: the principal does not administer an organisation at home here.
        Conflict: another version is in force.
        PeerFailure: the orchestrator does not answer, so that nothing is accepted yet.
    """
    if workspace.is_orchestrator:
        accept(workspace, principal, version)
        return
    participant = workspace.hosted(principal, Scope.ORGANISATION_MANAGE)
    path = f"/api/v1/organisations/{participant.iri.value.rpartition('/')[2]}/terms"
    by = principal.client_id
    person = by if by.startswith(workspace.addresses.base) else f"{workspace.addresses.base}/client/{by}"
    workspace.peers.post(
        workspace.orchestrator, path, {"version": version, "by": person}, organisation=participant.iri.value
    )


class TermsReminders:
    """Reminds organisations of terms that they have still to accept, when it is time, or something has changed.

    Args:
        workspace: The orchestrator's parts.
        outbox: Where letters are put.
    """

    def __init__(self, workspace: Workspace, outbox: Outbox) -> None:
        self._workspace = workspace
        self._outbox = outbox
        self._next: datetime | None = None
        self._state = -1

    def remind_of_terms(self) -> None:
        """Write the letters that are due, if any can have become due since it was looked last."""
        workspace = self._workspace
        if not workspace.is_orchestrator:
            return
        changed = workspace.store.changed([workspace.registry_graphs.registry])
        state = workspace.ledger.journal.head.sequence if changed is None else changed
        due = self._next is not None and self._next <= workspace.clock.now()
        if due or state != self._state:
            self._next = remind(workspace, self._outbox)
            self._state = state


def remind(workspace: Workspace, outbox: Outbox) -> datetime | None:
    """Write to every approved organisation what it has to accept, and return when there is something to write next.

    A letter is written first and noted then: after a kill between the two it may come twice, but never not at all.
    """
    now, versions, ahead = workspace.clock.now(), workspace.terms.all(), list[datetime]()
    if versions[-1].published_at is None:
        return None
    published = {one.version: one.published_at for one in versions}
    for participant in workspace.participants.all(Status.APPROVED):
        due = published_terms.due_of(versions, participant)
        since = published[due.version] if due else None
        if due is None or due.required_from is None or since is None:
            continue
        stages = _stages(due, since, due.required_from)
        passed = [key for at, key in stages if at <= now]
        ahead += [at for at, _ in stages if at > now]
        if passed and passed[-1] not in _noted(workspace, participant):
            _write(workspace, outbox, participant, due)
            _note(workspace, participant, passed)
    return min(ahead, default=None)


def _stages(due: TermsDue, published: datetime, required: datetime) -> list[tuple[datetime, str]]:
    soon = max(published, required - REMINDED)
    moments = ((published, "published"), (soon, "soon"), (required, "overdue"))
    return [(at, f"terms {due.version} {name}") for at, name in moments]


def _write(workspace: Workspace, outbox: Outbox, participant: Participant, due: TermsDue) -> None:
    if not participant.contact_email or due.required_from is None:
        return
    overdue = due.is_overdue(workspace.clock.now())
    when = f"{due.required_from:%Y-%m-%d %H:%M} UTC"
    demand = (
        f"Since {when}, {participant.legal_name} makes no new commitments: it neither publishes nor gets or grants "
        "access anew. What was agreed before goes on."
        if overdue
        else f"Please have somebody who administers {participant.legal_name} accept it before {when}. Afterwards the "
        "organisation makes no new commitments until it is accepted; what was agreed before goes on."
    )
    text = (
        f"Dear {participant.contact_name},\n\nversion {due.version} of the terms and conditions of the Virtual Energy "
        f"System is in force; {participant.legal_name} has accepted version {due.accepted}.\n{demand}\n\n"
        f"Read and accept it here: {participant.node_url}/about/terms\n"
        f"or with: virtuales terms accept {due.version}\n"
    )
    subject = f"Terms and conditions, version {due.version}" + (": not accepted in time" if overdue else "")
    outbox.put(Letter(participant.contact_email, subject, text))


def _note(workspace: Workspace, participant: Participant, passed: list[str]) -> None:
    statements = Statements(workspace.registry_graphs.private).say_all(participant.iri, VES.noted, passed)
    change = ChangeSet(add=statements.quads)
    workspace.ledger.record(
        EventDraft("TermsReminded", participant.iri.value, facts={"reminder": passed[-1]}, change=change)
    )


def _noted(workspace: Workspace, participant: Participant) -> set[str]:
    query = f"SELECT ?key WHERE {{ {participant.iri} {VES.noted} ?key }}"
    return {plain(row["key"]) for row in workspace.store.select(query, graphs=[workspace.registry_graphs.private])}
