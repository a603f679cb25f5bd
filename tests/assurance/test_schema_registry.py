"""Registered schemas: names, transitions, what is in force when, and the way into RDF and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.books import ledger

from virtuales.assurance.in_force import choose, missing_from, remark_on
from virtuales.assurance.schema import (
    TRANSITIONS,
    Content,
    SchemaDecision,
    SchemaKind,
    SchemaMove,
    SchemaStatus,
    SchemaVersion,
    check_names,
    next_status,
)
from virtuales.assurance.schema_statements import Schemas, registration, revision
from virtuales.errors import Conflict, InputError, NotFound, UnknownTerm
from virtuales.journal.event import EventDraft
from virtuales.rdf.addresses import Addresses

BASE = "http://registry.example"
ADDRESSES = Addresses(BASE)
GRAPH = ADDRESSES.graph("schemas")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EQ, SSH = "http://example.org/profile/EQ/1", "http://example.org/profile/SSH/1"


def decided(status: SchemaStatus, reason: str = "Because.") -> SchemaDecision:
    return SchemaDecision(status, "operator", NOON, reason)


def shapes(
    version: str,
    *statuses: SchemaStatus,
    identifier: str = "eq",
    replaces: tuple[SchemaVersion, ...] = (),
    required_from: datetime | None = None,
    profiles: frozenset[str] = frozenset({EQ}),
) -> SchemaVersion:
    return SchemaVersion(
        iri=f"{BASE}/id/schema/{identifier}/version/{version}",
        kind=SchemaKind.SHAPES,
        identifier=identifier,
        version=version,
        title=f"Rules {identifier}",
        profiles=profiles,
        licence="https://creativecommons.org/licenses/by/4.0/",
        source="Written by the tests.",
        registered_at=NOON,
        content=Content("0" * 64, 12),
        replaces=frozenset(one.iri for one in replaces),
        required_from=required_from,
        decisions=tuple(map(decided, statuses or (SchemaStatus.APPROVED,))),
    )


def names(versions: list[SchemaVersion], *, profiles: tuple[str, ...] = (EQ,), at: datetime = NOON) -> list[list[str]]:
    """Return what is in force, each line as the versions of which data has to keep one."""
    return [[one.version for one in line] for line in choose(versions, profiles, at).lines]


@pytest.mark.parametrize(
    ("identifier", "version"),
    [
        *[("", "1"), ("a b", "1"), ("/a", "1"), ("a/", "1"), ("a/../b", "1"), ("a/version/b", "1"), ("é", "1")],
        *[("a" * 121, "1"), ("a", ""), ("a", "1/2"), ("a", "content"), ("a", "1\n")],
    ],
)
def test_refuses_names_that_cannot_stand_in_an_address(identifier: str, version: str) -> None:
    with pytest.raises(InputError, match="address"):
        check_names(identifier, version)


@pytest.mark.parametrize(("status", "move"), list(product(SchemaStatus, SchemaMove)))
def test_refuses_each_move_that_the_table_does_not_list(status: SchemaStatus, move: SchemaMove) -> None:
    if (status, move) in TRANSITIONS:
        assert next_status(status, move) is TRANSITIONS[status, move]
        return
    with pytest.raises(Conflict, match="does not apply") as caught:
        next_status(status, move)
    for allowed in (other for state, other in TRANSITIONS if state is status):
        assert str(allowed) in str(caught.value.remedy)


def test_nothing_leads_out_of_withdrawn() -> None:
    assert all(state is not SchemaStatus.WITHDRAWN for state, _ in TRANSITIONS)


def test_refuses_a_profile_that_nothing_judges_and_a_model_without_one() -> None:
    for profiles in ((SSH,), (EQ, SSH), ()):
        with pytest.raises(UnknownTerm):
            choose([shapes("1")], profiles, NOON)


def test_refuses_everything_while_no_schema_was_heard_of() -> None:
    with pytest.raises(UnknownTerm, match="has not heard"):
        choose([], (EQ,), NOON)


@pytest.mark.parametrize("status", [SchemaStatus.WITHDRAWN, SchemaStatus.DRAFT])
def test_refuses_a_profile_without_a_version_in_force(status: SchemaStatus) -> None:
    with pytest.raises(Conflict, match="in force"):
        choose([shapes("1", status)], (EQ,), NOON)


def test_refuses_a_withdrawn_profile_and_remarks_on_a_deprecated_one() -> None:
    known = replace(shapes("1", identifier="profile/EQ"), kind=SchemaKind.PROFILE, content=None)
    withdrawn = replace(known, decisions=(decided(SchemaStatus.WITHDRAWN, "Nobody uses it."),))
    with pytest.raises(Conflict, match="Nobody uses it"):
        choose([shapes("1"), withdrawn], (EQ,), NOON)
    deprecated = replace(known, decisions=(decided(SchemaStatus.DEPRECATED, "Use another."),))
    (remark,) = choose([shapes("1"), deprecated], (EQ,), NOON).remarks
    assert "Use another." in remark


def test_accepts_old_and_new_until_the_new_one_is_required() -> None:
    old = shapes("1")
    new = shapes("2", replaces=(old,), required_from=NOON + DAY)
    assert names([old, new]) == [["2", "1"]]
    assert names([old, new], at=NOON + DAY - timedelta(seconds=1)) == [["2", "1"]]
    assert names([old, new], at=NOON + DAY) == [["2"]]


def test_leaves_the_choice_for_good_without_a_date() -> None:
    old = shapes("1")
    assert names([old, shapes("2", replaces=(old,))], at=NOON + 999 * DAY) == [["2", "1"]]


def test_a_required_version_ends_what_was_replaced_before_too() -> None:
    first = shapes("1")
    second = shapes("2", replaces=(first,))
    third = shapes("3", replaces=(second,), required_from=NOON)
    assert names([first, second, third]) == [["3"]]


def test_a_draft_or_withdrawn_version_ends_nothing() -> None:
    old = shapes("1")
    for status in (SchemaStatus.DRAFT, SchemaStatus.WITHDRAWN):
        assert names([old, shapes("2", status, replaces=(old,), required_from=NOON)]) == [["1"]]


def test_never_judges_by_a_withdrawn_version() -> None:
    old = shapes("1", SchemaStatus.APPROVED, SchemaStatus.WITHDRAWN)
    assert names([old, shapes("2", replaces=(old,), required_from=NOON + DAY)]) == [["2"]]


def test_new_rules_count_from_their_date_or_else_at_once() -> None:
    rules = shapes("1", identifier="rules")
    assert names([shapes("1"), rules]) == [["1"], ["1"]]
    later = replace(rules, required_from=NOON + DAY)
    assert names([shapes("1"), later]) == [["1"]]
    assert names([shapes("1"), later], at=NOON + DAY) == [["1"], ["1"]]


def test_judges_by_the_shapes_of_every_profile_named() -> None:
    both = [shapes("1"), shapes("7", identifier="ssh", profiles=frozenset({SSH}))]
    assert names(both, profiles=(EQ, SSH)) == [["1"], ["7"]]
    assert names(both, profiles=(SSH,)) == [["7"]]


def test_a_deprecated_version_judges_with_a_remark() -> None:
    old = shapes("1", SchemaStatus.APPROVED, SchemaStatus.DEPRECATED)
    assert names([old]) == [["1"]]
    assert "Because." in str(remark_on(old))
    assert remark_on(shapes("1")) is None


def test_tells_which_line_a_verdict_does_not_cover() -> None:
    old = shapes("1")
    new = shapes("2", replaces=(old,), required_from=NOON + DAY)
    assert missing_from(choose([old, new], (EQ,), NOON), {old.iri}) == []
    assert missing_from(choose([old, new], (EQ,), NOON + DAY), {old.iri}) == ["eq 2"]
    rules = shapes("1", identifier="rules")
    assert missing_from(choose([old, rules], (EQ,), NOON), {old.iri}) == ["rules 1"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SchemaStatus),
            st.none() | st.integers(-2, 2),
            st.sets(st.integers(0, 5), max_size=2),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_in_force_is_usable_and_replaced_by_nothing_required(
    drawn: list[tuple[SchemaStatus, int | None, set[int]]],
) -> None:
    made: list[SchemaVersion] = []
    for number, (status, days, replaced) in enumerate(drawn):
        date = None if days is None else NOON + days * DAY
        made.append(
            shapes(
                str(number), status, replaces=tuple(made[one] for one in replaced if one < number), required_from=date
            )
        )
    try:
        choice = choose(made, (EQ,), NOON)
    except Conflict:
        return
    standing = {one.iri for line in choice.lines for one in line}
    assert all(one.is_usable for line in choice.lines for one in line)
    for one in made:
        if one.is_usable and one.is_required(NOON):
            assert standing.isdisjoint(one.replaces)


def test_reads_back_what_was_registered_and_decided(tmp_path: Path) -> None:
    book = ledger(tmp_path, BASE)
    registry = Schemas(book.store, GRAPH)
    draft = replace(shapes("1", identifier="a/b"), decisions=(), required_from=NOON + DAY)
    schema = ADDRESSES.thing("schema", draft.identifier)
    change = registration(draft, schema=schema, content_url=f"{BASE}/content", graph=GRAPH)
    book.record(EventDraft("SchemaRegistered", draft.iri, change=change))
    assert registry.all() == [draft]
    assert draft.status is SchemaStatus.DRAFT
    approved = replace(draft, decisions=(decided(SchemaStatus.APPROVED),), required_from=None)
    book.record(EventDraft("SchemaApproved", draft.iri, change=revision(draft, approved, graph=GRAPH)))
    assert registry.get("a/b", "1") == approved
    after = shapes("2", identifier="a/b", replaces=(approved,))
    change = registration(after, schema=schema, content_url=f"{BASE}/content", graph=GRAPH)
    book.record(EventDraft("SchemaRegistered", after.iri, change=change))
    assert registry.all() == [approved, after]
    for identifier, version in (("a/b", "3"), ("c", "1")):
        with pytest.raises(NotFound):
            registry.get(identifier, version)
