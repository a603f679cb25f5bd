"""Judging by what changed since data like it was judged, within bounds."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from tests.assurance.building import graph, shapes
from tests.assurance.random_shapes import COPIES, ShapeMaker, statement

from virtuales.assurance.kept_judgements import KeptJudgements
from virtuales.assurance.validator import validate
from virtuales.errors import InputError

BY = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:maxCount 1 ] .")
OTHER = shapes(":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:property [ sh:path :q ; sh:minCount 1 ] .")
DATA = "".join(f":n{number} :p {number} ." for number in range(20))


def test_refuses_shapes_that_cannot_judge_and_keeps_nothing() -> None:
    kept = KeptJudgements(1_000)
    with pytest.raises(InputError):
        kept.of("a")(graph(DATA), shapes(""))
    assert len(kept) == 0


def test_an_edition_takes_the_place_of_the_one_before_it() -> None:
    kept = KeptJudgements(1_000)
    assert kept.of("a")(graph(DATA), BY).conforms
    assert len(kept) == 20
    assert len(kept.of("a")(graph(DATA + ":n1 :p 0 ."), BY)) == 1
    assert len(kept) == 21


def test_other_subjects_shapes_and_data_of_another_kind_are_kept_apart() -> None:
    kept = KeptJudgements(1_000)
    kept.of("a")(graph(DATA), BY)
    kept.of("b")(graph(DATA), BY)
    assert len(kept) == 40
    assert len(kept.of("a")(graph(DATA), OTHER)) == 20
    assert len(kept) == 60
    kept.of("a")(graph(DATA.replace(":n", ":m")), BY)
    assert len(kept) == 80


def test_lets_go_of_what_was_used_longest_ago() -> None:
    kept = KeptJudgements(50)
    kept.of("a")(graph(DATA), BY)
    kept.of("b")(graph(DATA), BY)
    kept.of("a")(graph(DATA), BY)
    kept.of("c")(graph(DATA), BY)
    assert len(kept) == 40
    kept.of("a")(graph(DATA + ":n1 :p 0 ."), BY)
    assert len(kept) == 41, "a was kept, b was let go of"


def test_judges_whole_where_rules_run_first() -> None:
    rule = "[ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :p ; sh:object 0 ]"
    by = shapes(
        f":S a sh:NodeShape ; sh:targetSubjectsOf :p ; sh:rule {rule} ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
        "<urn:s> sh:entailment sh:Rules ."
    )
    kept = KeptJudgements(1_000)
    assert [len(kept.of("a")(graph(data), by)) for data in (DATA, ":n1 :p 1 , 2 .")] == [19, 1]
    assert len(kept) == 0


@pytest.mark.parametrize("most", [0, 19])
def test_judges_what_is_too_large_to_keep(most: int) -> None:
    kept = KeptJudgements(most)
    assert len(kept.of("a")(graph(DATA + ":n1 :p 0 ."), BY)) == 1
    assert len(kept) == 0


def test_gives_what_a_full_run_gives_whatever_is_kept() -> None:
    """Editions of three subjects, judged by several threads at once, as those of a node are."""
    random = Random(7)
    several = [shapes(ShapeMaker(seed).shapes(3)) for seed in range(3)]
    kept = KeptJudgements(400)
    lines = [[statement(random, copy) for copy in range(COPIES) for _ in range(12)] for _ in range(3)]
    tasks = []
    for _ in range(8):
        for number, now in enumerate(lines):
            now[random.randrange(len(now))] = statement(random, random.randrange(COPIES))
            tasks += [(f"subject {number}", "\n".join(now), by) for by in several]

    def agrees(task: tuple[str, str, object]) -> bool:
        subject, data, by = task
        read = graph(data)
        report, whole = kept.of(subject)(read, by), validate(read, by)  # type: ignore[arg-type]
        return Counter(report.results) == Counter(whole.results) and report.focus_nodes == whole.focus_nodes

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(agrees, tasks)) == [True] * 72
    assert 0 < len(kept) <= 400


def test_begins_anew_when_terms_of_what_went_pile_up() -> None:
    kept = KeptJudgements(1_000_000)
    same = "".join(f":m{number} :p 1 ." for number in range(7_000))
    held = []
    for edition in range(18):
        new = "".join(f":n{number} :p {number * 100 + edition} ." for number in range(2_000))
        assert kept.of("a")(graph(new + same), BY).conforms
        held.append(len(kept))
    assert set(held) == {0, 9_000}
    assert held.count(0) == 1
