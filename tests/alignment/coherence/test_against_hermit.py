"""The check against HermiT: recorded verdicts on 36 alignments, and HermiT itself where it is installed."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.alignment.coherence.small_models import LEFT, RIGHT, maps, model
from tests.shared_data import shared

from coherence.cases import SUITE, Case, conference_cases
from virtuales.alignment.coherence.hermit import Hermit, judge_with_hermit, statements_of
from virtuales.alignment.coherence.judging import Coherence, coherence
from virtuales.alignment.coherence.report import Report
from virtuales.errors import ConfigurationError, InputError, TooLarge
from virtuales.models.owl_axioms import axioms_of_quads
from virtuales.models.owl_writer import supported, triples_of
from virtuales.rdf.namespaces import RDFS, XSD
from virtuales.rdf.terms import DefaultGraph, NamedNode, Quad, Triple

VERDICTS = Path(__file__).with_name("hermit_verdicts.json")
"""What HermiT found; written by `bench/bench_coherence.py --record`."""


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """The alignments on which verdicts are recorded."""
    return list(conference_cases(shared(SUITE), seeded=4))


@pytest.fixture(scope="module")
def hermit() -> Hermit:
    """HermiT, where it is installed."""
    if find_spec("owlready2") is None or shutil.which("java") is None:
        pytest.skip("needs `virtuales[reasoning]` and Java; `make coherence` installs the former")
    return Hermit.find(timeout=120)


def found(report: Report) -> tuple[set[str], set[str]]:
    """Return the terms found impossible and the new orders, as the verdicts are written."""
    orders = {f"{each.narrower} {each.broader}" for each in report.orders}
    return {each.term for each in report.impossible}, orders


def test_the_check_names_what_hermit_names_on_every_alignment(cases: list[Case]) -> None:
    verdicts = json.loads(VERDICTS.read_text(encoding="utf-8"))
    assert len(cases) == len(verdicts) == 36
    for case in cases:
        impossible, orders = found(Coherence(case.left.axioms, case.right.axioms).judge(case.mappings))
        assert sorted(impossible) == verdicts[case.name]["impossible"], case.name
        assert sorted(orders) == verdicts[case.name]["orders"], case.name
    assert sum(len(each["impossible"]) for each in verdicts.values()) > 900


def test_what_is_blamed_suffices_and_none_can_be_left_out(cases: list[Case]) -> None:
    for case in [each for each in cases if each.name.startswith("cmt-")][:8]:
        ready = Coherence(case.left.axioms, case.right.axioms)
        for one in ready.judge(case.mappings).impossible[::12]:
            assert one.term in {each.term for each in ready.judge(one.mappings, fewest=False).impossible}
            for left_out in one.mappings:
                fewer = [each for each in one.mappings if each is not left_out]
                assert one.term not in {each.term for each in ready.judge(fewer, fewest=False).impossible}


def test_the_references_are_coherent_and_equal_names_are_not(cases: list[Case]) -> None:
    coherent = {}
    for case in cases:
        if "seeded" not in case.name:
            coherent[case.name] = Coherence(case.left.axioms, case.right.axioms).judge(case.mappings).coherent
    assert all(sound for name, sound in coherent.items() if name.endswith("reference"))
    assert [name for name, sound in coherent.items() if not sound] == ["cmt-confOf equal names", "cmt-ekaw equal names"]


def test_axioms_that_are_written_are_read_back(cases: list[Case]) -> None:
    for case in cases[::6]:
        axioms = case.left.axioms
        quads = (Quad(each.subject, each.predicate, each.object, DefaultGraph()) for each in triples_of(axioms))
        again = axioms_of_quads(quads, name=axioms.name)
        assert set(again.inclusions) == set(axioms.inclusions)
        assert (again.classes, again.transitive) == (axioms.classes, axioms.transitive)
        for rules, written in ((axioms, again), (again, axioms)):
            assert {_named(pair) for pair in rules.subproperties} <= {_named(pair) for pair in written.subproperties}


def _named(pair: tuple[object, object]) -> str:
    """Return an order of properties in one of the two ways in which it can be said."""
    return min(str(pair), str(tuple(role.inverse for role in pair)))  # type: ignore[attr-defined]


def test_datatypes_that_hermit_does_not_know_become_ones_that_share_no_value() -> None:
    triples = [Triple(NamedNode(LEFT + name), RDFS.range, XSD[name]) for name in ("date", "time", "string")]
    written = list(supported(triples, frozenset({XSD.string.value})))
    assert not {each.object for each in written} & {XSD.date, XSD.time}
    lengths = [each.object for each in written if str(each.predicate).endswith("length>")]
    assert len(set(lengths)) == 2


def test_refuses_where_hermit_or_java_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("virtuales.alignment.coherence.hermit.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"not installed.*virtuales\[reasoning\]"):
        Hermit.find()
    monkeypatch.setattr("virtuales.alignment.coherence.hermit.find_spec", lambda _: find_spec("json"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigurationError, match="Java"):
        Hermit.find()


def test_hermit_judges_the_references_as_recorded(hermit: Hermit, cases: list[Case]) -> None:
    verdicts = json.loads(VERDICTS.read_text(encoding="utf-8"))
    case = next(each for each in cases if each.name == "cmt-ekaw equal names")
    models = (case.left.axioms, case.right.axioms)
    together = hermit.classify(
        [*case.left.triples, *case.right.triples, *statements_of(case.mappings, models)]
    ).impossible
    assert sorted(together) == verdicts[case.name]["impossible"]


def test_hermit_as_the_reasoner_gives_the_same_report(hermit: Hermit) -> None:
    left = model("l:A owl:disjointWith l:B . l:p a owl:DatatypeProperty ; rdfs:range xsd:date ; rdfs:domain l:A .")
    right = model("r:X rdfs:subClassOf r:Y . r:q a owl:DatatypeProperty ; rdfs:range xsd:time .", "other")
    alignment = maps("A X", "B Y", "p q")
    assert set(judge_with_hermit((left, right), alignment, hermit).impossible) == set(
        coherence(left, right, alignment).impossible
    )
    assert {LEFT + "p", RIGHT + "q"} <= {each.term for each in coherence(left, right, alignment).impossible}


def test_hermit_is_ended_when_it_takes_too_long_and_says_why_it_cannot(hermit: Hermit) -> None:
    with pytest.raises(TooLarge, match="did not end"):
        Hermit(hermit.java, hermit.folder, timeout=0.01).classify([])
    with pytest.raises(InputError, match="HermiT could not judge"):
        Hermit(hermit.java, hermit.folder / "nowhere").classify([])
