"""The identifier rules: four spellings, one IRI; what is no IRI is refused."""

import pytest

from virtuales.errors import ConfigurationError, TooLarge, UnreadableInput
from virtuales.preparation.cim.identifiers import Identifiers

BASE = "http://grid.example/model"
UUID = "73C512BD-7249-4F50-50DA-D93849B89C43"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("http://a.example/x#b#c", "two fragments"),
        ("#_a#b", "two fragments"),
        ("#_a b", "' '"),
        (" #_a", "' '"),
        ("#_a\u00a0b", "'\\xa0'"),
        ("#_a<b", "'<'"),
        ("#_a|b", "'|'"),
        ("http://a.example/\\b", "'\\\\'"),
        ("", "empty"),
        ("#", "empty"),
        ("relative/path", "no IRI"),
        ("#_100%", "no IRI"),
        ("http://[broken", "no IRI"),
    ],
)
def test_refuses_what_is_no_identifier(value: str, said: str) -> None:
    with pytest.raises(UnreadableInput, match="identifier") as caught:
        Identifiers(BASE).of_reference(value)
    assert said in caught.value.what
    assert caught.value.remedy


def test_refuses_a_name_that_would_make_a_small_file_a_large_model() -> None:
    with pytest.raises(TooLarge, match="600 characters"):
        Identifiers(BASE).of_reference("#_" + "a" * 598)


@pytest.mark.parametrize("base", ["", "model", "http://grid.example/model#", "http://a b"])
def test_refuses_a_base_that_is_no_absolute_iri_without_fragment(base: str) -> None:
    with pytest.raises(ConfigurationError):
        Identifiers(base)


@pytest.mark.parametrize(
    "value", [f"#_{UUID}", f"#{UUID}", f"urn:uuid:{UUID}", f"URN:UUID:{UUID}", f"#_{UUID.lower()}"]
)
def test_spellings_of_a_uuid_become_one_urn(value: str) -> None:
    assert Identifiers(BASE).of_reference(value) == f"urn:uuid:{UUID.lower()}"
    assert Identifiers(BASE).of_id("_" + UUID) == f"urn:uuid:{UUID.lower()}"


@pytest.mark.parametrize("value", ["#_line-7", "urn:uuid:line-7", BASE + "#_line-7"])
def test_spellings_of_another_identifier_become_one_iri_on_the_base(value: str) -> None:
    assert Identifiers(BASE).of_reference(value) == BASE + "#_line-7"
    assert Identifiers(BASE).of_id("_line-7") == BASE + "#_line-7"


def test_a_documents_own_base_names_the_same_objects() -> None:
    identifiers = Identifiers(BASE, alias="http://other.example/x")
    assert identifiers.of_reference("http://other.example/x#_line-7") == BASE + "#_line-7"
    assert identifiers.of_reference(f"http://other.example/x#_{UUID}") == f"urn:uuid:{UUID.lower()}"


def test_keeps_absolute_iris_and_letters_of_any_script() -> None:
    identifiers = Identifiers(BASE)
    assert identifiers.of_reference("http://iec.ch/TC57/CIM100#PhaseCode.A") == "http://iec.ch/TC57/CIM100#PhaseCode.A"
    assert identifiers.of_id("_Zürich") == BASE + "#_Zürich"
