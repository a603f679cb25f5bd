"""The page about other engines: its examples are judged as it says, and the benchmark's list leads to it."""

import re
import tomllib
from pathlib import Path

import pytest

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.validator import validate
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

ROOT = Path(__file__).parents[2]
PREFIXES = """
@prefix : <http://a.example/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:prefixes sh:declare [ sh:prefix "" ; sh:namespace "http://a.example/"^^xsd:anyURI ] .
"""


def sections() -> dict[str, str]:
    text = (ROOT / "docs" / "other-shacl-engines.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_explanation_leads_to_a_section_and_back() -> None:
    list_ = (ROOT / "bench" / "assurance" / "differences.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(list_)["difference"]
    assert {row["page"] for row in rows} <= sections().keys()
    assert {row["right"] for row in rows} <= {"ours", "theirs", "both"}
    named = {row["name"] for row in tomllib.loads((ROOT / "bench/assurance/peers.toml").read_text())["peer"]}
    assert {row["peer"] for row in rows} <= named


def test_the_page_has_the_sections_that_are_judged_here() -> None:
    assert len(sections()) == 9


@pytest.mark.parametrize("name", sections())
def test_an_example_has_the_results_that_the_page_says(name: str) -> None:
    text = sections()[name]
    (said,) = re.findall(r"Results: (\d+)\.", text)
    (example,) = re.findall(r"```turtle\n(.*?)```", text, flags=re.DOTALL)
    turtle = (PREFIXES + example).encode()
    shapes = compile_shapes([turtle])
    assert shapes.faults == ()
    assert len(validate(ColumnarGraph.from_quads(parse_file(turtle, TURTLE)), shapes)) == int(said)
