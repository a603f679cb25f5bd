"""Techniques that are applied to columns of statements leave what they leave of statements one by one."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.policy.views.groups import totals_of
from virtuales.policy.views.statement_columns import (
    changed_columns,
    columns_of,
    columns_of_triples,
    is_plain,
    terms_in,
    totals_of_columns,
    triples_of,
    write_columns,
)
from virtuales.policy.views.techniques import applied
from virtuales.policy.views.view import Aggregation, Generalisation, Pseudonyms, Rounding, Suppression, View
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple, typed

OBJECTS = [NamedNode(f"urn:uuid:00000000-0000-4000-8000-00000000000{n}") for n in range(4)]
NAME, SIZE, BUILT = PROPERTIES = [NamedNode(f"https://terms.example/{name}") for name in ("name", "size", "built")]
VALUES: Sequence[Term] = [
    *OBJECTS, NamedNode("https://terms.example/Line"), BlankNode("b"), Literal("two words, \"quoted\"\n\u2028é\\ ."),
    Literal("Nord", language="de"), typed("1234.5", "decimal"), typed("70", "integer"), typed("1999-05-04", "date"),
    Literal("00000000-0000-4000-8000-000000000001"), Literal("see _00000000-0000-4000-8000-000000000002 there"),
]  # fmt: skip
statements = st.lists(
    st.builds(
        Triple,
        st.sampled_from([*OBJECTS, BlankNode("b")]),
        st.sampled_from([*PROPERTIES, RDF.type]),
        st.sampled_from(VALUES),
    ),
    max_size=15,
    unique=True,
)
some = st.lists(st.sampled_from(PROPERTIES), min_size=1, max_size=2, unique=True).map(tuple)
views = st.builds(
    View,
    properties=st.just((NAME,)),
    suppressions=st.just(()) | st.tuples(st.builds(Suppression, some)),
    generalisations=st.just(()) | st.tuples(st.builds(Generalisation, some, st.sampled_from(["year", "3"]))),
    roundings=st.just(()) | st.tuples(st.builds(Rounding, some, st.just(Decimal(50)))),
    pseudonyms=st.none() | st.builds(Pseudonyms, some, st.booleans()),
)


@given(statements, views)
@settings(max_examples=examples(60), deadline=None)
def test_columns_are_changed_as_statements_are(said: Sequence[Triple], view: View) -> None:
    changed = changed_columns(columns_of_triples(said), view, key=b"a key")
    assert sorted(map(str, triples_of(changed))) == sorted(map(str, applied(said, view, key=b"a key")))


@given(statements)
@settings(max_examples=examples(30), deadline=None)
def test_groups_of_columns_are_those_of_statements(said: Sequence[Triple]) -> None:
    by = Aggregation((BUILT,), 2, sums=(SIZE,))
    assert totals_of_columns(columns_of_triples(said), by) == totals_of(said, by)


def test_what_is_written_is_read_the_same(tmp_path: Path) -> None:
    said = [Triple(OBJECTS[0], NAME, value) for value in VALUES]
    write_columns(columns_of_triples(said), tmp_path / "view.nt")
    text = (tmp_path / "view.nt").read_bytes()
    assert is_plain(text)
    assert triples_of(columns_of(text)) == said


def test_text_that_could_be_written_otherwise_is_not_taken_for_plain() -> None:
    for line in (
        "<urn:a> <urn:\\u0062> <urn:c> .", "<urn:a>  <urn:b> <urn:c> .", "<urn:a> <urn:b> <urn:c>.", "# a comment",
        "<urn:a> <urn:b> <urn:c> . # more", '<urn:a> <urn:b> "c"^^ <urn:d> .',
    ):  # fmt: skip
        assert not is_plain(line.encode()), line


def test_counts_classes_and_properties() -> None:
    line = NamedNode("https://terms.example/Line")
    said = [Triple(OBJECTS[0], RDF.type, line), Triple(OBJECTS[1], RDF.type, line), Triple(OBJECTS[0], NAME, line)]
    assert terms_in(columns_of_triples(said)) == {
        (RDF.type.value, False): 2,
        (NAME.value, False): 1,
        (line.value, True): 2,
    }
