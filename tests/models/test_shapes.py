"""Generated shapes: what they refuse, what they let pass, and that two outside engines agree on it."""

import random
from collections import Counter
from io import BytesIO
from pathlib import Path

import pyshacl
import pytest
import rdflib
import shacl
from tests.models.small_profiles import STRING, cls, end, equipment, header, profile, prop
from tests.shared_data import shared

from virtuales.errors import InputError
from virtuales.models.manifest import read_manifest
from virtuales.models.rdfs_profile import read_model
from virtuales.models.registry import ModelRegistry
from virtuales.models.shapes import shapes_of, store_shapes
from virtuales.preparation.cim.reader import CimReader
from virtuales.rdf.namespaces import VES
from virtuales.resources import contributed

CIM = "@prefix c: <http://cim#> . @prefix : <urn:x:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
GOOD = """:line a c:Line ; c:Thing.name "Line" ; c:Line.r "1"^^xsd:float ; c:Line.winding c:Winding.D .
:end a c:Terminal ; c:Thing.name "End" ; c:Terminal.Equipment :line .
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> shacl.Shapes:
    """Return the shapes of the small equipment profile."""
    files = shapes_of(read_model([equipment(tmp_path_factory.mktemp("small"))], "small"))
    return shacl.Shapes.from_text("\n".join(file.text for file in files))


def complaints(shapes: shacl.Shapes, data: str, severity: str = "Violation") -> list[str]:
    """Return the messages of the results of one severity."""
    results = shapes.validate_text(CIM + data, "turtle").results
    return sorted(str(result.message) for result in results if str(result.severity).endswith(severity))


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ('c:Line.r "1"^^xsd:float', "", "Line.r occurs exactly once, as float in kohm."),
        ('c:Line.r "1"^^xsd:float', 'c:Line.r "1"^^xsd:float, "2"^^xsd:float', "Line.r occurs exactly once"),
        ('c:Line.r "1"^^xsd:float', 'c:Line.r "one"^^xsd:float', "Line.r occurs exactly once"),
        ('c:Line.r "1"^^xsd:float', 'c:Line.r "1"', "Line.r occurs exactly once"),
        ("c:Line.winding c:Winding.D", "c:Line.winding c:Winding.Z", "Line.winding occurs at most once, as a value of"),
        ('c:Thing.name "Line"', "", "Thing.name occurs exactly once, as string."),
        ("c:Terminal.Equipment :line", "", "Terminal.Equipment occurs exactly once, as the IRI of an Equipment."),
        ("c:Terminal.Equipment :line", 'c:Terminal.Equipment "line"', "Terminal.Equipment occurs exactly once"),
        ("c:Terminal.Equipment :line", "c:Terminal.Equipment :end", "refers to an object that is no cim:Equipment."),
    ],
)
def test_refuses(small: shacl.Shapes, good: str, bad: str, message: str) -> None:
    assert complaints(small, GOOD) == []
    (found,) = complaints(small, GOOD.replace(good, bad))
    assert message in found


def test_lets_pass_a_reference_to_what_another_model_describes(small: shacl.Shapes) -> None:
    assert complaints(small, GOOD.replace(":line .", ":elsewhere .")) == []


def test_does_not_ask_for_the_end_of_an_association_that_data_leaves_out(small: shacl.Shapes) -> None:
    assert complaints(small, GOOD.partition("\n")[0]) == []


def test_does_not_judge_an_object_of_an_abstract_class(small: shacl.Shapes) -> None:
    assert complaints(small, ":thing a c:Equipment .") == []


def test_warns_of_a_class_the_model_does_not_have(small: shacl.Shapes) -> None:
    assert complaints(small, ":thing a c:Lime .") == []
    (warning,) = complaints(small, ":thing a c:Lime .", "Warning")
    assert "none of small" in warning


def test_a_missing_mrid_is_a_warning_and_two_are_a_violation(tmp_path: Path) -> None:
    name = "IdentifiedObject.mRID"
    parts = (STRING, cls("IdentifiedObject"), cls("Line", above="IdentifiedObject", concrete=True))
    mrid = prop(name, domain="IdentifiedObject", datatype="String", often="1..1")
    model = read_model([profile(tmp_path, "mrid", header(), *parts, mrid)], "mrid")
    shapes = shacl.Shapes.from_text("\n".join(file.text for file in shapes_of(model)))
    assert complaints(shapes, ":line a c:Line .") == []
    assert len(complaints(shapes, ":line a c:Line .", "Warning")) == 1
    assert len(complaints(shapes, f':line a c:Line ; c:{name} "a", "b" .')) == 1


def test_a_class_inherits_nothing_where_its_profile_says_so(tmp_path: Path) -> None:
    node = profile(
        tmp_path,
        "topology",
        header("TP", "http://profile/TP/1"),
        STRING,
        cls("Thing"),
        cls("Terminal", concrete=True),
        cls("Node", above="Thing", concrete=True),
        prop("Thing.name", domain="Thing", datatype="String", often="1..1"),
        prop("Terminal.Node", domain="Terminal", ranges="Node", often="1", more=end("Node.Terminals", used="Yes")),
    )
    model = read_model([equipment(tmp_path), node], "both")
    (topology,) = [file for file in shapes_of(model) if file.keyword == "TP"]
    shapes = shacl.Shapes.from_text(topology.text)
    assert complaints(shapes, ":end a c:Terminal ; c:Terminal.Node :node .") == []
    assert len(complaints(shapes, ":node a c:Node .")) == 1


def test_refuses_to_store_shapes_of_a_model_without_licence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="licence"):
        store_shapes(read_model([equipment(tmp_path)], "small", source="https://example.org/"), tmp_path / "shapes")
    assert not (tmp_path / "shapes").exists()


def test_an_import_replaces_its_own_shapes_and_keeps_those_of_people(tmp_path: Path) -> None:
    model = read_model([equipment(tmp_path)], "small", source="https://example.org/", licence="CC0-1.0")
    folder = tmp_path / "shapes"
    written = store_shapes(model, folder)
    mine = folder / "small" / "our-rules.ttl"
    mine.write_text("")
    assert store_shapes(model, folder) == written
    assert mine.exists()
    listed = {entry.identifier: entry.conforms_to for entry in read_manifest(folder, VES.ShapesGraph)}
    assert listed == {"small/EQ": {"http://profile/EQ/1"}, "small/terms": {"http://profile/EQ/1"}}


def official(name: str) -> list[Path]:
    """Return the files of an official model, or skip."""
    return sorted(shared(f"data/cim/{name}").rglob("*.xml"))


def typed(file: Path, registry: ModelRegistry) -> tuple[str, tuple[str, ...]]:
    """Return a model as N-Triples, and the profiles its header names."""
    sink = BytesIO()
    reading = CimReader(registry, "https://example.org/models").read(BytesIO(file.read_bytes()), sink, name=file.name)
    return sink.getvalue().decode(), reading.profiles


def shapes_for(profiles: tuple[str, ...]) -> str:
    """Return the registered shapes of some profiles, as Turtle."""
    entries = read_manifest(contributed("shapes"), VES.ShapesGraph)
    return "\n".join(entry.path.read_text() for entry in entries if entry.conforms_to & set(profiles))


@pytest.mark.parametrize(
    ("name", "models", "warnings"),
    [
        ("cgmes-2.4.15/MicroGrid-BaseCase", 28, 0),
        ("cgmes-2.4.15/MiniGrid", 12, 0),
        ("cgmes-3.0/MicroGrid-BaseCase", 27, 548),
        ("cgmes-3.0/MiniGrid", 6, 0),
    ],
)
def test_official_models_publish(name: str, models: int, warnings: int) -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    compiled: dict[tuple[str, ...], shacl.Shapes] = {}
    found: Counter[str] = Counter()
    files = official(name)
    for file in files:
        graph, profiles = typed(file, registry)
        if profiles not in compiled:
            compiled[profiles] = shacl.Shapes.from_text(shapes_for(profiles))
        found.update(
            str(each.severity).rpartition("#")[2]
            for each in compiled[profiles].validate_text(graph, "ntriples").results
        )
    assert (len(files), found["Violation"], found["Warning"]) == (models, 0, warnings)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_two_engines_agree_on_a_damaged_model() -> None:
    (file,) = [file for file in official("cgmes-3.0/MicroGrid-BaseCase/MicroGrid-NL-MAS") if "_EQ_" in file.name]
    graph, profiles = typed(file, ModelRegistry.load(contributed("ontology")))
    damaged = damage(graph)
    turtle = shapes_for(profiles)
    ours = Counter(
        (str(each.focus_node).strip("<>"), each.component_iri, str(each.source_shape).strip("<>"))
        for each in shacl.Shapes.from_text(turtle).validate_text(damaged, "ntriples").results
    )
    _, report, _ = pyshacl.validate(
        rdflib.Graph().parse(data=damaged, format="nt"), shacl_graph=rdflib.Graph().parse(data=turtle, format="turtle")
    )
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    theirs = Counter(
        tuple(str(report.value(each, part)) for part in (sh.focusNode, sh.sourceConstraintComponent, sh.sourceShape))
        for each in report.subjects(rdflib.RDF.type, sh.ValidationResult)
    )
    assert sum(ours.values()) > 50
    assert ours == theirs


def damage(graph: str) -> str:
    """Lose, double and misdirect some statements of a graph, the same ones each time."""
    chance = random.Random(7)
    lines = graph.splitlines()
    subjects = [line.split(" ", 1)[0] for line in lines if "#type> " in line]
    kept = []
    for line in lines:
        luck = chance.random()
        subject, predicate, value = line.removesuffix(" .").split(" ", 2)
        if luck < 0.03:
            continue
        if luck < 0.05 and value.startswith("<") and "#type>" not in predicate:
            value = chance.choice(subjects)
        elif luck < 0.06:
            kept.append(f'{subject} {predicate} "doubled" .')
        kept.append(f"{subject} {predicate} {value} .")
    return "\n".join(kept) + "\n"
