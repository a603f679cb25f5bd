"""Before the first step: an organisation registers, the orchestrator's staff checks and decides, tokens are issued.

All of it happens on the orchestrator's node. An organisation's key is read from the did:web document that its node
serves, so that registering proves the control of the node's address.
"""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx

from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError, NotFound, PeerFailure, Unauthenticated
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust import participant_changes
from virtuales.trust.clients import Clients, add_client
from virtuales.trust.credentials import NewClient, digest_secret, new_client
from virtuales.trust.keys import did_web
from virtuales.trust.participant_changes import Ruling
from virtuales.trust.participants import Participant
from virtuales.trust.registration import Registration, parse_node_url, parse_registration
from virtuales.trust.scopes import Role, Scope
from virtuales.trust.terms_and_conditions import CURRENT_VERSION
from virtuales.trust.tokens import Principal
from virtuales.trust.verification import DOMAIN_CHECK, CheckRecord, Move, missing_checks
from virtuales.workflow.prove_domain import look_up_domain
from virtuales.workflow.workspace import Workspace

_FIRST_ROLES = frozenset({Role.STEWARD, Role.REVIEWER, Role.ANALYST, Role.ADMINISTRATOR})
OPERATOR_CLIENT = "operator"
_REGISTRATION = "registration"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Registered:
    """An organisation that has just registered, with its first client; the secret is shown this once."""

    organisation: NamedNode
    client: NewClient


def register(workspace: Workspace, fields: Mapping[str, object], *, http: httpx.Client) -> Registered:
    """Record an organisation's registration and give it a client, which gets no token before approval.

    Args:
        workspace: The orchestrator's parts.
        fields: What the organisation says about itself, without its key.
        http: Fetches the did:web document of its node.

    Raises:
        InputError: a field is missing, unknown or wrong.
        Conflict: the organisation or its node is registered already.
        PeerFailure: its node does not serve its did:web document.
    """
    refuse_elsewhere(workspace)
    node_url = parse_node_url(str(fields.get("node_url", "")))
    if node_url.startswith("http:") and not workspace.addresses.base.startswith("http:"):
        raise InputError(
            "An orchestrator on the network takes no node without TLS.", where="node_url", remedy="Use https."
        )
    key = _published_key(http, node_url)
    in_force = workspace.terms.in_force.version
    registration = parse_registration({**fields, "node_url": node_url, "public_key": key}, terms_in_force=in_force)
    with workspace.ledger.turn():
        workspace.participants.refuse_known(registration)
        iri = workspace.addresses.organisation(_slug(workspace, registration.legal_name))
        client = new_client()
        _record_registration(workspace, registration, iri, client)
    _look_up_domain(workspace, iri, by=_REGISTRATION)
    return Registered(iri, client)


def record_check(
    workspace: Workspace, principal: Principal, organisation: NamedNode, *, name: str, passed: bool, note: str
) -> Participant:
    """Record the outcome of one verification check.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation.
        UnknownTerm: there is no such check.
        InputError: the note does not say what was seen.
        Conflict: the organisation is not pending.
    """
    refuse_others(workspace, principal)
    if not note.strip():
        raise InputError("The check names no evidence.", where="note", remedy="Say what you saw, and where.")
    record = CheckRecord(name, passed, note.strip(), principal.client_id, workspace.clock.now())
    with workspace.ledger.turn():
        participant = workspace.participants.get(organisation)
        change = participant_changes.record_check(participant, record, workspace.registry_graphs)
        _record(workspace, "VerificationRecorded", organisation, change, principal, {"check": name, "passed": passed})
        return workspace.participants.get(organisation)


def check_domain(workspace: Workspace, principal: Principal, organisation: NamedNode) -> Participant:
    """Look up again whether an organisation controls its web domain, and record the outcome of that check.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation.
        Conflict: the organisation is not pending.
    """
    refuse_others(workspace, principal)
    return _look_up_domain(workspace, organisation, by=principal.client_id)


def _look_up_domain(workspace: Workspace, organisation: NamedNode, *, by: str) -> Participant:
    proof = look_up_domain(workspace, workspace.participants.get(organisation))
    record = CheckRecord(DOMAIN_CHECK, proof.holds, proof.evidence, by, workspace.clock.now())
    with workspace.ledger.turn():
        change = participant_changes.record_check(
            workspace.participants.get(organisation), record, workspace.registry_graphs
        )
        facts: dict[str, str | bool] = {"check": DOMAIN_CHECK, "passed": proof.holds}
        workspace.ledger.record(
            EventDraft("VerificationRecorded", organisation.value, facts=dict(facts), change=change, actor=by)
        )
        return workspace.participants.get(organisation)


def decide(
    workspace: Workspace, principal: Principal, organisation: NamedNode, *, move: Move, reason: str
) -> Participant:
    """Approve, refuse, suspend or reinstate an organisation.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation.
        Conflict: its status does not allow the move, or approval lacks a check.
        InputError: no reason is given.
    """
    refuse_others(workspace, principal)
    ruling = Ruling(principal.client_id, workspace.clock.now(), reason)
    with workspace.ledger.turn():
        participant = workspace.participants.get(organisation)
        if participant.node_url == workspace.orchestrator:
            raise Conflict("The orchestrator does not decide about itself.", where=organisation.value)
        change = participant_changes.decide(participant, move, ruling, workspace.registry_graphs)
        _record(workspace, _DECIDED[move], organisation, change, principal, {"reason": reason})
        return workspace.participants.get(organisation)


_DECIDED = {
    Move.APPROVE: "OrganisationApproved",
    Move.REFUSE: "OrganisationRefused",
    Move.SUSPEND: "OrganisationSuspended",
    Move.REINSTATE: "OrganisationReinstated",
}


def staff_view(workspace: Workspace, principal: Principal) -> list[Participant]:
    """Return every registered organisation with its checks, for the orchestrator's staff.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
    """
    refuse_others(workspace, principal)
    return workspace.participants.all()


def staff_view_of(workspace: Workspace, principal: Principal, organisation: NamedNode) -> Participant:
    """Return a registered organisation with its checks, for the orchestrator's staff.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such organisation.
    """
    refuse_others(workspace, principal)
    return workspace.participants.get(organisation)


def establish(workspace: Workspace, *, operator_secret: str) -> None:
    """Make the orchestrator its own first participant, with an operator; go on where a killed process stopped."""
    own, graphs = workspace.addresses.organisation("orchestrator"), workspace.registry_graphs
    with workspace.ledger.turn():
        now = workspace.clock.now()
        if workspace.participants.find(own) is None:
            client = NewClient(OPERATOR_CLIENT, operator_secret, digest_secret(operator_secret))
            change = participant_changes.register(_own_registration(workspace), iri=own, at=now, graphs=graphs)
            operator = frozenset({Role.OPERATOR})
            change |= add_client(
                client, organisation=own, label="Operator", roles=operator, at=now, private=graphs.private
            )
            workspace.ledger.record(EventDraft("OrchestratorEstablished", own.value, change=change))
        is_new = not workspace.participants.get(own).is_approved
        for name in missing_checks(workspace.participants.get(own).checks) if is_new else ():
            record = CheckRecord(name, passed=True, note="itself", checked_by=OPERATOR_CLIENT, checked_at=now)
            change = participant_changes.record_check(workspace.participants.get(own), record, graphs)
            workspace.ledger.record(EventDraft("VerificationRecorded", own.value, change=change))
        participant = workspace.participants.get(own)
        if not participant.is_approved:
            ruling = Ruling(OPERATOR_CLIENT, now, "The orchestrator is its own first participant.")
            change = participant_changes.decide(participant, Move.APPROVE, ruling, graphs)
            workspace.ledger.record(EventDraft("OrganisationApproved", own.value, change=change))


def _own_registration(workspace: Workspace) -> Registration:
    return parse_registration(
        {
            "legal_name": "Orchestrator",
            "registration_number": "00000000",
            "contact_name": "Operator",
            "contact_email": "operator@orchestrator.example",
            "node_url": workspace.addresses.base,
            "roles": ["orchestrator"],
            "accepted_terms": CURRENT_VERSION,
            "public_key": workspace.key.public.multikey,
        }
    )


def authenticate(workspace: Workspace, client_id: str, secret: str) -> tuple[Participant, frozenset[Role]]:
    """Return the approved organisation and the roles of a client that shows its secret.

    Raises:
        Unauthenticated: the client is unknown, the secret wrong, or the organisation not approved.
    """
    client = Clients(workspace.store, workspace.registry_graphs.private).authenticate(client_id, secret)
    return require_approved(workspace, client.organisation), client.roles


def require_approved(workspace: Workspace, organisation: NamedNode) -> Participant:
    """Return an approved organisation, to which tokens may be issued.

    Raises:
        Unauthenticated: it is not approved, or not known.
    """
    participant = workspace.participants.find(organisation)
    if participant is None or not participant.is_approved:
        status = participant.status.value if participant else "unknown"
        raise Unauthenticated(
            f"The organisation is not approved; its status is {status}.",
            where=organisation.value,
            remedy="Wait for the orchestrator's decision.",
        )
    return participant


def find_hosted(workspace: Workspace) -> Participant | None:
    """Return the approved organisation that this node hosts, or None."""
    participant = workspace.participants.by_node(workspace.addresses.base)
    return participant if participant and participant.is_approved else None


def get_hosted(workspace: Workspace) -> Participant:
    """Return the approved organisation that this node hosts.

    Raises:
        NotFound: none is approved yet.
    """
    participant = find_hosted(workspace)
    if participant is None:
        raise NotFound(
            "This node hosts no approved organisation.", where=workspace.addresses.base, remedy="Register one first."
        )
    return participant


def refuse_others(workspace: Workspace, principal: Principal) -> None:
    """Refuse whoever is not of the orchestrator's staff.

    Raises:
        NotFound: this node is not the orchestrator.
        AccessDenied: the principal may not decide about organisations.
    """
    refuse_elsewhere(workspace)
    workspace.hosted(principal, Scope.PARTICIPANTS_DECIDE)


def refuse_elsewhere(workspace: Workspace) -> None:
    """Refuse what the orchestrator alone does.

    Raises:
        NotFound: this node is not the orchestrator.
    """
    if not workspace.is_orchestrator:
        raise NotFound(
            "Organisations are registered at the orchestrator.",
            where=workspace.addresses.base,
            remedy=f"Ask {workspace.orchestrator}.",
        )


def _published_key(http: httpx.Client, node_url: str) -> str:
    """Return the key in a node's did:web document; only who controls the address can put it there."""
    url = f"{node_url}/.well-known/did.json"
    try:
        response = http.get(url)
        response.raise_for_status()
        document = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise PeerFailure(
            f"Your node does not serve its did:web document: {error}.",
            where=url,
            remedy="Start your node under the address that you register, then register again.",
        ) from error
    if not isinstance(document, dict) or document.get("id") != did_web(node_url):
        raise PeerFailure(
            "The did:web document is another's.", where=url, remedy=f"Its id has to be `{did_web(node_url)}`."
        )
    return _first_key(cast("dict[str, object]", document), url)


def _first_key(document: Mapping[str, object], url: str) -> str:
    methods = document.get("verificationMethod")
    method = methods[0] if isinstance(methods, list) and methods else None
    if not isinstance(method, dict) or not isinstance(method.get("publicKeyMultibase"), str):
        raise InputError("The did:web document lists no Multikey.", where=url, remedy="Update the node's software.")
    return str(method["publicKeyMultibase"])


def _record_registration(workspace: Workspace, registration: Registration, iri: NamedNode, client: NewClient) -> None:
    now, graphs = workspace.clock.now(), workspace.registry_graphs
    change = participant_changes.register(registration, iri=iri, at=now, graphs=graphs)
    label = registration.contact_name
    change |= add_client(client, organisation=iri, label=label, roles=_FIRST_ROLES, at=now, private=graphs.private)
    facts = {"legalName": registration.legal_name, "acceptedTerms": registration.accepted_terms}
    workspace.ledger.record(
        EventDraft("OrganisationRegistered", iri.value, facts={**facts, "at": iso_instant(now)}, change=change)
    )


def _slug(workspace: Workspace, legal_name: str) -> str:
    """Make the short name of an organisation from its legal name, numbered when it is taken."""
    stem = "-".join(re.findall(r"[a-z0-9]+", legal_name.lower())) or "organisation"
    slug, number = stem, 1
    while workspace.participants.find(workspace.addresses.organisation(slug)):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _record(
    workspace: Workspace,
    kind: str,
    organisation: NamedNode,
    change: ChangeSet,
    principal: Principal,
    facts: Mapping[str, str | bool],
) -> None:
    draft = EventDraft(kind, organisation.value, facts=dict(facts), change=change, actor=principal.client_id)
    workspace.ledger.record(draft)


def kept_secret(file: Path) -> str:
    """Return the secret kept in a file that only its owner may read; make it when it is missing."""
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32) + "\n")
        _LOG.warning("the operator's secret was written to %s", file)
    return file.read_text().strip()
