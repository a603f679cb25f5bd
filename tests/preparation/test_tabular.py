"""Tables: refused with file, line and column, read as they are written otherwise."""

import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from virtuales.errors import TooLarge, UnreadableInput
from virtuales.preparation.tabular import Dialect, TableLimits, detect_dialect, open_csv, open_xlsx


def written(place: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = place / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def book(place: Path, *rows: list[object]) -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made.save(place / "a.xlsx")
    return place / "a.xlsx"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a,b\n1,2\n1,2,3\n", "a.csv, line 3"),
        ("a,a\n1,2\n", "a.csv, line 1, column 2"),
        ("a,\n1,2\n", "a.csv, line 1, column 2"),
        ("1,2\n3,4\n", "a.csv, line 1"),
        ('a,b\n1,"2\n', "a.csv, line 2"),
        ("a,b\n1,\0\n", "a.csv, line 2"),
        ("", "a.csv"),
    ],
)
def test_refuses_a_broken_table_and_says_where(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        list(open_csv(written(tmp_path, text)).rows())
    assert (caught.value.where or "").startswith(where)
    assert caught.value.remedy


def test_refuses_bytes_in_another_encoding_than_said(tmp_path: Path) -> None:
    path = written(tmp_path, "Name\ngröße\n".encode("latin-1"))
    with pytest.raises(UnreadableInput, match="no utf-8 text"):
        list(open_csv(path).rows())
    assert [row.cells for row in open_csv(path, dialect=Dialect(encoding="latin-1")).rows()] == [["größe"]]


def test_refuses_more_rows_columns_and_characters_than_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,22\n3,4\n")
    with pytest.raises(TooLarge, match="rows"):
        list(open_csv(path, limits=TableLimits(rows=1)).rows())
    with pytest.raises(TooLarge, match="columns"):
        open_csv(path, limits=TableLimits(columns=1))
    with pytest.raises(TooLarge, match="longer"):
        list(open_csv(path, limits=TableLimits(cell_characters=1)).rows())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_detects_encoding_and_delimiter(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = f"Größe{delimiter}Name\n7,5{delimiter}x\n8,5{delimiter}y\n".replace("7,5", '"7,5"').replace("8,5", '"8,5"')
    table = open_csv(written(tmp_path, text.encode(encoding)))
    assert table.columns == ("Größe", "Name")
    assert detect_dialect(table.path).delimiter == delimiter
    assert [(row.line, list(row.cells)) for row in table.rows()] == [(2, ["7,5", "x"]), (3, ["8,5", "y"])]


def test_reads_a_workbook_as_xml_schema_forms(tmp_path: Path) -> None:
    path = book(
        tmp_path,
        ["id", "mva", "on", "day", "at"],
        [1, 7.5, True, date(2026, 6, 8), datetime(2026, 6, 8, 12, 30)],  # noqa: DTZ001  (Excel knows no time zones)
        [None, None, None, None, None],
        ["x", 3.0, False, None, None],
    )
    assert [(row.line, list(row.cells)) for row in open_xlsx(path).rows()] == [
        (2, ["1", "7.5", "true", "2026-06-08", "2026-06-08T12:30:00"]),
        (4, ["x", "3", "false", "", ""]),
    ]


def test_refuses_formulas_that_nobody_computed_and_errors_in_cells(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="formula") as caught:
        list(open_xlsx(book(tmp_path, ["a", "b"], [1, "=A2*2"])).rows())
    assert caught.value.where == "a.xlsx, cell B2"
    with pytest.raises(UnreadableInput, match="#REF!"):
        list(open_xlsx(book(tmp_path, ["a"], ["#REF!"])).rows())


def with_sheet(place: Path, made: Path, changes: Mapping[str, str]) -> Path:
    """Write a workbook anew with some texts of its sheet replaced."""
    changed = place / "changed.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                for before, after in changes.items():
                    assert before.encode() in text, text
                    text = text.replace(before.encode(), after.encode())
            new.writestr(part, text)
    return changed


def test_refuses_merged_cells_and_names_them(tmp_path: Path) -> None:
    path = book(tmp_path, ["Site", None, "MW"], ["A", "B", 7.5])
    made = load_workbook(path)
    made["Sheet"].merge_cells("A1:B1")
    made.save(path)
    with pytest.raises(UnreadableInput, match="merged") as caught:
        list(open_xlsx(path).rows())
    assert caught.value.where == "a.xlsx, cells A1:B1"


def test_refuses_array_formulas_that_nobody_computed(tmp_path: Path) -> None:
    path = book(tmp_path, ["a"], [1], ["=A2*2"])
    path = with_sheet(tmp_path, path, {"<f>A2*2</f>": '<f t="array" ref="A3">A2*2</f>'})
    with pytest.raises(UnreadableInput, match="formula") as caught:
        list(open_xlsx(path).rows())
    assert caught.value.where == "changed.xlsx, cell A3"


def test_reads_what_formulas_came_to_empty_text_included(tmp_path: Path) -> None:
    path = book(tmp_path, ["a", "b"], ["=1+1", '=""'], ["x", "y"])
    saved = {
        "<f>1+1</f><v></v>": "<f>1+1</f><v>2</v>",
        '<c r="B2"><f>""</f><v></v></c>': '<c r="B2" t="str"><f>""</f><v></v></c>',
    }
    rows = open_xlsx(with_sheet(tmp_path, path, saved)).rows()
    assert [list(row.cells) for row in rows] == [["2", ""], ["x", "y"]]


def test_reads_midnight_as_an_instant_where_the_cell_shows_a_time(tmp_path: Path) -> None:
    midnight, later = datetime(2026, 6, 8), datetime(2026, 6, 8, 0, 30)  # noqa: DTZ001  (Excel knows no time zones)
    path = book(tmp_path, ["at", "day", "time"], [midnight, date(2026, 6, 8), time(0)], [later, date(2026, 6, 9), None])
    assert [list(row.cells) for row in open_xlsx(path).rows()] == [
        ["2026-06-08T00:00:00", "2026-06-08", "00:00:00"],
        ["2026-06-08T00:30:00", "2026-06-09", ""],
    ]


def test_reads_days_counted_from_1904(tmp_path: Path) -> None:
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    assert made.active is not None
    made.active.append(["day"])
    made.active.append([date(2026, 6, 8)])
    made.save(tmp_path / "mac.xlsx")
    assert [list(row.cells) for row in open_xlsx(tmp_path / "mac.xlsx").rows()] == [["2026-06-08"]]


def test_refuses_a_workbook_that_grows_beyond_reason_or_is_none(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (8 << 20))
    with pytest.raises(TooLarge, match="grows"):
        open_xlsx(path)
    with pytest.raises(UnreadableInput, match="damaged"):
        open_xlsx(written(tmp_path, b"PK\x03\x04rest", "a.xlsx"))
    with pytest.raises(UnreadableInput, match="no sheet `B`"):
        open_xlsx(book(tmp_path, ["a"]), sheet="B")


def test_expands_no_entities_of_a_workbook(tmp_path: Path) -> None:
    path = book(tmp_path, ["a"], ["x"])
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><styleSheet>&b;</styleSheet>'
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            new.writestr(part, bomb if part == "xl/styles.xml" else old.read(part))
    with pytest.raises(UnreadableInput):
        list(open_xlsx(tmp_path / "b.xlsx").rows())
