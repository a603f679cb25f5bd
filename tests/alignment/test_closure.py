"""What follows from a set, against an oracle that is slow and plain."""

from collections.abc import Iterable
from functools import reduce
from operator import mul

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.alignment.small_sets import A, B, C, line
from tests.effort import examples

from virtuales.alignment import closure
from virtuales.alignment.chain_rules import ChainRules, rules
from virtuales.alignment.closure import Closure
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import (
    BROAD_MATCH,
    CLOSE_MATCH,
    EQUIVALENT_CLASS,
    EXACT_MATCH,
    MAPPING_INVERSION,
    NARROW_MATCH,
    SUB_CLASS_OF,
)
from virtuales.errors import TooLarge

Fact = tuple[str, str, str]
PREDICATES = (EXACT_MATCH, CLOSE_MATCH, BROAD_MATCH, NARROW_MATCH, EQUIVALENT_CLASS, SUB_CLASS_OF)
MAPPINGS = st.lists(
    st.builds(
        line,
        st.sampled_from([A + str(n) for n in range(6)]),
        st.sampled_from(PREDICATES),
        st.sampled_from([A + str(n) for n in range(6)]),
        confidence=st.none() | st.sampled_from([0.25, 0.5, 0.75, 1.0]),
        predicate_modifier=st.sampled_from(["", "", "", "", "Not"]),
    ),
    max_size=9,
)
RULES = st.builds(
    rules,
    st.sets(st.sampled_from(["inversion", "transitivity", "over-exact", "generalisation"])),
    combination=st.sampled_from(["product", "minimum"]),
)


def of(mapping: Mapping) -> Fact:
    """Return what a mapping claims."""
    return mapping.subject_id, mapping.predicate_id, mapping.object_id


def denied(mappings: Iterable[Mapping], held: ChainRules) -> set[Fact]:
    """Return what negative mappings deny: what they say, turned round, and whatever that follows from."""
    found = set()
    for s, p, o in [of(mapping) for mapping in mappings if mapping.negated]:
        facts = [(s, p, o), (o, held.inverses[p], s)] if p in held.inverses else [(s, p, o)]
        found |= {(a, strong, b) for a, weak, b in facts for strong in held.stronger(weak)}
    return found


def slowly(mappings: list[Mapping], held: ChainRules) -> dict[Fact, float]:
    """Work out what follows and how sure it is, the plain way; what is asserted stays as sure as it is."""
    blocked = denied(mappings, held)
    sure: dict[Fact, float] = {}
    for mapping in mappings:
        if not mapping.negated and of(mapping) not in blocked:
            said = 1.0 if mapping.confidence is None else mapping.confidence
            sure[of(mapping)] = max(said, sure.get(of(mapping), 0.0))
    asserted = set(sure)
    while True:
        before = dict(sure)
        for (s, p, o), one in before.items():
            new = [((o, held.inverses[p], s), one)] if p in held.inverses else []
            new += [((s, weak, o), one) for weak in held.weaker.get(p, ())] if held.generalise else []
            for (s2, q, o2), other in before.items():
                chain = held.chain(p, q)
                if chain and o == s2 and s != o2:
                    both = min(one, other) if held.combination == "minimum" else one * other
                    new.append(((s, chain.result, o2), both * chain.factor))
            for fact, confidence in new:
                if fact not in blocked and fact not in asserted:
                    sure[fact] = max(confidence, sure.get(fact, 0.0))
        if sure == before:
            return {fact: confidence for fact, confidence in sure.items() if fact not in asserted}


@given(MAPPINGS, RULES)
@settings(max_examples=examples(100), deadline=None)
def test_agrees_with_the_oracle(mappings: list[Mapping], held: ChainRules) -> None:
    expected = slowly(mappings, held)
    found = {of(each.mapping): each for each in Closure(mappings, held).derived()}
    assert found.keys() == expected.keys()
    for fact, each in found.items():
        said = [premise.confidence for premise in each.premises if premise.confidence is not None]
        combine = min if held.combination == "minimum" else lambda numbers: reduce(mul, numbers, 1.0)
        assert each.mapping.confidence == (pytest.approx(expected[fact]) if said else None)
        assert combine(said or [1.0]) == pytest.approx(expected[fact]), "the premises are those of the surest way"
        assert leads(each.premises, fact), "the premises lead from the subject to the object"


def leads(premises: tuple[Mapping, ...], fact: Fact) -> bool:
    """Tell whether asserted mappings, each either way round, lead from the subject of a fact to its object."""
    at = fact[0]
    for premise in premises:
        if at not in (premise.subject_id, premise.object_id):
            return False
        at = premise.object_id if at == premise.subject_id else premise.subject_id
    return at == fact[2]


@given(MAPPINGS, RULES)
@settings(max_examples=examples(50), deadline=None)
def test_reports_every_denial_that_meets_what_is_asserted_or_would_follow(
    mappings: list[Mapping], held: ChainRules
) -> None:
    made = Closure(mappings, held)
    reported = list(made.contradictions())
    blocked = denied(mappings, held)
    met = {of(mapping) for mapping in mappings if not mapping.negated} & blocked
    assert met <= {of(each.mapping) for each in reported} <= blocked
    for each in reported:
        assert each.contradicts is not None
        assert each.contradicts.negated
    assert not {of(each.mapping) for each in made.derived()} & blocked


def test_refuses_to_conclude_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closure, "MOST_FACTS", 50)
    with pytest.raises(TooLarge):
        Closure([line(A + str(n), target=A + str(n + 1)) for n in range(20)], rules())


def test_blocks_what_a_negative_mapping_denies_and_what_would_follow_from_it() -> None:
    mappings = [line(A + "x", target=B + "y"), line(B + "y", target=C + "z"), line(C + "z", target=C + "w")]
    denial = line(C + "z", target=A + "x", predicate_modifier="Not")
    made = Closure([*mappings, denial], rules(["transitivity", "inversion"]))
    assert made.find(A + "x", EXACT_MATCH, C + "z") is None
    assert made.find(B + "y", EXACT_MATCH, C + "w") is not None
    blocked = {of(each.mapping): each for each in made.contradictions()}
    assert blocked[A + "x", EXACT_MATCH, C + "z"].premises == tuple(mappings[:2])
    assert {each.contradicts for each in blocked.values()} == {denial}


def test_reports_what_is_asserted_and_denied_and_concludes_nothing_from_it() -> None:
    claim, denial = line(A + "x"), line(A + "x", CLOSE_MATCH, predicate_modifier="Not")
    made = Closure([claim, denial, line(B + "y", target=C + "z")], rules())
    assert [(each.mapping, each.contradicts) for each in made.contradictions()] == [(claim, denial)]
    assert made.find(A + "x", EXACT_MATCH, C + "z") is None


def test_chooses_the_surest_way_and_names_its_premises() -> None:
    weak = line(A + "x", target=C + "z", confidence=0.3)
    strong = [line(A + "x", target=B + "y", confidence=0.9), line(B + "y", target=C + "z", confidence=0.8)]
    last = line(C + "z", target=C + "w", confidence=0.5)
    made = Closure([weak, *strong, last], rules(["transitivity"]))
    way = made.find(A + "x", EXACT_MATCH, C + "w")
    assert way is not None
    assert way.mapping.confidence == pytest.approx(0.36)
    assert way.premises == (*strong, last)
    assert made.find(A + "x", EXACT_MATCH, C + "z") is None, "it is asserted"


def test_keeps_the_labels_of_the_outer_terms() -> None:
    mappings = [
        line(A + "x", BROAD_MATCH, B + "y", subject_label="ex", object_label="why"),
        line(B + "y", BROAD_MATCH, C + "z", object_label="zed"),
    ]
    way = Closure(mappings, rules()).find(C + "z", NARROW_MATCH, A + "x")
    assert way is not None
    assert (way.mapping.subject_label, way.mapping.object_label) == ("zed", "ex")
    assert way.premises == (mappings[1], mappings[0])
    turned = Closure(mappings, rules()).find(B + "y", NARROW_MATCH, A + "x")
    assert turned is not None
    assert turned.mapping.mapping_justification == MAPPING_INVERSION


def test_concludes_nothing_from_nothing() -> None:
    assert len(Closure([], rules())) == 0
    assert len(Closure([line("", subject_type="rdfs literal", subject_label="x")], rules())) == 0
