"""The life of a participant in the store: nobody approved unchecked, suspension at once, secrets kept private."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, Unauthenticated, UnknownTerm
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.trust.clients import Clients, add_client, remove_client
from virtuales.trust.credentials import new_client
from virtuales.trust.keys import SigningKey
from virtuales.trust.participant_changes import Ruling, decide, record_check, register
from virtuales.trust.participants import Participant, Participants, RegistryGraphs
from virtuales.trust.registration import Registration, parse_registration
from virtuales.trust.scopes import Role
from virtuales.trust.verification import (
    REQUIRED_CHECKS,
    TRANSITIONS,
    CheckRecord,
    IllegalTransition,
    Move,
    Status,
    next_status,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GRAPHS = RegistryGraphs(NamedNode("https://o.example/graph/registry"), NamedNode("https://o.example/graph/private"))
ORG = NamedNode("https://o.example/id/participant/northern")


class Registry:
    """A store with one registration, and the moves a test makes on it."""

    def __init__(self) -> None:
        self.store = OxigraphStore.in_memory()
        self.participants = Participants(self.store, GRAPHS.registry, private=GRAPHS.private)
        self.clients = Clients(self.store, GRAPHS.private)
        self.apply(register(registration(), iri=ORG, at=NOW, graphs=GRAPHS))

    def apply(self, change: ChangeSet) -> None:
        self.store.apply(change, sequence=self.store.applied_sequence() + 1)

    @property
    def organisation(self) -> Participant:
        return self.participants.get(ORG)

    def check(self, name: str, *, passed: bool = True) -> None:
        self.apply(record_check(self.organisation, CheckRecord(name, passed, "seen", "staff-1", NOW), GRAPHS))

    def check_all(self) -> None:
        for check in REQUIRED_CHECKS:
            self.check(check.name)

    def move(self, move: Move, reason: str = "because", at: datetime = NOW) -> None:
        self.apply(decide(self.organisation, move, Ruling("staff-1", at, reason), GRAPHS))


def registration(**changes: object) -> Registration:
    fields: dict[str, object] = {
        "legal_name": 'Northern "Distribution" plc',
        "registration_number": "02366977",
        "contact_name": "A. Person",
        "contact_email": "person@northern.example",
        "node_url": "https://node.northern.example",
        "roles": ["producer"],
        "accepted_terms": "1.0",
        "public_key": SigningKey(b"\x08" * 32).public.multikey,
    }
    return parse_registration(fields | changes)


def test_refuses_approval_while_checks_are_missing() -> None:
    registry = Registry()
    registry.check("contact")
    registry.check("authority", passed=False)
    with pytest.raises(Conflict, match="legal-identity, registration-number, domain, authority, terms"):
        registry.move(Move.APPROVE)
    assert registry.organisation.status is Status.PENDING


def test_refuses_approval_after_a_check_was_recorded_again_as_failed() -> None:
    registry = Registry()
    registry.check_all()
    registry.check("contact", passed=False)
    with pytest.raises(Conflict, match="contact"):
        registry.move(Move.APPROVE)


ILLEGAL = [pair for pair in product(Status, Move) if pair not in TRANSITIONS]


@pytest.mark.parametrize(("status", "move"), ILLEGAL)
def test_refuses_every_move_that_the_table_does_not_list(status: Status, move: Move) -> None:
    with pytest.raises(IllegalTransition, match=str(status)) as refusal:
        next_status(status, move)
    assert refusal.value.remedy


def test_every_pair_of_status_and_move_is_covered() -> None:
    assert len(ILLEGAL) + len(TRANSITIONS) == len(Status) * len(Move) == 16


def test_refuses_double_approval() -> None:
    registry = Registry()
    registry.check_all()
    registry.move(Move.APPROVE)
    with pytest.raises(IllegalTransition, match="Approved"):
        registry.move(Move.APPROVE)


def test_refuses_decision_without_a_reason() -> None:
    with pytest.raises(InputError, match="no reason"):
        Registry().move(Move.REFUSE, reason="  ")


def test_refuses_unknown_check_and_checks_after_the_decision() -> None:
    registry = Registry()
    with pytest.raises(UnknownTerm, match="horoscope"):
        registry.check("horoscope")
    registry.move(Move.REFUSE)
    with pytest.raises(Conflict, match="checks are closed"):
        registry.check("contact")


@pytest.mark.parametrize(
    ("same", "others"),
    [
        ("registration_number", {"node_url": "https://b.example", "public_key": SigningKey(b"b" * 32).public.multikey}),
        ("node_url", {"registration_number": "SC000001", "public_key": SigningKey(b"b" * 32).public.multikey}),
        ("public_key", {"registration_number": "SC000001", "node_url": "https://b.example"}),
    ],
)
def test_refuses_second_registration_with_the_same(same: str, others: dict[str, object]) -> None:
    registry = Registry()
    with pytest.raises(Conflict) as refusal:
        registry.participants.refuse_known(registration(**others))
    assert refusal.value.where == same
    registry.move(Move.REFUSE)
    registry.participants.refuse_known(registration(**others))


def test_refuses_participants_that_are_not_approved() -> None:
    registry = Registry()
    with pytest.raises(AccessDenied, match="Pending"):
        registry.participants.require_approved(ORG)
    registry.check_all()
    registry.move(Move.APPROVE)
    assert registry.participants.require_approved(ORG).is_approved
    registry.move(Move.SUSPEND)
    with pytest.raises(AccessDenied, match="Suspended"):
        registry.participants.require_approved(ORG)
    registry.move(Move.REINSTATE)
    assert registry.participants.require_approved(ORG).is_approved
    with pytest.raises(NotFound):
        registry.participants.require_approved(NamedNode("https://o.example/id/participant/nobody"))


def test_refuses_wrong_secret_and_unknown_client_alike() -> None:
    registry = Registry()
    client = new_client()
    registry.apply(add_client(client, organisation=ORG, label="x", roles=[Role.NODE], at=NOW, private=GRAPHS.private))
    messages = set()
    for client_id, secret in ((client.client_id, "ves_wrong"), ("client-0", client.secret), ('"} #', client.secret)):
        with pytest.raises(Unauthenticated) as refusal:
            registry.clients.authenticate(client_id, secret)
        messages.add(str(refusal.value))
    assert len(messages) == 1


def test_refuses_removed_client() -> None:
    registry = Registry()
    client = new_client()
    registry.apply(add_client(client, organisation=ORG, label="x", roles=[Role.NODE], at=NOW, private=GRAPHS.private))
    assert registry.participants.find_by_client(client.client_id) == registry.organisation
    known = registry.clients.authenticate(client.client_id, client.secret)
    registry.apply(remove_client(known, GRAPHS.private))
    with pytest.raises(Unauthenticated):
        registry.clients.authenticate(client.client_id, client.secret)
    assert registry.participants.find_by_client(client.client_id) is None


def test_registry_graph_holds_neither_contacts_nor_secrets_nor_checks() -> None:
    registry = Registry()
    client = new_client()
    registry.apply(
        add_client(client, organisation=ORG, label="Desk", roles=[Role.ANALYST], at=NOW, private=GRAPHS.private)
    )
    registry.check_all()
    registry.move(Move.APPROVE, reason="found in the register")
    followed = b"".join(registry.store.export_graph(GRAPHS.registry)).decode()
    for private in ("person@", "A. Person", client.client_id, client.digest, "found in the register", "check"):
        assert private not in followed
    everything = followed + b"".join(registry.store.export_graph(GRAPHS.private)).decode()
    assert client.secret not in everything


def test_other_nodes_read_the_followed_registry_without_the_private_part() -> None:
    registry = Registry()
    registry.check_all()
    registry.move(Move.APPROVE)
    seen = Participants(registry.store, GRAPHS.registry).get(ORG)
    assert seen.is_approved
    assert seen.legal_name == 'Northern "Distribution" plc'
    assert (seen.contact_email, seen.decided_by, seen.checks) == (None, None, ())


def test_life_of_a_participant_leaves_one_status_and_the_last_reason() -> None:
    registry = Registry()
    assert registry.organisation.contact_email == "person@northern.example"
    registry.check("contact", passed=False)
    registry.check_all()
    assert len(registry.organisation.checks) == len(REQUIRED_CHECKS)
    registry.move(Move.APPROVE, "all seen")
    registry.move(Move.SUSPEND, "key lost", NOW + timedelta(days=1))
    found = registry.organisation
    assert found.status is Status.SUSPENDED
    assert (found.decision_reason, found.decided_at) == ("key lost", NOW + timedelta(days=1))
    assert registry.participants.all(Status.SUSPENDED) == [found]
    assert registry.participants.all(Status.APPROVED) == []
    assert registry.participants.by_number("02366977") == found
    assert registry.participants.by_node("https://node.northern.example") == found
    assert [client.label for client in registry.clients.of(ORG)] == []
