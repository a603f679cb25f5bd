"""Which lexical forms are well-formed, and which literal is less than which."""

import pytest
from tests.assurance.building import found, judged

WELL_FORMED = {
    "boolean": ("true false 0 1", "TRUE yes"),
    "integer": ("1 -1 +01", "1.0 1e3"),
    "decimal": ("1 1.5 -.5 5.", "1e3 INF"),
    "float": ("1 1.5e-3 INF -INF NaN", "1,5 inf 1e"),
    "byte": ("127 -128", "128 -129"),
    "unsignedByte": ("255 +0 -0", "256 -1"),
    "positiveInteger": ("1 +007", "0 -1"),
    "dateTime": (
        "2020-02-29T12:00:00Z 2020-01-01T24:00:00 -0001-01-01T00:00:00.5+14:00",
        "2021-02-29T12:00:00Z 2020-01-01",
    ),
    "date": ("2000-02-29 2020-12-31+01:00", "1900-02-29 2020-04-31 2020-13-01 2020-1-1"),
    "time": ("23:59:59.999 00:00:00Z", "24:00:01 12:00"),
    "gMonthDay": ("--02-29 --12-31Z", "--02-30 --13-01 02-01"),
    "duration": ("P1Y2M3DT4H5M6.7S -PT1S P1M", "P PT P1S 1Y"),
    "hexBinary": ("0aFF", "abc 0g"),
    "base64Binary": ("YWJj YWI= YQ==", "YWJ a==="),
    "language": ("en-GB", "e_n"),
}


@pytest.mark.parametrize("datatype", WELL_FORMED)
def test_judges_lexical_forms(datatype: str) -> None:
    right, wrong = WELL_FORMED[datatype]
    data = " ".join(f':a :p "{form}"^^xsd:{datatype} .' for form in (right + " " + wrong).split())
    report = judged(data, f":S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:datatype xsd:{datatype} ] .")
    assert [one.value for one in report.results if one.value] == [
        f'"{form}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>' for form in wrong.split()
    ]


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("1", "2"),
        ("1.5", "2"),
        ("9007199254740993", "9007199254740994"),
        ("0.10000000000000000001", "0.10000000000000000002"),
        ('"-INF"^^xsd:double', "1"),
        ('"a"', '"b"'),
        ("false", "true"),
        ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-01T00:00:00-01:00"^^xsd:dateTime'),
        ('"2020-01-01"^^xsd:date', '"2020-01-02"^^xsd:date'),
        ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-02T00:00:00"^^xsd:dateTime'),
    ],
)
def test_orders_values(less: str, more: str) -> None:
    by = ":S sh:targetNode :a, :b ; sh:property [ sh:path :p ; sh:lessThan :q ] ."
    assert found(judged(f":a :p {less} ; :q {more} .", by)) == []
    assert len(judged(f":b :p {more} ; :q {less} .", by).results) == 1
    assert len(judged(f":b :p {less} ; :q {less} .", by).results) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", '"a"'),
        ("1", ":iri"),
        ('"a"@en', '"b"@en'),
        ('"NaN"^^xsd:double', "1"),
        ('"abc"^^xsd:integer', "1"),
        ('"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2020-01-01T05:00:00"^^xsd:dateTime'),
    ],
)
def test_takes_values_that_cannot_be_compared_as_wrong(one: str, other: str) -> None:
    by = ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:lessThanOrEquals :q ] ."
    assert len(judged(f":a :p {one} ; :q {other} .", by).results) == 1
    assert len(judged(f":a :p {other} ; :q {one} .", by).results) == 1
