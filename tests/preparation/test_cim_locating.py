"""The lines on which objects and properties of a document stand."""

import io

from tests.preparation.cim_documents import BASE, CIM, document, line, terminal

from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.locating import locate

NAME = CIM + "IdentifiedObject.name"
LENGTH = CIM + "Conductor.length"
UUID = "73C512BD-7249-4F50-50DA-D93849B89C43"


def located(data: bytes, wanted: dict[str, list[str]]) -> dict[tuple[str, str | None], int]:
    return locate(io.BytesIO(data), Identifiers(BASE), wanted)


def test_what_the_document_does_not_hold_has_no_line() -> None:
    assert located(document(line("_a")), {f"{BASE}#_b": [NAME]}) == {}


def test_a_place_after_broken_text_has_no_line() -> None:
    data = document(line("_a"), "<broken", line("_b"))
    assert located(data, {f"{BASE}#_a": [], f"{BASE}#_b": []}) == {(f"{BASE}#_a", None): 4}


def test_an_object_has_the_line_on_which_it_begins() -> None:
    data = document(line("_a"), line(f"_{UUID}"), terminal("_t", "#_a"))
    assert located(data, {f"urn:uuid:{UUID.lower()}": [], f"{BASE}#_t": []}) == {
        (f"urn:uuid:{UUID.lower()}", None): 5,
        (f"{BASE}#_t", None): 6,
    }


def test_a_property_has_its_own_line() -> None:
    inside = (
        "\n<cim:IdentifiedObject.name>a</cim:IdentifiedObject.name>\n<cim:Conductor.length>1</cim:Conductor.length>\n"
    )
    data = document(line("_a", inside), line("_b", inside))
    assert located(data, {f"{BASE}#_b": [LENGTH]}) == {(f"{BASE}#_b", None): 8, (f"{BASE}#_b", LENGTH): 10}


def test_the_first_place_counts_where_an_object_is_described_twice() -> None:
    data = document(line("_a"), line("_b"), line("_a"))
    assert located(data, {f"{BASE}#_a": []}) == {(f"{BASE}#_a", None): 4}


def test_lines_are_counted_beyond_65_535() -> None:
    data = document("\n" * 70_000, line("_a"))
    assert located(data, {f"{BASE}#_a": []}) == {(f"{BASE}#_a", None): 70_004}
