"""The table of curators."""

from pathlib import Path

import pytest

from virtuales.alignment.curators import Curator, parse_orcid, read_curators
from virtuales.errors import InputError

HEADER = "orcid\tname\taffiliation\n"


@pytest.mark.parametrize("text", ["0000-0002-1825-0098", "0000-0002-1825-009", "orcid", "", "0000-0002-1825-00970"])
def test_refuses_what_is_no_orcid(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_orcid(text, where="curators.tsv, line 2")
    assert caught.value.where == "curators.tsv, line 2"
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("0000-0002-1825-0098\tAda\t\n", 2),
        ("0000-0002-1825-0097\tAda\t\n0000-0002-1825-0097\tBen\t\n", 3),
        ("0000-0002-1825-0097\t \tSomewhere\n", 2),
    ],
)
def test_refuses_a_wrong_row_and_names_its_line(rows: str, line: int, tmp_path: Path) -> None:
    table = tmp_path / "curators.tsv"
    table.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_curators(table)
    assert caught.value.where == f"{table}, line {line}"


def test_refuses_other_columns(tmp_path: Path) -> None:
    table = tmp_path / "curators.tsv"
    table.write_text("name\torcid\n", encoding="utf-8")
    with pytest.raises(InputError, match="other columns"):
        read_curators(table)


def test_reads_identifiers_in_each_form(tmp_path: Path) -> None:
    table = tmp_path / "curators.tsv"
    table.write_text(HEADER + "orcid:0000-0002-1694-233X\tBen\tWorks\n0000-0002-1825-0097\tAda\t\n", encoding="utf-8")
    assert read_curators(table) == (
        Curator("https://orcid.org/0000-0002-1694-233X", "Ben", "Works"),
        Curator("https://orcid.org/0000-0002-1825-0097", "Ada"),
    )
    assert parse_orcid("https://orcid.org/0000-0002-1694-233x", where="here") == "https://orcid.org/0000-0002-1694-233X"
