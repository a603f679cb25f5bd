"""A benchmark of conflicts between two policies: each pair compared as published, and the unknown kept unknown.

D. M. Mustafa et al., https://github.com/Daham-Mustaf/odrl-benchmark. Its direct pairs are decided that ask whether two
policies can be met together, whether one is contained in another, or what follows from their operands one by one.
"""

import json
from collections import Counter
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from tests.conformance.odrl_suites import zoned
from tests.shared_data import SHARED, shared

from virtuales.policy.documents import policies_of
from virtuales.policy.knowledge import Knowledge
from virtuales.policy.odrl import Constraints
from virtuales.policy.profile import LEFT_OPERANDS, OPERATORS_OF, Kind, LeftOperand, Profile
from virtuales.policy.satisfiability import Verdict, implies, operands, together
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, NamedNode, Quad

BENCHMARK = "suites/odrl/conflict-benchmark"
AXES = "absoluteSizeWidth absoluteSizeHeight absoluteSizeDepth spatialCoordinatesAltitude"
KNOWN = MappingProxyType(
    {
        **LEFT_OPERANDS,
        **{
            (axis := NamedNode(f"http://w3id.org/odrl/spatial-axis#{name}")): LeftOperand(
                axis, Kind.NUMBER, OPERATORS_OF[Kind.NUMBER], name
            )
            for name in AXES.split()
        },
    }
)
PROFILE = Profile(left_operands=KNOWN)
BROADER = {
    "http://www.w3.org/2004/02/skos/core#broader",
    "https://www.geonames.org/ontology#parentFeature",
}
NOT_ODRL = {
    "an anchor says from when on an interval repeats, which ODRL cannot say": {"anchor"},
}
OTHER_QUESTIONS = {
    "ODRL840-1": "it asks about one execution, not about two policies",
    "ODRL869-1": "it asks what a reading without kinds of values would say",
    "ODRL635-1": "its verdict is on a statement about the pair, which is that the pair's is unknown; it is here",
}
CONTAINED = {"subsumption", "verdict_algebra"}


@cache
def cases() -> tuple[dict[str, Any], ...]:
    if not (SHARED / BENCHMARK).exists():
        return ()
    listed = json.loads((SHARED / BENCHMARK / "manifest.json").read_text(encoding="utf-8"))["cases"]
    return tuple(case for case in listed if case.get("direct_pair"))


def why_not(case: dict[str, Any]) -> str | None:
    """Say why a pair is not compared; None when it is."""
    if case["id"] in OTHER_QUESTIONS:
        return OTHER_QUESTIONS[case["id"]]
    text = (SHARED / BENCHMARK / case["policy"]).read_text(encoding="utf-8")
    return next((why for why, words in NOT_ODRL.items() if any(f":{word} " in text for word in words)), None)


COMPARED = [case for case in cases() if why_not(case) is None]


@cache
def knowledge() -> Knowledge:
    """Read what the benchmark knows: kinds of purposes, places in places, and languages that are all apart."""
    folder = shared(BENCHMARK) / "Problems/ODRL/KGConstraints/Resources"
    memberships: dict[NamedNode, set[NamedNode]] = {}
    languages = set()
    for quad in (quad for file in sorted(folder.glob("*.ttl")) for quad in parse_file(file)):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            if quad.predicate.value in BROADER:
                memberships.setdefault(quad.subject, set()).add(quad.object)
            elif quad.object.value.endswith("#LanguageTag"):
                languages.add(quad.subject)
    apart = frozenset(frozenset({one, other}) for one in languages for other in languages if one != other)
    return Knowledge({one: frozenset(wider) for one, wider in memberships.items()}, apart, named_apart=False)


def pair(case: dict[str, Any]) -> tuple[Constraints, Constraints]:
    quads = [
        Quad(quad.subject, quad.predicate, zoned(quad.object))
        if isinstance(quad.object, Literal) and quad.object.datatype == XSD.dateTime
        else quad
        for quad in parse_file(shared(BENCHMARK) / case["policy"])
    ]
    one, other = policies_of(quads, where=case["policy"])
    return one.permissions[0].constraints, other.permissions[0].constraints


def decided(case: dict[str, Any]) -> str:
    """Compare a pair as its case asks; put together by operand, one that only one side looks at is unknown."""
    one, other = pair(case)
    by_operand = case["relation"] in {"verdict", "verdict_algebra"}
    if case["relation"] in CONTAINED and case["category"] != "Completion":
        contained = implies(one, other, knowledge=knowledge(), profile=PROFILE)
        unsaid = operands(other) - operands(one)
        return (
            "Unknown" if by_operand and unsaid else {True: "Compatible", False: "Conflict", None: "Unknown"}[contained]
        )
    verdict = together(one, other, knowledge=knowledge(), profile=PROFILE)
    silent = operands(one) ^ operands(other)
    return "Unknown" if by_operand and silent and verdict is Verdict.COMPATIBLE else verdict.value.title()


@pytest.mark.skipif(not cases(), reason=f"needs the shared data `{BENCHMARK}`, which is not beside this checkout")
def test_direct_pairs_are_whole_and_each_is_compared_or_named_with_its_reason() -> None:
    assert len(cases()) == 225
    left_out = Counter(why_not(case) for case in cases())
    assert left_out[None] == len(COMPARED) == 214
    assert set(left_out) == {None, *NOT_ODRL, *OTHER_QUESTIONS.values()}
    assert Counter(case["verdict"] for case in COMPARED)["Unknown"] == 11


@pytest.mark.skipif(not cases(), reason=f"needs the shared data `{BENCHMARK}`, which is not beside this checkout")
def test_pair_with_an_operand_that_only_one_looks_at_is_unknown() -> None:
    (case,) = [case for case in cases() if case["id"] == "ODRL635-1"]
    assert "Unknown" in case["problem"]
    assert decided(case) == "Unknown"


@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case["id"])
def test_pair_is_decided_as_published(case: dict[str, Any]) -> None:
    assert decided(case) == case["verdict"], case["problem"]
