"""What suggestions know besides: the contributed groups of words, and what is wrong with a file of them."""

from pathlib import Path

import pytest

from virtuales.alignment.suggestions.background import load, read_groups
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed


@pytest.mark.parametrize("wrong", ["lonely", "twice, twice", "a, , b", "trailing, comma,"])
def test_refuses_what_is_no_group_and_names_the_line(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "groups.txt").write_text(f"# words\ncity, town\n{wrong}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_groups(tmp_path / "groups.txt")
    assert "line 3" in str(error.value)


def test_reads_the_contributed_words_and_what_people_call_terms() -> None:
    words = ModelRegistry.load(contributed("ontology")).model("synonyms")
    known = load(contributed("mappings"), [words])
    assert any({"customer", "consumer"} <= set(group) for group in known.groups)
    assert "BESS" in known.called["http://iec.ch/TC57/CIM100#BatteryUnit"]
