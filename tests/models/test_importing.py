"""Documents handed in as a model: our own facts, or a vocabulary, with the words of their publisher."""

from pathlib import Path

import pytest
from tests.models.small_profiles import cls, equipment, header, profile

from virtuales.errors import InputError, UnreadableInput
from virtuales.models.importing import Publication, read_files, read_turtle, without_prose
from virtuales.models.ontology_file import read_model, write_model

SAID = Publication("Words of the grid", "2.0", "https://words.example/", "CC-BY-4.0")
WORDS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <http://words.example/#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
:bay a skos:Concept ; skos:prefLabel "Bay"@en, "Schaltfeld"@de ; skos:altLabel "Cubicle"@en, "Feld"@de ;
  skos:definition "Where one circuit connects."@en ; skos:closeMatch cim:Bay ; skos:broadMatch cim:EquipmentContainer .
"""


def test_refuses_what_is_no_turtle_or_describes_no_term() -> None:
    with pytest.raises(UnreadableInput, match="not well-formed"):
        read_turtle(b"<html>", "words", SAID)
    with pytest.raises(InputError, match="no class"):
        read_turtle(b"<http://a> <http://b> <http://c> .", "words", SAID)
    with pytest.raises(InputError, match="cannot name a model"):
        read_turtle(WORDS.encode(), "../words", SAID)


def test_reads_a_vocabulary_with_its_definitions_and_other_names() -> None:
    model = read_turtle(WORDS.encode(), "words", SAID)
    assert (model.name, model.title, model.version, model.licence) == ("words", SAID.title, "2.0", "CC-BY-4.0")
    bay = model.classes["http://words.example/#bay"]
    assert (bay.label, bay.definition, bay.synonyms) == ("Bay", "Where one circuit connects.", ("Cubicle",))
    assert bay.matches == ("http://iec.ch/TC57/CIM100#Bay", "http://iec.ch/TC57/CIM100#EquipmentContainer")


def test_reads_our_own_facts_under_the_name_that_is_given(tmp_path: Path) -> None:
    facts = write_model(read_files([equipment(tmp_path)], "small", Publication("Small"))).encode()
    model = read_turtle(facts, "other", Publication("", "9"))
    assert (model.name, model.title, model.version) == ("other", "Small", "9")
    assert set(model.profiles) == {"EQ"}


def test_definitions_survive_writing_and_can_be_left_out(tmp_path: Path) -> None:
    line = cls("Line").replace("</rdfs:Class>", "<rdfs:comment>Carries\n  current.</rdfs:comment></rdfs:Class>")
    model = read_files([profile(tmp_path, "eq", header(), line)], "small", SAID)
    assert model.classes["http://cim#Line"].definition == "Carries current."
    for each in (model, read_turtle(WORDS.encode(), "words", SAID)):
        assert read_model(write_model(each).encode()).classes == each.classes
        assert not any(fact.definition for fact in without_prose(each).classes.values())
