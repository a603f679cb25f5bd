"""Suggestions against the reference alignments of the conference track, with nothing tuned on any of them."""

import pytest
from tests.shared_data import shared

from conference_track import SUITE, Name, measures, ontologies, references
from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.suggestions.background import load
from virtuales.alignment.suggestions.engine import Suggestion, suggest
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Sides
from virtuales.alignment.terms import EXACT_MATCH, LEXICAL_MATCHING
from virtuales.models.owl_axioms import read_axioms
from virtuales.resources import contributed


@pytest.fixture(scope="module")
def right() -> dict[Name, frozenset[Pair]]:
    """The reference alignments."""
    found = references(shared(SUITE))
    assert len(found) >= 6, "all alignments were read"
    return found


@pytest.fixture(scope="module")
def coherence(right: dict[Name, frozenset[Pair]]) -> dict[Name, Coherence]:
    """The axioms of each two ontologies."""
    folder = shared(SUITE) / "ontologies"
    axioms = {name: read_axioms(folder / f"{name}.owl") for names in right for name in names}
    return {name: Coherence(axioms[name[0]], axioms[name[1]]) for name in right}


@pytest.fixture(scope="module")
def found(right: dict[Name, frozenset[Pair]], coherence: dict[Name, Coherence]) -> dict[Name, tuple[Suggestion, ...]]:
    """What is suggested."""
    models, groups = ontologies(shared(SUITE)), load(contributed("mappings")).groups
    return {
        name: suggest(Sides.of(models[name[0]], models[name[1]], groups=groups), coherence=coherence[name]).suggestions
        for name in right
    }


def test_finds_most_of_what_people_found(
    found: dict[Name, tuple[Suggestion, ...]], right: dict[Name, frozenset[Pair]]
) -> None:
    reached = measures({name: [each.pair for each in suggestions] for name, suggestions in found.items()}, right)
    assert reached["f1"] >= 0.74, reached


def test_makes_no_class_and_no_property_impossible(
    found: dict[Name, tuple[Suggestion, ...]], coherence: dict[Name, Coherence]
) -> None:
    for name, suggestions in found.items():
        claims = [Mapping(each.left.iri, EXACT_MATCH, each.right.iri, LEXICAL_MATCHING) for each in suggestions]
        assert coherence[name].judge(claims).impossible == (), name


def test_what_is_marked_as_sure_is_right(
    found: dict[Name, tuple[Suggestion, ...]], right: dict[Name, frozenset[Pair]]
) -> None:
    sure = {(name, each.pair) for name, suggestions in found.items() for each in suggestions if each.sure}
    wrong = {(name, pair) for name, pair in sure if pair not in right[name]}
    assert len(sure) >= 10, "there are some"
    assert 1 - len(wrong) / len(sure) >= 0.95, wrong
