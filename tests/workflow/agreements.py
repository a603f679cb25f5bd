"""A consumer at the orchestrator's parts, and agreements with it that both have signed."""

from dataclasses import replace

from tests.books import NOON
from tests.workflow.registry_node import BASE, OPERATOR

from virtuales.contract.agreement import AccessRequest, Validity, draft_agreement, sign_agreement
from virtuales.contract.agreements import record_agreement
from virtuales.journal.event import EventDraft
from virtuales.policy.odrl import Offer
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust import participant_changes
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import parse_registration
from virtuales.trust.terms_and_conditions import CURRENT_VERSION
from virtuales.trust.verification import Move, missing_checks
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.register import decide, record_check
from virtuales.workflow.workspace import Workspace

CONSUMER = NamedNode(f"{BASE}/id/organisation/consumer")
ASKER = replace(OPERATOR, client_id="consumer", organisation=CONSUMER.value)
KEY = SigningKey(b"\5" * 32)
AGREEMENT = NamedNode(f"{BASE}/id/agreement/1")


def with_consumer(workspace: Workspace) -> Workspace:
    """Register and approve the consumer; return the workspace."""
    fields = {
        "legal_name": "Consumer plc", "registration_number": "00000002", "contact_name": "Ada",
        "contact_email": "ada@consumer.example", "node_url": "https://consumer.example", "roles": ["consumer"],
        "accepted_terms": CURRENT_VERSION, "public_key": KEY.public.multikey,
    }  # fmt: skip
    change = participant_changes.register(
        parse_registration(fields), iri=CONSUMER, at=NOON, graphs=workspace.registry_graphs
    )
    workspace.ledger.record(EventDraft("ParticipantRegistered", CONSUMER.value, change=change))
    for name in missing_checks(workspace.participants.get(CONSUMER).checks):
        record_check(workspace, OPERATOR, CONSUMER, name=name, passed=True, note="seen")
    decide(workspace, OPERATOR, CONSUMER, move=Move.APPROVE, reason="For the tests.")
    return workspace


def agreed(node: Workspace, offer: Offer, name: str = "") -> Offer:
    """Record an agreement that grants an offer to the consumer, signed by both; return the offer."""
    iri = NamedNode(f"{AGREEMENT.value}{name}")
    request = AccessRequest(NamedNode(f"{BASE}/id/negotiation/1"), CONSUMER, VES.Research, "To make a map of it.")
    draft = draft_agreement(offer, request, iri=iri, validity=Validity(NOON, None), terms_version="1.0")
    for side in ("provider", "consumer"):
        draft = sign_agreement(draft, KEY, verification_method=f"did:web:{side}.example#k", created=NOON)
    change = record_agreement(draft, Desk(node).agreements_graph)
    node.ledger.record(EventDraft("AgreementFinalised", iri.value, change=change))
    return offer
