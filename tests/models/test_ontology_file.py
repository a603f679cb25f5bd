"""Facts as Turtle: written the same each time, read back without loss."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.models.small_profiles import equipment

from virtuales.errors import InputError, UnreadableInput
from virtuales.models import rdfs_profile
from virtuales.models.facts import KINDS, ClassFact, Model, Multiplicity, ProfileFact, PropertyFact, by_iri
from virtuales.models.ontology_file import read_model, write_model
from virtuales.rdf.io import parse_file

EX = "http://example.org/ns#"
names = st.text(alphabet="ABCabc.", min_size=1, max_size=5).filter(lambda name: name.strip("."))
iris = names.map(lambda name: EX + name)
several = st.lists(iris, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
keywords = st.sampled_from(["EQ", "SSH", "TP"])
memberships = st.frozensets(keywords)
multiplicities = st.builds(Multiplicity, st.integers(0, 3), st.one_of(st.none(), st.integers(1, 4)))
maybe = st.one_of(st.none(), st.sampled_from(["ohm", "M", "W/s", 'a "b"']))

classes = st.builds(
    ClassFact,
    iri=iris.map(lambda iri: iri + "C"),
    label=texts,
    kind=st.sampled_from([kind for kind in KINDS if kind not in {"scheme", "enumeration"}]),
    superclasses=several,
    profiles=memberships,
    concrete=memberships,
    roots=memberships,
    disjoint=several,
    deprecated=st.booleans(),
)
enumerations = st.builds(
    ClassFact, iri=iris.map(lambda i: i + "E"), label=texts, kind=st.just("enumeration"), members=several
)
attributes = st.builds(
    PropertyFact,
    iri=iris.map(lambda iri: iri + "a"),
    label=texts,
    domains=several,
    datatype=st.just("http://www.w3.org/2001/XMLSchema#float"),
    value_type=st.one_of(st.none(), iris),
    unit=maybe,
    multiplier=maybe,
    multiplicities=st.dictionaries(keywords, multiplicities),
    superproperties=several,
)
associations = st.builds(
    PropertyFact,
    iri=iris.map(lambda iri: iri + "b"),
    label=texts,
    domains=several,
    ranges=several,
    multiplicities=st.dictionaries(keywords, multiplicities),
    inverse=st.one_of(st.none(), iris),
    used=st.one_of(st.none(), st.booleans()),
    deprecated=st.booleans(),
)
models = st.builds(
    Model,
    name=st.just("example-1.0"),
    title=texts,
    version=texts,
    source=st.sampled_from(["", "https://example.org/files", "Somebody's shelf"]),
    licence=st.sampled_from(["", "CC-BY-4.0", "https://example.org/licence"]),
    namespaces=st.just({"ex": EX}),
    profiles=st.just(
        {
            "EQ": ProfileFact("EQ", ("http://profile/EQ/1", "http://profile/EQ/2"), "Equipment"),
            "SSH": ProfileFact("SSH", (), "", ("EQ",)),
            "TP": ProfileFact("TP", ("http://profile/TP/1",), "Topology"),
        }
    ),
    classes=st.lists(st.one_of(classes, enumerations), max_size=6).map(by_iri),
    properties=st.lists(st.one_of(attributes, associations), max_size=6).map(by_iri),
)


def test_refuses_a_file_that_describes_no_model(tmp_path: Path) -> None:
    file = tmp_path / "other.ttl"
    file.write_text("<http://a> <http://b> <http://c> .")
    with pytest.raises(InputError, match="0 models"):
        read_model(file)


def test_refuses_a_file_that_is_no_turtle(tmp_path: Path) -> None:
    file = tmp_path / "broken.ttl"
    file.write_text("not turtle at all")
    with pytest.raises(UnreadableInput):
        read_model(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(80))
@given(st.data())
def test_refuses_or_reads_a_file_with_statements_missing(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole.ttl"
    whole.write_text(write_model(rdfs_profile.read_model([equipment(tmp_path)], "small")))
    lines = sorted(f"{quad} ." for quad in parse_file(whole))
    lost = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=12))
    file = tmp_path / "lossy.nt"
    file.write_text("\n".join(line for number, line in enumerate(lines) if number not in lost))
    with suppress(InputError):
        read_model(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(models)
def test_reads_back_what_it_wrote(tmp_path: Path, model: Model) -> None:
    file = tmp_path / "model.ttl"
    file.write_text(write_model(model), encoding="utf-8")
    assert read_model(file) == model


def test_reads_back_schemes_with_their_concepts(tmp_path: Path) -> None:
    concept = ClassFact(f"{EX}use", "use", "concept", types=(f"{EX}Action",))
    scheme = ClassFact(f"{EX}scheme", "scheme", "scheme", members=(f"{EX}use",))
    model = Model("example", namespaces={"ex": EX}, classes=by_iri([concept, scheme]))
    file = tmp_path / "model.ttl"
    file.write_text(write_model(model), encoding="utf-8")
    assert read_model(file) == model


def test_shares_the_statement_of_how_often(tmp_path: Path) -> None:
    text = write_model(rdfs_profile.read_model([equipment(tmp_path)], "small"))
    assert text.count("p:EQ-1..1 a ves:Occurrence") == 1
    assert text.count("ves:occurrence p:EQ-1..1") == 3


def test_looks_a_term_up_by_iri_prefixed_or_local_name(tmp_path: Path) -> None:
    model = rdfs_profile.read_model([equipment(tmp_path)], "small")
    assert model.term("http://cim#Line") is model.term("cim:Line") is model.term("Line")
