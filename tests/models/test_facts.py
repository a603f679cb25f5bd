"""The facts themselves: notation, hierarchy, look-up."""

import pytest

from virtuales.errors import InputError, UnknownTerm
from virtuales.models.facts import ClassFact, Model, Multiplicity, PropertyFact, by_iri

A, B = "http://a.org/", "http://b.org/"


def model() -> Model:
    """Return a model with a loop in its hierarchy and a local name in two namespaces."""
    return Model(
        "example",
        namespaces={"a": A, "b": B},
        classes=by_iri(
            [
                ClassFact(f"{A}Low", "Low", superclasses=(f"{A}High",)),
                ClassFact(f"{A}High", "High", superclasses=(f"{A}Low",)),
                ClassFact(f"{B}Low", "Low"),
            ]
        ),
        properties=by_iri([PropertyFact(f"{A}Low.r", "r")]),
    )


@pytest.mark.parametrize("text", ["", "1..", "..n", "x", "1..2..3", "-"])
def test_refuses_what_is_no_multiplicity(text: str) -> None:
    with pytest.raises(InputError, match="multiplicity"):
        Multiplicity.parse(text)


@pytest.mark.parametrize(
    ("text", "written"), [("1", "1..1"), ("0..1", "0..1"), ("2..n", "2..n"), ("n", "0..n"), ("*", "0..n")]
)
def test_reads_the_notation_of_uml(text: str, written: str) -> None:
    assert str(Multiplicity.parse(text)) == written


def test_refuses_an_unknown_term_and_names_similar_ones() -> None:
    with pytest.raises(UnknownTerm, match="no term") as caught:
        model().term("Lo")
    assert "a:Low" in str(caught.value.remedy)


def test_refuses_a_local_name_that_two_terms_have() -> None:
    with pytest.raises(UnknownTerm, match="several terms") as caught:
        model().term("Low")
    assert caught.value.remedy == "Name one of: a:Low, b:Low."


def test_finds_a_term_by_its_prefixed_name() -> None:
    assert model().term("b:Low").iri == f"{B}Low"
    assert model().term("Low.r").iri == f"{A}Low.r"


def test_walks_a_loop_in_the_hierarchy_once() -> None:
    assert model().ancestors(f"{A}Low") == (f"{A}Low", f"{A}High")
    assert model().descendants(f"{A}Low") == (f"{A}Low", f"{A}High")


def test_a_term_is_shortened_by_the_longest_namespace() -> None:
    model = Model("m", namespaces={"a": "http://x.example/", "b": "http://x.example/y#"})
    assert model.short("http://x.example/y#z") == "b:z"
    assert model.short("http://x.example/w") == "a:w"
    assert model.short("http://other.example/") == "http://other.example/"
