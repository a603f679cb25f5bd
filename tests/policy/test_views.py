"""Views travel as ODRL: what is written is read the same, and what is not understood is refused."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.books import NOON
from tests.effort import examples
from tests.policy.policies import CONSUMER, PROVIDER, TARGET

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.compact import policy_to_json
from virtuales.policy.evaluate import evaluate
from virtuales.policy.granting import agreement_from
from virtuales.policy.odrl import Collection, Constraint, LogicalConstraint, Offer, Prohibition, part_iri
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.odrl_rdf import get_policy, policy_quads
from virtuales.policy.profile import short
from virtuales.policy.request import UseRequest
from virtuales.policy.sentences import policy_sentences
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.policy.views.deciding import decide_part
from virtuales.policy.views.refinements import collection_of, view_of
from virtuales.policy.views.view import (
    Aggregation,
    Area,
    Bounds,
    Condition,
    Generalisation,
    Noise,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode, typed
from virtuales.store.oxigraph_store import OxigraphStore

GRAPH = NamedNode("https://p.example/graph")
OFFER = NamedNode("https://p.example/id/dataset/d/version/1#offer")
LINES = View(classes=(NamedNode("https://terms.example/Line"),))
TERMS = [NamedNode(f"https://terms.example/{name}") for name in "abcdef"]
named = st.lists(st.sampled_from(TERMS), min_size=1, max_size=3, unique=True).map(
    lambda found: tuple(sorted(found, key=str))
)
values = st.one_of(
    st.sampled_from(TERMS),
    st.integers(-9, 9).map(lambda one: typed(str(one), "integer")),
    st.text("ab\n\"'é", max_size=4).map(Literal),
)
ordered = st.builds(
    Condition, st.sampled_from(TERMS), st.sampled_from([ODRL.eq, ODRL.neq, ODRL.lt, ODRL.gteq]), st.tuples(values)
)
degrees = st.decimals(-89, 0, places=3)
numbers = st.decimals(-99, 99, places=2)


@st.composite
def aggregations(draw: st.DrawFn) -> Aggregation:
    """Draw groups, with noise on them or without."""
    grouped = draw(
        st.builds(Aggregation, named, st.integers(2, 9), st.just(()) | named, st.just(()) | named, st.booleans())
    )
    if not draw(st.booleans()):
        return grouped
    lowest = draw(numbers)
    bounds = tuple(Bounds(one, lowest, lowest + 1) for one in sorted(grouped.measured, key=str))
    return replace(
        grouped, drops_small=True, noise=Noise(Decimal("0.25"), Decimal("0.000001"), bounds, draw(st.just(Decimal(3))))
    )


views = st.builds(
    View,
    classes=named,
    properties=st.just(()) | named,
    objects=st.just(()) | named,
    conditions=st.lists(ordered, max_size=3).map(tuple),
    area=st.none() | st.builds(lambda w, s: Area(w, s, w + 1, s + 1), degrees, degrees),
    suppressions=st.just(()) | st.tuples(st.builds(Suppression, named)),
    generalisations=st.just(()) | st.tuples(st.builds(Generalisation, named, st.sampled_from(["year", "day", "4"]))),
    roundings=st.just(()) | st.tuples(st.builds(Rounding, named, st.sampled_from([Decimal("0.5"), Decimal(50)]))),
    pseudonyms=st.none() | st.builds(Pseudonyms, named, st.booleans()),
    aggregation=st.none() | aggregations(),
)


def offering(view: View) -> Offer:
    return offer_from(OfferTerms(Audience.PARTICIPANTS, view=view), iri=OFFER, target=TARGET, assigner=PROVIDER)


def view_in(offer: Offer) -> View:
    (rule,) = offer.permissions
    assert isinstance(rule.target, Collection)
    return view_of(rule.target)


@given(views)
@settings(max_examples=examples(40), deadline=None)
def test_views_are_the_same_after_json_and_after_the_store(view: View) -> None:
    offer = offering(view)
    assert view_in(offer) == view
    sent = parse_policy(policy_to_json(offer))
    assert view_in(sent) == view
    store = OxigraphStore.in_memory()
    store.apply(ChangeSet(add=policy_quads(sent, GRAPH)), sequence=1)
    kept = get_policy(store, GRAPH, OFFER)
    assert view_in(kept) == view
    granted = agreement_from(kept, iri=NamedNode("https://p.example/id/agreement/1"), assignee=CONSUMER)
    assert view_in(granted) == view
    assert policy_sentences(granted, short)


def test_evaluation_that_knows_no_views_denies() -> None:
    offer = offering(LINES)
    request = UseRequest(CONSUMER, ODRL["read"], TARGET, NOON, groups=frozenset({VES.ApprovedParticipants}))
    assert not evaluate(offer, request).allowed
    decision, part = decide_part(offer, request)
    assert decision.allowed
    assert part == LINES


def test_the_whole_comes_before_its_parts() -> None:
    offer = offering(LINES)
    (about_part,) = offer.permissions
    whole = replace(about_part, iri=part_iri(OFFER, "permission-2"), target=None)
    ends = Constraint(part_iri(OFFER, "end"), ODRL.dateTime, ODRL.lt, (typed("2026-06-01T12:00:00Z", "dateTime"),))
    both = replace(offer, permissions=(about_part, replace(whole, constraints=(*whole.constraints, ends))))
    at = NOON.replace(year=2026, month=6, day=1, hour=11)
    request = UseRequest(CONSUMER, ODRL["read"], TARGET, at, groups=frozenset({VES.ApprovedParticipants}))
    assert decide_part(both, request)[1] is None
    assert decide_part(both, replace(request, time=at + timedelta(hours=2)))[1] == LINES


def test_says_in_words_what_a_view_shows() -> None:
    view = replace(LINES, roundings=(Rounding((TERMS[0],), Decimal(50)),), pseudonyms=Pseudonyms(objects=True))
    (sentence, *_) = policy_sentences(offering(view), short)
    assert "(only objects of Line; a to the nearest 50; pseudonyms of objects)" in sentence


def refined(*parts: Constraint | LogicalConstraint) -> Offer:
    offer = offering(LINES)
    (rule,) = offer.permissions
    assert isinstance(rule.target, Collection)
    return replace(offer, permissions=(replace(rule, target=replace(rule.target, refinements=parts)),))


UNKNOWN = Constraint(part_iri(OFFER, "u"), VES.technique, ODRL.eq, (TERMS[0],))
CLASS = Constraint(part_iri(OFFER, "c"), VES.viewClass, ODRL.isAnyOf, (TERMS[0],))


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ((CLASS, replace(CLASS, iri=part_iri(OFFER, "d"))), "twice"),
        ((CLASS, replace(CLASS, iri=part_iri(OFFER, "d"), left=ODRL.purpose)), "does not narrow"),
        ((replace(CLASS, operator=ODRL.isNoneOf),), "has to be `eq` or `isAnyOf`"),
        ((replace(CLASS, right=(Literal("a"),)),), "has to be `eq` or `isAnyOf`"),
        ((replace(CLASS, unit=TERMS[1]),), "has a unit"),
        ((LogicalConstraint(part_iri(OFFER, "o"), ODRL["or"], (CLASS,)),), "not by `or`"),
        ((LogicalConstraint(part_iri(OFFER, "o"), ODRL["and"], (UNKNOWN,)),), "not known here"),
        ((replace(CLASS, left=VES.technique, right=(VES.Rounding,)),), "does not say its `step`"),
        ((replace(CLASS, left=VES.technique, right=(VES.SumOfGroup,)),), "names no property"),
        ((replace(CLASS, left=VES.conditionProperty),), "does not narrow"),
        ((replace(CLASS, left=VES.viewArea, operator=ODRL.eq, right=(Literal("POINT(1 2)"),)),), "no box"),
    ],
)  # fmt: skip
def test_refuses_refinements_that_make_no_view(parts: tuple[Constraint | LogicalConstraint, ...], what: str) -> None:
    with pytest.raises(InputError, match=what):
        parse_policy(policy_to_json(refined(*parts)))


def test_refuses_targets_that_are_no_parts_of_the_policys() -> None:
    elsewhere = collection_of(LINES, iri=part_iri(OFFER, "v"), source=NamedNode("https://p.example/other"))
    plain = Collection(part_iri(OFFER, "v"), TARGET, (replace(CLASS, left=ODRL.purpose),))
    (rule,) = offering(LINES).permissions
    for target in (elsewhere, plain, NamedNode("https://p.example/other")):
        with pytest.raises(UnknownTerm):
            parse_policy(policy_to_json(replace(offering(LINES), permissions=(replace(rule, target=target),))))


def test_refuses_prohibitions_about_parts() -> None:
    part = collection_of(LINES, iri=part_iri(OFFER, "v"), source=TARGET)
    bar = Prohibition(part_iri(OFFER, "bar"), ODRL.distribute, target=part)
    with pytest.raises(InputError):
        parse_policy(policy_to_json(replace(offering(LINES), prohibitions=(bar,))))
