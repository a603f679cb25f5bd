"""What is attested of an organisation: refused when it is not right, in force for its days, gone by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.trust.test_participants import GRAPHS, NOW, ORG, Registry

from virtuales.errors import Conflict, InputError, NotFound, UnknownTerm
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.attestation import AttestationTerms, parse_terms
from virtuales.trust.participant_changes import Ruling, attest, withdraw_attestation
from virtuales.trust.participants import Participants
from virtuales.trust.standing import NO_STANDING, Standing, standing_of
from virtuales.trust.standing_concepts import get_concept, kind_of, standing_concepts, with_broader
from virtuales.trust.verification import Move

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
BEGIN, END = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


class Attested(Registry):
    """An approved organisation of which things are attested."""

    def __init__(self) -> None:
        super().__init__()
        self.check_all()
        self.move(Move.APPROVE)

    def attest(self, concept: str, first: date = FIRST, last: date | None = LAST, issuer: str | None = "A body") -> str:
        terms = parse_terms(concept, issuer=issuer, evidence="Seen.", valid_from=first, valid_until=last)
        before = {one.name for one in self.organisation.attestations}
        self.apply(attest(self.organisation, terms, "staff-1", GRAPHS))
        (name,) = {one.name for one in self.organisation.attestations} - before
        return name

    def withdraw(self, name: str, reason: str = "It lapsed.", at: datetime = NOW) -> None:
        self.apply(withdraw_attestation(self.organisation, name, Ruling("staff-2", at, reason), GRAPHS))

    def standing(self, at: datetime = NOW) -> Standing:
        return standing_of(self.organisation, at)


def iri(notation: str) -> NamedNode:
    return get_concept(notation).iri


def terms(**changes: object) -> AttestationTerms:
    fields = {"issuer": "A body", "evidence": "Seen.", "valid_from": FIRST, "valid_until": LAST} | changes
    return parse_terms(str(fields.pop("concept", "iso-27001")), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"issuer": " "}, "names no issuer"),
        ({"issuer": None}, "names no issuer"),
        ({"evidence": ""}, "no evidence"),
        ({"evidence": "x" * 501}, "too long"),
        ({"valid_until": date(2026, 5, 31)}, "lies before"),
        ({"valid_until": date.max}, "not one of this time"),
        ({"valid_from": date.min}, "not one of this time"),
    ],
)
def test_refuses_what_cannot_be_attested(changes: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        terms(**changes)


def test_refuses_concepts_that_are_not_known() -> None:
    with pytest.raises(UnknownTerm, match="iso-1"):
        terms(concept="iso-1")


def test_a_group_needs_no_issuer() -> None:
    assert terms(concept="distribution-network-operator", issuer=None).issuer is None


def test_refuses_the_same_for_the_same_time_unless_it_was_withdrawn() -> None:
    registry = Attested()
    name = registry.attest("iso-27001")
    with pytest.raises(Conflict, match="for this time already"):
        registry.attest("iso-27001")
    registry.withdraw(name)
    assert registry.attest("iso-27001") == "iso-27001-2026-06-01-2"


def test_refuses_withdrawals_of_nothing_and_without_reason_and_a_second_one() -> None:
    registry = Attested()
    name = registry.attest("iso-27001")
    with pytest.raises(NotFound, match="no such attestation"):
        registry.withdraw("iso-27001-2020-01-01-1")
    with pytest.raises(InputError, match="no reason"):
        registry.withdraw(name, reason=" ")
    registry.withdraw(name)
    with pytest.raises(Conflict, match="before"):
        registry.withdraw(name)


def test_refuses_to_attest_of_a_refused_organisation() -> None:
    registry = Registry()
    registry.move(Move.REFUSE)
    with pytest.raises(Conflict, match="refused"):
        attest(registry.organisation, terms(), "staff-1", GRAPHS)


def test_strangers_and_organisations_that_are_not_approved_have_no_standing() -> None:
    registry = Attested()
    registry.attest("iso-27001")
    registry.move(Move.SUSPEND)
    assert registry.standing() == standing_of(None, NOW) == NO_STANDING
    registry.move(Move.REINSTATE)
    assert registry.standing().certifications == {iri("iso-27001")}


def test_holds_from_its_first_instant_until_just_before_its_end() -> None:
    registry = Attested()
    registry.attest("iso-27001")
    instant = timedelta(microseconds=1)
    held = [bool(registry.standing(at).certifications) for at in (BEGIN - instant, BEGIN, END - instant, END)]
    assert held == [False, True, True, False]
    (one,) = registry.organisation.attestations
    assert [one.state(at) for at in (BEGIN - instant, BEGIN, END)] == ["to come", "in force", "expired"]
    assert one.last_day == LAST


def test_does_not_hold_from_its_withdrawal_on() -> None:
    registry = Attested()
    registry.withdraw(registry.attest("iso-27001", last=None))
    assert not registry.standing().certifications
    assert registry.standing(NOW - timedelta(seconds=1)).certifications
    assert registry.organisation.attestations[0].withdrawal_reason == "It lapsed."


def test_broader_concepts_are_held_too() -> None:
    registry = Attested()
    registry.attest("cyber-essentials-plus")
    registry.attest("distribution-network-operator", issuer=None)
    registry.attest("35.13", issuer=None)
    standing = registry.standing()
    assert standing.certifications == {iri("cyber-essentials"), iri("cyber-essentials-plus")}
    assert {iri("energy-network-operator"), VES.ApprovedParticipants} < standing.groups
    assert standing.industries == {iri("D"), iri("35.1"), iri("35.13")}


def test_other_nodes_read_it_without_evidence_and_people() -> None:
    registry = Attested()
    registry.withdraw(registry.attest("caf"))
    registry.attest("iso-27001")
    seen = Participants(registry.store, GRAPHS.registry).get(ORG)
    assert standing_of(seen, NOW) == registry.standing()
    assert {(one.evidence, one.given_by, one.withdrawn_by, one.withdrawal_reason) for one in seen.attestations} == {
        (None, None, None, None)
    }
    followed = b"".join(registry.store.export_graph(GRAPHS.registry)).decode()
    assert not [word for word in ("Seen.", "staff-", "lapsed") if word in followed]


def test_a_concept_of_another_release_counts_for_itself() -> None:
    later = NamedNode("https://w3id.org/virtuales/standing/group#to-come")
    assert with_broader([later]) == {later}
    assert kind_of(later) == "group"
    assert kind_of(VES.ApprovedParticipants) is None


def test_every_concept_is_whole_and_each_notation_names_one() -> None:
    concepts = standing_concepts()
    assert len(concepts) > 40
    assert len({one.notation for one in concepts.values()}) == len(concepts)
    for one in concepts.values():
        assert one.iri.value.endswith(f"/{one.kind}#{one.notation}")
        assert one.broader <= concepts.keys()
        assert one.iri not in with_broader(one.broader), f"{one.notation} is broader than itself"


@settings(max_examples=examples(40), deadline=None)
@given(
    spans=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=4),
    at=st.integers(0, 10),
)
def test_holds_on_just_the_days_of_some_attestation(spans: list[tuple[int, int, int | None]], at: int) -> None:
    registry = Attested()
    expected = False
    for first, length, withdrawn in spans:
        begin = FIRST + timedelta(days=first)
        try:
            name = registry.attest("caf", begin, begin + timedelta(days=length))
        except Conflict:
            continue
        if withdrawn is not None:
            registry.withdraw(name, at=BEGIN + timedelta(days=withdrawn))
        expected |= first <= at <= first + length and (withdrawn is None or at < withdrawn)
    assert bool(registry.standing(BEGIN + timedelta(days=at)).certifications) is expected
