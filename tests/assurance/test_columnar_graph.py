"""Graphs as columns: what is read is what was written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtuales.assurance.graph import ColumnarGraph
from virtuales.errors import UnreadableInput
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES

terms = st.sampled_from(["<urn:a>", "<urn:b>", "_:x", "_:y"])
literals = st.sampled_from(
    [
        '"plain"',
        '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"text"^^<http://www.w3.org/2001/XMLSchema#string>',
        '"tagged"@en-GB',
        r'"es\"caped\\ \u00e9\n"',
        '"é ü . <urn:x>"',
        '""',
    ]
)
lines = st.tuples(terms, st.sampled_from(["<urn:p>", "<urn:q>"]), st.one_of(terms, literals)).map(
    lambda one: f"{one[0]} {one[1]} {one[2]} ."
)
odd_lines = st.one_of(lines, st.just("# a comment"), st.just(""), lines.map(lambda one: f"  {one}\t# after"))


def statements(graph: ColumnarGraph) -> list[tuple[str, str, str]]:
    columns = [graph.dictionary.texts(column) for column in graph.statements()]
    return sorted(zip(*columns, strict=True))


@pytest.mark.parametrize(
    "line",
    [
        "<urn:a> <urn:p> .",
        "<urn:a> <urn:p> <urn:o>",
        '"a" <urn:p> <urn:o> .',
        "<a b> <c:c> <d:d> .",
        "<a:a> <b:b> <c:c>^^<http://www.w3.org/2001/XMLSchema#string> .",
    ],
)
def test_refuses_a_line_that_is_no_statement_and_names_it(line: str) -> None:
    with pytest.raises(UnreadableInput, match="line 3"):
        ColumnarGraph.from_n_triples(f"<urn:a> <urn:p> <urn:o> .\n\n{line}\n".encode())


def test_refuses_what_is_no_utf8() -> None:
    with pytest.raises(UnreadableInput):
        ColumnarGraph.from_n_triples(b'<urn:a> <urn:p> "\xff" .\n')


def test_keeps_lexical_forms_as_written() -> None:
    text = b'<urn:a> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    assert statements(ColumnarGraph.from_n_triples(text))[0][2].startswith('"01"')


def test_counts_a_repeated_statement_once() -> None:
    text = b"<urn:a> <urn:p> <urn:b> .\n" * 3
    assert len(statements(ColumnarGraph.from_n_triples(text))) == 1


def test_keeps_blank_nodes_of_two_sources_apart() -> None:
    text = b"_:x <urn:p> <urn:b> .\n"
    assert len(statements(ColumnarGraph.from_n_triples([text, text]))) == 2


@settings(deadline=None)
@given(st.lists(odd_lines, max_size=30), st.integers(1, 200))
def test_reads_piece_by_piece_what_the_parser_reads_at_once(text: list[str], chunk_bytes: int) -> None:
    data = "\n".join(text).encode()
    ours = ColumnarGraph.from_n_triples(data, chunk_bytes=chunk_bytes)
    assert statements(ours) == statements(ColumnarGraph.from_quads(parse_file(data, N_TRIPLES)))


@settings(deadline=None)
@given(st.lists(lines, max_size=30))
def test_writes_what_it_read(text: list[str]) -> None:
    graph = ColumnarGraph.from_quads(parse_file("\n".join(text).encode(), N_TRIPLES))
    assert statements(ColumnarGraph.from_n_triples(graph.to_n_triples())) == statements(graph)
