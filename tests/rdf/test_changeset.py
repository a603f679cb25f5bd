"""Change sets mean the same on every store, and namespaces are closed."""

import pytest

from virtuales.errors import InputError
from virtuales.rdf.changeset import ChangeSet, Statements, to_n_quads
from virtuales.rdf.media import JSON_LD, N_TRIPLES, RESULTS_JSON, TURTLE, negotiate, rdf_format
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, plain

G, S = NamedNode("http://e.x/g"), NamedNode("http://e.x/s")


def test_refuses_a_quad_in_the_default_graph() -> None:
    with pytest.raises(InputError, match="names the graph"):
        ChangeSet(add=(Quad(S, DCTERMS.title, Literal("t"), DefaultGraph()),))


@pytest.mark.parametrize(
    "quad",
    [Quad(BlankNode(), DCTERMS.title, Literal("t"), G), Quad(S, DCTERMS.source, BlankNode(), G)],
    ids=["subject", "object"],
)
def test_refuses_a_blank_node(quad: Quad) -> None:
    with pytest.raises(InputError, match="no blank nodes"):
        ChangeSet(remove=(quad,))


def test_refuses_a_name_the_vocabulary_does_not_define() -> None:
    with pytest.raises(AttributeError, match="titel"):
        _ = DCTERMS.titel


def test_refuses_a_media_type_that_is_no_rdf() -> None:
    with pytest.raises(InputError, match="not an RDF media type"):
        rdf_format("image/png")


def test_refuses_plain_text_of_what_is_no_term() -> None:
    with pytest.raises(TypeError):
        plain(3)


def test_equal_change_sets_are_written_alike() -> None:
    quads = Statements(G).say(S, DCTERMS.title, "b").say(S, DCTERMS.title, "a").quads
    assert ChangeSet(add=quads).to_json() == ChangeSet(add=tuple(reversed(quads)) * 2).to_json()


def test_a_change_set_reads_back_as_it_was_written() -> None:
    add = Statements(G).say(S, DCTERMS.title, 'é "☃"\n\\').say(S, DCTERMS.title, 1.5).quads
    remove = Statements(G).say(S, DCTERMS.title, Literal("x", language="en-GB")).quads
    change = ChangeSet(add=add, remove=remove)
    again = ChangeSet.from_json(change.to_json())
    assert (set(again.add), set(again.remove)) == (set(add), set(remove))
    assert to_n_quads(add).decode().count("\n") == 2


def test_none_says_nothing() -> None:
    assert not ChangeSet(add=Statements(G).say(S, DCTERMS.title, None).quads)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        ("application/ld+json, text/turtle;q=0.9", JSON_LD),
        ("text/turtle;q=0, */*;q=0.1", N_TRIPLES),
        ("text/turtle;q=nonsense, application/n-triples;q=0.2", N_TRIPLES),
        ("image/png", None),
        ("text/turtle;q=0", None),
    ],
)
def test_negotiates_as_http_asks(accept: str | None, expected: str | None) -> None:
    assert negotiate(accept, [TURTLE, N_TRIPLES, JSON_LD]) == expected


def test_json_means_the_json_form_of_results() -> None:
    assert negotiate("application/json", [RESULTS_JSON]) == RESULTS_JSON
