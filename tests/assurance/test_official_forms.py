"""Official rules about how numbers and times are written, on forms that official models have."""

from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.dictionary import XSD
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.validator import validate
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.resources import contributed

SHAPES = "data/cim/profiles/cgmes-3.0/SHACL"
CIM = "http://iec.ch/TC57/CIM100#"


def judged(data: ColumnarGraph, file: str, rule: str) -> list[tuple[str, str | None]]:
    """Judge data by the rules of one official file, and return the results of one of them."""
    report = validate(data, compile_shapes([shared(f"{SHAPES}/{file}")]))
    return sorted((one.focus_node, one.value) for one in report.results if str(one.source_shape).endswith(f"#{rule}>"))


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("90", False),
        ("9e1", False),
        ("90.0", True),
        ("90.000000", True),
        ("45", True),
        ("-150", False),
        ("-150.", True),
    ],
)
def test_an_angle_is_a_whole_number_and_written_as_one(form: str, *, wrong: bool) -> None:
    turtle = f"""
    @prefix cim: <{CIM}> . @prefix xsd: <{XSD}> .
    <urn:uuid:1> a cim:PhaseTapChangerAsymmetrical ;
      cim:PhaseTapChangerAsymmetrical.windingConnectionAngle "{form}"^^xsd:float .
    """
    data = ColumnarGraph.from_quads(parse_file(turtle.encode(), TURTLE))
    rule = "PhaseTapChangerAsymmetrical.windingConnectionAngle-valueRange"
    expected = [("<urn:uuid:1>", f'"{form}"^^<{XSD}float>')] if wrong else []
    assert judged(data, "61970-301_Equipment-AP-Con-Complex-SHACL.ttl", rule) == expected


def test_names_a_time_as_the_model_writes_it(tmp_path: Path) -> None:
    model = shared(
        "data/cim/cgmes-2.4.15/MiniGrid/NodeBreaker/CGMES_v2.4.15_MiniGridTestConfiguration_BaseCase_Complete_v3/"
        "MiniGridTestConfiguration_BC_EQ_v3.0.0.xml"
    )
    reader = CimReader(ModelRegistry.load(contributed("ontology")), "http://example.org/model")
    data = ColumnarGraph.from_n_triples(read_package(model, tmp_path, reader=reader).models[0].statements)
    found = judged(data, "61970-600-1_AllProfiles-AP-Con-Complex-SHACL.ttl", "Model.created-HGEN4")
    assert [value for _, value in found] == [f'"2015-02-05T12:20:50.830"^^<{XSD}dateTime>']
