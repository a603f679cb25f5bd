"""An update is judged, and given the graphs that its request names, before the engine sees it."""

import pytest

from virtuales.errors import InputError, UnreadableInput
from virtuales.query.protocol import RdfDataset
from virtuales.query.update_text import permitted_update

NONE = RdfDataset()
USING = RdfDataset(("http://e.org/a",), ("http://e.org/b",))
CLAUSES = "USING <http://e.org/a> USING NAMED <http://e.org/b>"


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:1/>",
        "load <http://127.0.0.1:1/> INTO GRAPH <urn:g>",
        "CLEAR ALL;LOAD<http://127.0.0.1:1/>",
        "# LOAD SILENT\nLOAD <http://127.0.0.1:1/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { service silent ?x { ?s ?p ?o } }",
    ],
)
def test_refuses_what_would_open_connections(text: str) -> None:
    with pytest.raises(InputError, match="other servers"):
        permitted_update(text, NONE)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:LOAD> <urn:p> 'LOAD <x>' } # LOAD",
        "PREFIX load: <urn:l#> INSERT DATA { load:LOAD load:load 1 }",
        "DELETE WHERE { ?LOAD ?p _:load }",
    ],
)
def test_the_word_may_stand_where_it_is_no_keyword(text: str) -> None:
    assert permitted_update(text, NONE) == text


def test_a_silent_load_does_nothing() -> None:
    text = "LOAD SILENT <http://e.org/x> INTO GRAPH <http://e.org/g> ; LOAD SILENT <http://e.org/y>"
    assert permitted_update(text, NONE).count("DROP SILENT GRAPH <urn:virtuales:graph-of-nothing>") == 2
    assert "LOAD" not in permitted_update(text, NONE)


def test_gives_each_operation_the_graphs_of_its_request() -> None:
    text = "INSERT { ?s ?p 'WHERE {' } WHERE { ?s ?p ?o } ; DELETE WHERE { ?s ?p { 1 } } ; CLEAR ALL"
    text = text.replace("{ 1 }", "1")
    assert permitted_update(text, USING) == (
        f"INSERT {{ ?s ?p 'WHERE {{' }} {CLAUSES} WHERE {{ ?s ?p ?o }} ; "
        f"DELETE {{ ?s ?p 1 }} {CLAUSES} WHERE {{ ?s ?p 1 }} ; CLEAR ALL"
    )


@pytest.mark.parametrize("clause", ["WITH <urn:g>", "using <urn:g>"])
def test_refuses_graphs_named_in_both_places(clause: str) -> None:
    text = (
        f"{clause} DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}"
        if "WITH" in clause
        else (f"DELETE {{ ?s ?p ?o }} {clause} WHERE {{ ?s ?p ?o }}")
    )
    assert permitted_update(text, NONE) == text
    with pytest.raises(UnreadableInput, match="Both the request and the update"):
        permitted_update(text, USING)


def test_refuses_a_name_that_is_no_iri() -> None:
    with pytest.raises(InputError, match="IRI"):
        permitted_update("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", RdfDataset(("> } WHERE { ?s ?p ?o } ; DROP ALL #",)))
