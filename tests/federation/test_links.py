"""Endpoints that call things by other IRIs than whoever asks."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store
from tests.alignment.rewriting.small_worlds import PREFIXES, World, chain, store_of
from tests.federation.stores import StoreTransport, url

from virtuales.errors import InputError
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.links import Links
from virtuales.federation.options import DEFAULTS, Options
from virtuales.federation.seen import Seen

E = "http://e.example/"
PREFIX = f"PREFIX : <{E}> PREFIX r: <http://register.example/> "
LINKS = Links({"http://register.example/7": f"{E}a", "http://register.example/8": f"{E}a"})


def store(turtle: str) -> Store:
    """Make a store of data in Turtle."""
    made = Store()
    made.load(f"@prefix : <{E}> . @prefix r: <http://register.example/> . {turtle}".encode(), format=RdfFormat.TURTLE)
    return made


def ask(network: str, register: str, query: str, options: Options = DEFAULTS) -> list[str]:
    """Ask a network and a register that calls one thing by two numbers; return the rows, sorted."""
    endpoints = [Endpoint(url(0)), Endpoint(url(1), seen=Seen(own=True, links=LINKS))]
    transport = StoreTransport([store(network), store(register)])
    with Federation(endpoints, options, transport=transport) as federation:
        lines = federation.answer(PREFIX + query, "text/csv").body.decode().split("\r\n")[1:-1]
    return sorted(lines)


NETWORK = ":a :name 'Northmoor' . :b :name 'Southwater' ."
REGISTER = "r:7 :capacity 5 . r:8 :owner r:9 . r:9 :holds r:7 . r:8 :partner r:7 ."


def test_a_thing_is_found_by_the_endpoints_names_and_has_the_askers() -> None:
    assert ask(NETWORK, REGISTER, "SELECT ?c { :a :capacity ?c }") == ["5"]
    assert ask(NETWORK, REGISTER, "SELECT ?s { ?s :capacity 5 }") == [f"{E}a"]
    assert ask(NETWORK, REGISTER, "SELECT ?p ?o { :a ?p ?o FILTER(?p = :owner) }") == [
        f"{E}owner,http://register.example/9"
    ]


def test_values_that_are_sent_along_are_the_endpoints() -> None:
    query = "SELECT ?name ?c ?owner { ?s :name ?name ; :capacity ?c ; :owner ?owner }"
    assert ask(NETWORK, REGISTER, query) == ["Northmoor,5,http://register.example/9"]


def test_what_the_endpoint_says_of_one_thing_by_two_names_is_joined() -> None:
    assert ask("", REGISTER, "SELECT ?c { ?s :owner ?o . ?o :holds ?s . ?s :capacity ?c }") == ["5"]
    assert ask("", REGISTER, "SELECT ?s { ?s :partner ?s }") == [f"{E}a"]


def test_the_endpoints_own_names_are_none_of_the_askers() -> None:
    assert ask(NETWORK, REGISTER, "SELECT ?c { r:7 :capacity ?c }") == []


def test_conditions_on_names_are_about_the_askers() -> None:
    assert ask(NETWORK, REGISTER, 'SELECT ?c { ?s :capacity ?c FILTER(STRENDS(STR(?s), "/a")) }') == ["5"]
    assert ask(NETWORK, REGISTER, "SELECT ?c { ?s :capacity ?c FILTER(?s = :a) } LIMIT 1") == ["5"]


def test_what_is_written_in_a_text_stays() -> None:
    assert ask("", "r:7 :note '<http://register.example/7>' .", "SELECT ?n { :a :note ?n }") == [
        "<http://register.example/7>"
    ]


def test_links_and_mappings_go_together() -> None:
    world = World()
    chain(world, {("x:t0", "x:t1")})
    links = Links({"http://x.example/t1": "http://x.example/mine"})
    endpoint = Endpoint(url(0), seen=Seen(("b",), (world.view(),), links=links))
    with Federation([endpoint], transport=StoreTransport([store_of(world.in_b)])) as federation:
        body = federation.answer(f"{PREFIXES} SELECT ?o {{ x:t0 a:near ?o }}", "text/csv").body.decode()
    assert body.split("\r\n")[1:-1] == ["http://x.example/mine"]


# Files


def test_reads_links_from_rdf_and_from_mapping_sets(tmp_path: Path) -> None:
    turtle = tmp_path / "links.ttl"
    turtle.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
        "<urn:7> owl:sameAs <urn:a> . <urn:8> skos:exactMatch <urn:b> . <urn:9> skos:closeMatch <urn:c> .",
        encoding="utf-8",
    )
    assert Links.read(turtle).table == {"urn:7": "urn:a", "urn:8": "urn:b"}
    table = tmp_path / "links.sssom.tsv"
    table.write_text(
        "#mapping_set_id: https://register.example/links\n#license: https://creativecommons.org/publicdomain/zero/1.0/\n"
        "#curie_map:\n#  r: http://register.example/\n#  e: http://e.example/\n"
        "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\n"
        "r:7\tskos:exactMatch\t\te:a\tsemapv:ManualMappingCuration\n"
        "r:8\tskos:exactMatch\tNot\te:b\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    assert Links.read(table).table == {"http://register.example/7": f"{E}a"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<urn:7> owl:sameAs <urn:a>, <urn:b> .", "<urn:7> is linked to both <urn:[ab]> and <urn:[ab]>"),
        ("<urn:7> owl:differentFrom <urn:a> .", "no link in the file"),
    ],
)
def test_refuses_links_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "links.ttl"
    file.write_text(f"@prefix owl: <http://www.w3.org/2002/07/owl#> . {text}", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Links.read(file)


def test_iris_are_recognised_that_an_endpoint_writes_with_escapes() -> None:
    links = Links({"http://e.example/é": "urn:a"})
    assert (
        links.received(b"<http://e.example/\\u00e9> <urn:p> <http://e.example/\xc3\xa9> .\n")
        == b"<urn:a> <urn:p> <urn:a> .\n"
    )
