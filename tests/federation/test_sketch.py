"""Endpoints are not asked about IRIs that they have nothing to say of, and always where they could not tell."""

import httpx
from tests.federation.stores import StoreTransport
from tests.federation.test_federate import GENERATORS, OWNERS, ask, store

from virtuales.federation.options import Options
from virtuales.federation.sketch import Hashes, Iris, hashed, sketched
from virtuales.federation.summary import Summary
from virtuales.query.syntax.flattening import Triple
from virtuales.rdf.terms import NamedNode, Variable

QUERY = "SELECT ?to ?end ?owner { :a :feeds ?to . ?to :feeds ?end . ?end :owner ?owner }"
LAST = ["http://e.example/b,http://e.example/c,http://e.example/y"]


class Shortened(StoreTransport):
    """Endpoints that cut long strings."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query, each list of hashes without its last one."""
        response = super().handle_request(request)
        if b"MD5" not in request.content:
            return response
        lines = [line.split(b"\t") for line in response.read().split(b"\n")]
        cut = b"\n".join(
            b"\t".join([*line[:1], line[1][:-10] + b'"', *line[2:]]) if line[0].startswith(b"<") else b"\t".join(line)
            for line in lines
        )
        return httpx.Response(200, content=cut, headers={"Content-Type": "text/tab-separated-values"})


class Simple(StoreTransport):
    """Endpoints without MD5."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query, unless it calls MD5."""
        if b"MD5" in request.read():
            return httpx.Response(400, text="no such function")
        return super().handle_request(request)


def constructs(transport: StoreTransport) -> list[int]:
    return sorted(number for number, text in transport.queries if "CONSTRUCT" in text)


def test_asks_only_who_may_know_an_iri() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS + ":d :feeds :e ."), store(":e :feeds :b .")])
    assert ask(transport, QUERY, endpoints=3) == LAST
    assert constructs(transport) == [0, 0, 1]


def test_asks_all_where_it_is_not_to_learn_which_iris_there_are() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS + ":d :feeds :e ."), store(":e :feeds :b .")])
    assert ask(transport, QUERY, Options(sketched=0), endpoints=3) == LAST
    assert set(constructs(transport)) == {0, 1, 2}
    assert not [text for _, text in transport.queries if "MD5" in text]


def test_hashes_that_were_cut_short_keep_nothing_from_being_asked() -> None:
    stores = [store(GENERATORS), store(OWNERS)]
    assert ask(Shortened(stores), QUERY) == LAST


def test_endpoints_without_hashes_are_asked_all_the_same() -> None:
    stores = [store(GENERATORS), store(OWNERS)]
    assert ask(Simple(stores), QUERY) == LAST


def test_hashes_of_many_iris_are_found_as_those_of_one() -> None:
    hashes = Hashes(" ".join(sorted({hashed(f"urn:{number}") for number in range(0, 3000, 3)})))
    iris = Iris([f"urn:{number}" for number in range(3000)])
    summary = Summary({"urn:p": 1}, {}, subjects={"urn:p": hashes})
    triple = Triple(Variable("s"), NamedNode("urn:p"), Variable("o"))
    one_by_one = [summary.may_have(triple, triple.subject, each) for each in iris.iris]
    assert summary.among(triple, triple.subject, iris).tolist() == one_by_one
    assert one_by_one == [number % 3 == 0 for number in range(3000)]


def test_hashes_that_are_not_written_as_they_should_be_are_not_believed() -> None:
    rows = [["<urn:p>", '"7F90DE09"', "1"], ["<urn:q>", '"7f90de09 nonsense"', "2"], ["<urn:r>", '"7f90de09"', "1"]]
    assert sketched(["urn:p", "urn:q", "urn:r"], rows).keys() == {"urn:r"}
