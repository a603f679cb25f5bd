"""A mapping set that is kept is the set that its file says, and is read anew when the file says something else."""

from pathlib import Path

import pytest

from virtuales.alignment.formats import read_file
from virtuales.alignment.kept_sets import KeptSets
from virtuales.errors import UnreadableInput
from virtuales.kept_files import KeptFiles
from virtuales.resources import contributed

SETS = sorted(contributed("mappings").glob("*.sssom.tsv"))
HEAD = "#curie_map:\n#  a: http://a.example/\n#mapping_set_id: http://a.example/set\n"
TABLE = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
ROW = "a:1\tskos:exactMatch\ta:2\tsemapv:ManualMappingCuration\t"


@pytest.fixture
def kept(tmp_path: Path) -> KeptSets:
    return KeptSets(KeptFiles(tmp_path / "kept"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_every_set_that_ships_comes_back_as_it_was_read(path: Path, kept: KeptSets) -> None:
    first, again = kept.read(path), kept.read(path)
    assert first == again == read_file(path)
    assert first is not again


def test_what_is_wrong_in_a_set_comes_back_with_it(tmp_path: Path, kept: KeptSets) -> None:
    path = tmp_path / "wrong.sssom.tsv"
    path.write_text(f"{HEAD}{TABLE}{ROW}much\n")
    assert kept.read(path).findings
    assert kept.read(path) == read_file(path)


def test_a_change_is_seen_at_once(tmp_path: Path, kept: KeptSets) -> None:
    path = tmp_path / "mine.sssom.tsv"
    for confidence in (0.5, 0.25, 0.5):
        path.write_text(f"{HEAD}{TABLE}{ROW}{confidence}\n")
        (mapping,) = kept.read(path).mapping_set.mappings
        assert mapping.confidence == confidence
    other = tmp_path / "other.sssom.tsv"
    other.write_bytes(path.read_bytes())
    assert kept.read(other).mapping_set.file == str(other)


def test_metadata_beside_a_table_count_whenever_they_change(tmp_path: Path, kept: KeptSets) -> None:
    path = tmp_path / "bare.tsv"
    path.write_text(f"{TABLE}{ROW}0.5\n")
    for title in ("One", "Two"):
        beside = (
            f"curie_map:\n  a: http://a.example/\nmapping_set_id: http://a.example/set\nmapping_set_title: {title}\n"
        )
        path.with_suffix(".yml").write_text(beside)
        assert kept.read(path).mapping_set.mapping_set_title == title


def test_refuses_what_reading_refuses(tmp_path: Path, kept: KeptSets) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableInput):
            kept.read(tmp_path / "none.sssom.tsv")


def test_makes_anew_what_is_no_set(kept: KeptSets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeptFiles, "get", lambda *_: b"\x93\x01\x02\x03")
    assert kept.read(SETS[0]) == read_file(SETS[0])
