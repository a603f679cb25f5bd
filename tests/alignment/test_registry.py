"""The registry of mapping sets."""

from pathlib import Path

import pytest
from tests.alignment.small_sets import A, B, C, line, mapping_set

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.terms import BROAD_MATCH, NARROW_MATCH, SUB_CLASS_OF
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.errors import ConfigurationError, InputError, UnknownTerm
from virtuales.resources import contributed

PREFIXES = """@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix ves: <https://w3id.org/virtuales/ns#> .
"""


def entry(name: str, *, models: str = "") -> str:
    """Return a manifest's entry about a set."""
    return f"""<https://example.org/{name}> a sssom:MappingSet ; dcterms:identifier "{name}" ;
      dcterms:source "us" ; dcterms:license <https://example.org/licence> ; {models} ves:file "{name}.sssom.tsv" ."""


def models(source: str, target: str) -> str:
    """Return what an entry says of the models."""
    return f"sssom:subject_source <{source}> ; sssom:object_source <{target}> ;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two sets that relate the same models, each written the other way round, and a faulty one."""
    forth = mapping_set(line(A + "x", BROAD_MATCH, B + "y"), line(A + "z", target=B + "z", predicate_modifier="Not"))
    back = mapping_set(line(B + "v", NARROW_MATCH, A + "w"), line(B + "v", SUB_CLASS_OF, A + "u"))
    (tmp_path / "forth.sssom.tsv").write_text(write_tsv(forth), encoding="utf-8")
    (tmp_path / "back.sssom.tsv").write_text(write_tsv(back), encoding="utf-8")
    (tmp_path / "faulty.sssom.tsv").write_text("subject_id\nx\n", encoding="utf-8")
    entries = [entry("forth", models=models(A, B)), entry("back", models=models(B, A))]
    manifest = "\n".join([PREFIXES, *entries, entry("faulty", models=models(A, C))])
    (tmp_path / "manifest.ttl").write_text(manifest, encoding="utf-8")
    return tmp_path


def test_refuses_names_it_does_not_know(folder: Path) -> None:
    registry = MappingRegistry.load(folder)
    with pytest.raises(UnknownTerm, match="No mapping set is registered as `sideways`"):
        registry.mapping_set("sideways")
    with pytest.raises(UnknownTerm):
        registry.by_iri("https://example.org/sideways")


def test_refuses_a_faulty_set_and_still_shows_what_is_wrong(folder: Path) -> None:
    registry = MappingRegistry.load(folder)
    with pytest.raises(InputError):
        registry.mapping_set("faulty")
    assert registry.reading("faulty").errors()


def test_refuses_an_entry_that_does_not_name_its_models(folder: Path) -> None:
    with (folder / "manifest.ttl").open("a", encoding="utf-8") as manifest:
        manifest.write(entry("forth2").replace("forth2.sssom", "forth.sssom"))
    with pytest.raises(ConfigurationError, match="subject_source"):
        MappingRegistry.load(folder).sides(A, B)


def test_finds_sets_by_name_and_by_iri(folder: Path) -> None:
    registry = MappingRegistry.load(folder)
    assert registry.names() == ("back", "faulty", "forth")
    assert registry.by_iri("https://example.org/forth") is registry.mapping_set("forth")
    assert registry.models("back") == (B, A)


def test_gives_the_mappings_between_two_models_in_the_wanted_direction(folder: Path) -> None:
    registry = MappingRegistry.load(folder)
    forward = [(each.subject_id, each.predicate_id, each.object_id) for each in registry.between(A, B)]
    assert (A + "x", BROAD_MATCH, B + "y") in forward
    assert (A + "w", BROAD_MATCH, B + "v") in forward
    assert len(forward) == 3, "a subclass has no inverse"
    backward = registry.between(B, A)
    assert {each.negated for each in backward if each.object_id == A + "z"} == {True}
    assert registry.between(B, C) == ()
    assert [side.inverted for side in registry.sides(A, B)] == [True, False]


def test_reads_the_shipped_folder() -> None:
    registry = MappingRegistry.load(contributed("mappings"))
    assert len(list(registry.mapping_set("sensitivity-triage").negative())) == 2
    assert len(list(registry.mapping_set("cgmes-2.4.15--cgmes-3.0").negative())) == 9
    assert registry.curators
