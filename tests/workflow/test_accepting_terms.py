"""New versions of the terms: published, accepted in time or not, reminded of; nothing is lost when a node is killed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import BASE, OPERATOR
from tests.workflow.two_sides import (
    ANALYST,
    CONSUMER,
    STEWARD,
    THERE,
    Killed,
    Sides,
    agree,
    ask,
    two_sides,
)

from virtuales.errors import AccessDenied, Conflict, InputError, NotFound
from virtuales.exchange.mail import Outbox
from virtuales.journal.event import EventDraft
from virtuales.policy.changing import TermChanges
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import Literal, NamedNode, Quad
from virtuales.trust.published_terms import TermsDue, TermsVersion, due_of
from virtuales.trust.scopes import Scope
from virtuales.workflow import accept_terms, review_access
from virtuales.workflow.admit import admission
from virtuales.workflow.amend import amend
from virtuales.workflow.current_terms import due_terms, require_current_terms
from virtuales.workflow.end_agreement import terminate
from virtuales.workflow.publish import publish
from virtuales.workflow.workspace import Workspace

TEXT = "# Terms, version 2\n\n1. **Be kind.** Also to\n   strangers.\n"
REQUIRED = NOON + timedelta(days=30)
VALE = replace(ANALYST, client_id="vale-admin", scopes=frozenset({Scope.ORGANISATION_MANAGE.value}))
NODE = replace(ANALYST, client_id=CONSUMER.value, scopes=frozenset({Scope.NODE_EXCHANGE.value}))


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    yield from opened(tmp_path)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Sides of which the tests change nothing but the terms in force."""
    yield from opened(tmp_path_factory.mktemp("calm"))


def opened(place: Path) -> Iterator[Sides]:
    made = two_sides(place / "sides")
    yield made
    made.provider.ledger.journal.close()
    made.consumer.ledger.journal.close()


def put_in_force(sides: Sides, version: str = "2.0", required: datetime = REQUIRED) -> None:
    """Publish a version, and let the consumer's node hear of it."""
    accept_terms.publish(sides.provider, OPERATOR, version=version, text=TEXT, required_from=required)
    hear(sides)


def hear(sides: Sides) -> None:
    """Make the consumer's copy of the registry what the registry is."""
    registry = sides.provider.registry_graphs.registry

    def quads(workspace: Workspace) -> tuple[Quad, ...]:
        rows = workspace.store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", graphs=[registry])
        return tuple(Quad(row["s"], row["p"], row["o"], registry) for row in rows)  # type: ignore[arg-type]

    change = ChangeSet(add=quads(sides.provider), remove=quads(sides.consumer))
    sides.consumer.ledger.record(EventDraft("RegistryHeard", BASE, change=change))


def letters(outbox: Outbox) -> list[str]:
    files = sorted(outbox.folder.glob("*.eml"))
    return [str(message_from_bytes(file.read_bytes())["Subject"]) for file in files]


@pytest.mark.parametrize(
    ("version", "text", "required", "error"),
    [
        ("two", TEXT, REQUIRED, InputError),
        ("2.0>", TEXT, REQUIRED, InputError),
        ("1.0", TEXT, REQUIRED, Conflict),
        ("2.0", "Be kind.", REQUIRED, InputError),
        ("2.0", "# Terms\n\nBe kind.", REQUIRED, InputError),
        ("2.0", TEXT, NOON, InputError),
        ("2.0", TEXT, REQUIRED.replace(tzinfo=None), InputError),
        ("2.0", TEXT, datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), InputError),
    ],
)
def test_refuses_terms_that_nobody_could_accept(
    calm: Sides, version: str, text: str, required: datetime, error: type[Exception]
) -> None:
    with pytest.raises(error):
        accept_terms.publish(calm.provider, OPERATOR, version=version, text=text, required_from=required)
    assert calm.provider.terms.in_force.version == "1.0"


def test_refuses_terms_published_and_accepted_by_others(calm: Sides) -> None:
    with pytest.raises(AccessDenied, match="participants:decide"):
        accept_terms.publish(calm.provider, VALE, version="2.0", text=TEXT, required_from=REQUIRED)
    with pytest.raises(NotFound, match="at the orchestrator"):
        accept_terms.publish(calm.consumer, OPERATOR, version="2.0", text=TEXT, required_from=REQUIRED)
    put_in_force(calm)
    with pytest.raises(AccessDenied, match="does not allow"):
        accept_terms.accept(calm.provider, replace(VALE, scopes=frozenset()), "2.0")
    with pytest.raises(AccessDenied, match="which of its people"):
        accept_terms.accept(calm.provider, NODE, "2.0", by="https://elsewhere.example/id/person/1")
    with pytest.raises(Conflict, match="not the one in force"):
        accept_terms.accept(calm.provider, VALE, "1.0")
    assert due_terms(calm.provider, CONSUMER.value) == TermsDue("2.0", "1.0", REQUIRED)


def test_acceptance_is_kept_with_version_person_and_time_and_changes_nothing_twice(sides: Sides) -> None:
    put_in_force(sides)
    sides.clock.advance(timedelta(days=1))
    person = f"{THERE}/id/person/7"
    accept_terms.accept(sides.provider, NODE, "2.0", by=person)
    recorded = sides.provider.ledger.journal.head.sequence
    accept_terms.accept(sides.provider, VALE, "2.0")
    assert sides.provider.ledger.journal.head.sequence == recorded
    sides.restart(BASE)
    kept = [(one.version, one.accepted_by, one.accepted_at) for one in sides.provider.terms.acceptances(CONSUMER)]
    assert kept == [("1.0", "registration", NOON), ("2.0", person, NOON + timedelta(days=1))]
    hear(sides)
    assert [one.accepted_by for one in sides.consumer.terms.acceptances(CONSUMER)] == [None, None]
    assert due_terms(sides.consumer, CONSUMER.value) is None


def test_before_the_date_everything_goes_on(sides: Sides) -> None:
    put_in_force(sides)
    sides.clock.advance(timedelta(days=29))
    record = agree(sides)
    assert record.signed.terms_version == "2.0"


def test_after_the_date_nothing_new_is_begun_and_what_was_agreed_goes_on(sides: Sides) -> None:
    record = agree(sides)
    put_in_force(sides)
    sides.clock.advance(timedelta(days=30))
    with pytest.raises(AccessDenied, match=r"accept 2\.0") as refusal:
        ask(sides)
    assert "had to be accepted by 2026-07-01 12:00 UTC; accepted is version 1.0." in refusal.value.reasons[0]
    with pytest.raises(AccessDenied, match="no new commitments"):
        amend(sides.consumer, ANALYST, record.iri, TermChanges(uses=3), reason="For longer.")
    assert admission(sides.provider, sides.provider.participants.get(CONSUMER), sides.version).decision.allowed
    terminate(sides.consumer, ANALYST, record.iri, reason="We are done.")
    accept_terms.accept(sides.provider, VALE, "2.0")
    hear(sides)
    require_current_terms(sides.consumer, CONSUMER)


def test_the_providers_node_refuses_a_consumer_whose_own_node_did_not(sides: Sides) -> None:
    accept_terms.publish(sides.provider, OPERATOR, version="2.0", text=TEXT, required_from=REQUIRED)
    sides.clock.advance(timedelta(days=30))
    with pytest.raises(AccessDenied, match="no new commitments"):
        ask(sides)


def test_nobody_signs_while_a_party_has_not_accepted_in_time(sides: Sides) -> None:
    asked = ask(sides)
    put_in_force(sides)
    sides.clock.advance(timedelta(days=30))
    assert asked.opening.provider_pid
    with pytest.raises(AccessDenied, match="Vale Networks plc makes no new commitments"):
        review_access.approve(sides.provider, STEWARD, asked.opening.provider_pid, reason="Very well.")
    accept_terms.accept(sides.provider, VALE, "2.0")
    review_access.approve(sides.provider, STEWARD, asked.opening.provider_pid, reason="Very well.")


def test_refuses_to_publish_while_the_publisher_has_not_accepted_in_time(sides: Sides) -> None:
    put_in_force(sides)
    sides.clock.advance(timedelta(days=31))
    own = sides.provider.participants.get(NamedNode(OPERATOR.organisation))
    change = ChangeSet(add=(_accepted(sides, own.iri, "1.0"),), remove=(_accepted(sides, own.iri, own.accepted_terms),))
    sides.provider.ledger.record(EventDraft("ForTheTest", own.iri.value, change=change))
    with pytest.raises(AccessDenied, match="no new commitments"):
        publish(sides.provider, STEWARD, "sites", OfferTerms(Audience.PARTICIPANTS))


def test_reminds_when_published_and_before_the_date_and_after_it_once_each(sides: Sides, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", BASE, clock=sides.clock)
    assert accept_terms.remind(sides.provider, outbox) is None
    put_in_force(sides)
    counts = []
    for days in (0, 0, 15, 1, 1, 13, 1):
        sides.clock.advance(timedelta(days=days))
        ahead = accept_terms.remind(sides.provider, outbox)
        counts.append(len(letters(outbox)))
    assert counts == [1, 1, 1, 2, 2, 3, 3]
    assert ahead is None
    assert letters(outbox)[-1] == "Terms and conditions, version 2.0: not accepted in time"
    sides.restart(BASE)
    accept_terms.remind(sides.provider, outbox)
    assert len(letters(outbox)) == 3
    put_in_force(sides, "3.0", sides.clock.now() + timedelta(days=30))
    accept_terms.accept(sides.provider, VALE, "3.0")
    assert accept_terms.remind(sides.provider, outbox) is None
    assert len(letters(outbox)) == 3


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_a_kill_leaves_an_acceptance_whole_or_not_at_all(calm: Sides, moment: int) -> None:
    accept_terms.accept(calm.provider, VALE, calm.provider.terms.in_force.version)
    calm.clock.advance(timedelta(minutes=1))
    version = f"{10 + moment}.0"
    accept_terms.publish(calm.provider, OPERATOR, version=version, text=TEXT, required_from=REQUIRED)
    calls = []

    def switch(base: str) -> None:
        calls.append(base)
        if len(calls) == moment:
            raise Killed(base)

    ledger = calm.provider.ledger
    ledger.switch = switch  # type: ignore[attr-defined]  # a ledger that can be killed
    with pytest.raises(Killed):
        accept_terms.accept(calm.provider, VALE, version)
    ledger.switch = lambda _: None  # type: ignore[attr-defined]  # as above
    calm.restart(BASE)
    is_kept = version in {one.version for one in calm.provider.terms.acceptances(CONSUMER)}
    assert (due_terms(calm.provider, CONSUMER.value) is None) is is_kept
    assert is_kept is (moment > 1)
    accept_terms.accept(calm.provider, VALE, version)
    assert [one.version for one in calm.provider.terms.acceptances(CONSUMER)].count(version) == 1
    assert due_terms(calm.provider, CONSUMER.value) is None


def test_whoever_skips_a_version_is_bound_by_its_date(calm: Sides) -> None:
    vale = calm.provider.participants.get(CONSUMER)
    first, later = REQUIRED, REQUIRED + timedelta(days=90)
    versions = [TermsVersion("1.0", ""), TermsVersion("2.0", "", NOON, first), TermsVersion("3.0", "", NOON, later)]
    dates = {name: due_of(versions, replace(vale, accepted_terms=name)) for name in ("0.9", "1.0", "2.0", "3.0")}
    assert dates == {
        "0.9": TermsDue("3.0", "0.9", first),
        "1.0": TermsDue("3.0", "1.0", first),
        "2.0": TermsDue("3.0", "2.0", later),
        "3.0": None,
    }
    assert due_of(versions[:1], replace(vale, accepted_terms="1.0")) is None


def _accepted(sides: Sides, organisation: NamedNode, version: str) -> Quad:
    return Quad(organisation, VES.acceptedTerms, Literal(version), sides.provider.registry_graphs.registry)
