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
    "`odrl:andSequence` is refused, since no record says in which order constraints came to be met": {"andSequence"},
}
OTHER_QUESTIONS = {
    "runtime": "it asks about one execution, not about two policies",
    "sort-ablation": "it asks what a reading without kinds of values would say",
    "verdict_algebra": "it asks how verdicts are put together",
    "compatible": "it asks about four policies",
}


@cache
def cases() -> tuple[dict[str, Any], ...]:
    if not (SHARED / BENCHMARK).exists():
        return ()
    listed = json.loads((SHARED / BENCHMARK / "manifest.json").read_text(encoding="utf-8"))["cases"]
    return tuple(case for case in listed if case.get("direct_pair"))


def why_not(case: dict[str, Any]) -> str | None:
    """Say why a pair is not compared; None when it is."""
    if case["relation"] in OTHER_QUESTIONS:
        return OTHER_QUESTIONS[case["relation"]]
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
    one, other = pair(case)
    if case["relation"] == "subsumption":
        contained = implies(one, other, knowledge=knowledge(), profile=PROFILE)
        return {True: "Compatible", False: "Conflict", None: "Unknown"}[contained]
    verdict = together(one, other, knowledge=knowledge(), profile=PROFILE)
    silent = operands(one) ^ operands(other)
    if case["relation"] == "verdict" and silent and verdict is Verdict.COMPATIBLE:
        return "Unknown"
    return verdict.value.title()


@pytest.mark.skipif(not cases(), reason=f"needs the shared data `{BENCHMARK}`, which is not beside this checkout")
def test_direct_pairs_are_whole_and_each_is_compared_or_named_with_its_reason() -> None:
    assert len(cases()) == 225
    left_out = Counter(why_not(case) for case in cases())
    assert left_out[None] == len(COMPARED) == 203
    assert set(left_out) == {None, *NOT_ODRL, *OTHER_QUESTIONS.values()}
    assert Counter(case["verdict"] for case in COMPARED)["Unknown"] == 10


@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case["id"])
def test_pair_is_decided_as_published(case: dict[str, Any]) -> None:
    assert decided(case) == case["verdict"], case["problem"]
