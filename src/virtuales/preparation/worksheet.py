"""A sheet of a workbook as its XML has it: what reading values alone would lose without a word.

See ECMA-376 part 1, sections 18.3.1.4 (cells), 18.3.1.40 (formulas) and 18.3.1.55 (merged cells).
"""

import zipfile
from pathlib import Path
from posixpath import join, normpath

from lxml import etree

from virtuales.errors import UnreadableInput

_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
"""Namespaces of the transitional and of the strict form."""
_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_CELLS = [f"{{{namespace}}}c" for namespace in _MAIN]
_MERGED = [f"{{{namespace}}}mergeCell" for namespace in _MAIN]
_FORMULA, _VALUE = ([f"{{{namespace}}}{name}" for namespace in _MAIN] for name in ("f", "v"))


def check_sheet(path: Path, title: str, *, name: str) -> None:
    """Refuse a sheet with merged cells, or with a formula whose value no program has computed.

    Args:
        path: The workbook; no part of it has a DTD.
        title: The sheet's name.
        name: What errors call the workbook.

    Raises:
        UnreadableInput: it has such a cell, which is named.
        XMLSyntaxError, KeyError: a part is no XML, or is missing.
    """
    with zipfile.ZipFile(path) as archive, archive.open(_part(archive, title)) as sheet:
        wanted = [*_CELLS, *_MERGED]
        for _, element in etree.iterparse(sheet, tag=wanted, resolve_entities=False, no_network=True):
            if element.tag in _MERGED:
                raise UnreadableInput(
                    "Cells of the sheet are merged, so the value of one would be missing from the others.",
                    where=f"{name}, cells {element.get('ref')}",
                    remedy="Take the cells apart, and write into each what belongs there; a header has one row.",
                )
            if _is_uncomputed(element):
                raise UnreadableInput(
                    "The cell holds a formula that no program has computed; formulas are not evaluated here.",
                    where=f"{name}, cell {element.get('r')}",
                    remedy="Open and save the workbook in a spreadsheet program, or paste the values.",
                )
            element.clear()


def _is_uncomputed(cell: etree._Element) -> bool:
    """Tell whether a formula has no value; text may be empty, numbers may not."""
    if not any(cell.find(tag) is not None for tag in _FORMULA):
        return False
    value = next((found for tag in _VALUE if (found := cell.find(tag)) is not None), None)
    return value is None or (not value.text and cell.get("t") != "str")


def _part(archive: zipfile.ZipFile, title: str) -> str:
    """Return the part that holds a sheet."""
    book = etree.fromstring(archive.read("xl/workbook.xml"), _parser())
    sheets = [element for element in book.iter() if etree.QName(element).localname == "sheet"]
    numbers = [element.get(key) for element in sheets if element.get("name") == title for key in _RELATION]
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), _parser())
    targets = {element.get("Id"): element.get("Target", "") for element in relations}
    target = next(targets[number] for number in numbers if number in targets)
    return target.removeprefix("/") if target.startswith("/") else normpath(join("xl", target))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)
