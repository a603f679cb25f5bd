"""What a model's profiles ask of data: mandatory properties by class and profile, and how far some data has them."""

from pathlib import Path

import pytest

from virtuales.assurance.asked import Asked, Fulfilment, fulfilments
from virtuales.assurance.graph import ColumnarGraph
from virtuales.models.facts import ClassFact, Model, Multiplicity, ProfileFact, PropertyFact
from virtuales.models.registry import ModelRegistry
from virtuales.models.shapes import shapes_of
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import SH
from virtuales.rdf.terms import plain
from virtuales.resources import contributed

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
N = "http://cim#"
EQ, OP = "urn:profile:EQ", "urn:profile:OP"
ONCE, PERHAPS, PAIR = Multiplicity(1, 1), Multiplicity(0, 1), Multiplicity(2, None)


def cls(name: str, *above: str, concrete: str = "") -> ClassFact:
    superclasses = tuple(N + each for each in above)
    return ClassFact(N + name, name, superclasses=superclasses, concrete=frozenset(concrete.split()))


def prop(name: str, domain: str, used: bool | None = None, **often: Multiplicity) -> PropertyFact:
    return PropertyFact(N + name, name, domains=(N + domain,), multiplicities=often, used=used)


MODEL = Model(
    name="small",
    profiles={"EQ": ProfileFact("EQ", (EQ,)), "OP": ProfileFact("OP", (OP,), extends=("EQ",))},
    classes={
        fact.iri: fact
        for fact in (cls("Named"), cls("Line", "Named", concrete="EQ OP"), cls("Site", concrete="EQ"), cls("Cable"))
    },
    properties={
        fact.iri: fact
        for fact in (
            prop("name", "Named", EQ=ONCE, OP=PERHAPS),
            prop("r", "Line", EQ=ONCE),
            prop("note", "Line", EQ=PERHAPS),
            prop("ends", "Line", used=True, EQ=PAIR),
            prop("inverse", "Line", used=False, EQ=ONCE),
            prop("region", "Site", EQ=ONCE, OP=ONCE),
        )
    },
)
DATA = f"""<urn:a> {TYPE} <{N}Line> .
<urn:a> <{N}name> "A" .
<urn:a> <{N}r> "1" .
<urn:a> <{N}ends> <urn:c> .
<urn:a> <{N}ends> <urn:d> .
<urn:b> {TYPE} <{N}Line> .
<urn:b> <{N}ends> <urn:c> .
<urn:e> {TYPE} <{N}Cable> .
<urn:f> {TYPE} <http://other#Line> .
"""


def test_asks_for_what_occurs_at_least_once_at_the_end_that_data_states() -> None:
    asked = Asked(MODEL)
    eq, op = MODEL.profiles["EQ"], MODEL.profiles["OP"]
    assert asked.mandatory(eq, f"{N}Line") == {f"{N}name": 1, f"{N}r": 1, f"{N}ends": 2}
    assert asked.mandatory(op, f"{N}Line") == {f"{N}r": 1, f"{N}ends": 2}, "the profile's own multiplicity counts"
    assert asked.mandatory(op, f"{N}Site") == {f"{N}region": 1}, "a class of the extended profile has what it adds"
    assert asked.mandatory(eq, f"{N}Cable") == {}, "no object may have an abstract class"
    assert asked.mandatory(eq, "http://other#Line") == {}


def test_counts_objects_that_have_each_property_often_enough() -> None:
    found = fulfilments(ColumnarGraph.from_n_triples(DATA.encode()), MODEL, [EQ, "urn:profile:unknown"])
    line = f"{N}Line"
    assert found == (
        Fulfilment(EQ, line, f"{N}ends", 2, 1),
        Fulfilment(EQ, line, f"{N}name", 2, 1),
        Fulfilment(EQ, line, f"{N}r", 2, 1),
    )
    assert [each.missing for each in found] == [1, 1, 1]


def test_of_nothing_asks_nothing() -> None:
    assert fulfilments(ColumnarGraph.from_n_triples(b""), MODEL, [EQ]) == ()
    assert fulfilments(ColumnarGraph.from_n_triples(DATA.encode()), MODEL, []) == ()


@pytest.mark.parametrize("name", ["cgmes-3.0", "gb-ltds-1.0.1"])
def test_asks_the_same_as_the_shapes_made_from_the_model(tmp_path: Path, name: str) -> None:
    model = ModelRegistry.load(contributed("ontology")).model(name)
    asked, compared = Asked(model), 0
    for file in shapes_of(model):
        if file.keyword not in model.profiles:
            continue
        place = tmp_path / f"{file.keyword}.ttl"
        place.write_text(file.text)
        said: dict[str, dict[str, list[str]]] = {}
        for quad in parse_file(place):
            said.setdefault(plain(quad.subject), {}).setdefault(quad.predicate.value, []).append(plain(quad.object))
        for shape in said.values():
            for target in shape.get(SH.targetClass.value, []):
                parts = [said[each] for each in shape.get(SH.property.value, [])]
                least = {
                    part[SH.path.value][0]: int(part[SH.minCount.value][0])
                    for part in parts
                    if SH.minCount.value in part
                }
                assert asked.mandatory(model.profiles[file.keyword], target) == least, f"{file.keyword} {target}"
                compared += bool(least)
    assert compared > 50
