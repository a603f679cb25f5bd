"""The contributed shapes: each parses, and the generated ones are what the facts make."""

from pathlib import Path

import pytest
import shacl

from virtuales.models.manifest import MANIFEST, read_manifest
from virtuales.models.registry import ModelRegistry
from virtuales.models.shapes import SHAPES, store_shapes
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import SH, VES
from virtuales.resources import contributed

FOLDER = contributed("shapes")
ENTRIES = read_manifest(FOLDER, VES.ShapesGraph)
MODELS = ("cgmes-2.4.15", "cgmes-3.0", "gb-ltds-1.0.1")
BEYOND_CORE = {"sparql", "js", "rule", "expression"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.identifier)
def test_is_shacl_core_that_an_engine_compiles(entry: object) -> None:
    path = next(each.path for each in ENTRIES if each is entry)
    spoken = {q.predicate.value.removeprefix(SH.iri) for q in parse_file(path) if q.predicate.value.startswith(SH.iri)}
    assert spoken.isdisjoint(BEYOND_CORE)
    assert len(shacl.Shapes.from_file(str(path))) > 0


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.identifier)
def test_says_severity_message_and_name_of_each_rule(entry: object) -> None:
    path = next(each.path for each in ENTRIES if each is entry)
    rules: dict[str, set[str]] = {}
    for quad in parse_file(path):
        rules.setdefault(str(quad.subject), set()).add(quad.predicate.value.removeprefix(SH.iri))
    for subject, said in rules.items():
        if "path" in said:
            assert {"severity", "message", "name"} <= said, subject


@pytest.mark.parametrize("name", MODELS)
def test_the_facts_make_these_bytes(name: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("")
    made = store_shapes(ModelRegistry.load(contributed("ontology")).model(name), tmp_path)
    generated = [entry.path for entry in ENTRIES if entry.iri.value.startswith(f"{SHAPES}{name}/")]
    assert [path.name for path in sorted(made)] == [path.name for path in sorted(generated)]
    for path in made:
        assert path.read_bytes() == (FOLDER / path.relative_to(tmp_path)).read_bytes(), "import the model again"


def test_judges_every_profile_that_a_registered_model_names() -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    named = {iri for name in MODELS for iri in registry.file(name).conforms_to}
    judged = {iri for entry in ENTRIES for iri in entry.conforms_to}
    assert judged == named | {"https://w3id.org/virtuales/profile/use-case"}
