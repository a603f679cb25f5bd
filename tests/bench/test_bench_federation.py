import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_data import shared

from federation.answers import Oracle, Rows, rows_of
from federation.bars import Bar, bars, merged
from federation.farm import Farm, Use
from federation.grid import grid
from federation.measuring import Bench, Measurement
from federation.peers import ENGINES
from federation.proxy import Requests
from federation.questions import OWN, TEMPLATES, Question, planned, questions
from federation.running import Reply
from federation.shop import trade
from federation.statements import Federation, Naming
from federation.table import TITLES, table
from virtuales.query.in_memory import syntax_complaint

GET = b"GET /query?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /query HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nASK { }"
CHUNKED = b"POST /query HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nASK { }\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def small() -> Federation:
    return trade(4, 12, Naming(authorities=False))


@pytest.fixture(scope="module")
def farm(small: Federation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with Farm(small, tmp_path_factory.mktemp("stores")) as running:
        yield running


def test_the_same_data_is_made_every_time(small: Federation) -> None:
    assert [site.content for site in trade(4, 12, Naming(authorities=False)).sites] == [
        site.content for site in small.sites
    ]


def test_names_show_whose_they_are_only_where_they_have_authorities(small: Federation) -> None:
    other = trade(4, 12, Naming())
    assert not [line for site in small.sites for line in site.lines if ".example" in line.split('"')[0]]
    assert all(f"<http://{site.name}.example/" in site.lines[0] for site in other.sites)
    assert small.statements == other.statements


def test_owners_of_networks_share_the_nodes_where_these_meet() -> None:
    first, second = grid(4, 4).sites[:2]
    nodes = [set(re.findall(r"ConnectivityNode> <(urn:uuid:[^>]+)>", "".join(site.lines))) for site in (first, second)]
    assert len(nodes[0] & nodes[1]) == 1


@pytest.mark.parametrize("federation", [trade(4, 12, Naming()), grid(4, 4)], ids=lambda made: made.name)
def test_every_question_is_filled_in_and_asks_for_what_is_there(federation: Federation) -> None:
    asked = questions(federation)
    own = [one for one in asked if one.plan]
    folder = OWN / federation.name
    assert len(own) == len(list(folder.glob("*.rq")))
    assert len(own) >= 10
    for one in own:
        assert "$" not in one.text
        assert "place:" not in one.text
        assert not syntax_complaint(one.text)
        assert not syntax_complaint(planned(one.plan, federation, {site.name: "http://a" for site in federation.sites}))
    assert Oracle(federation).rows(next(one.text for one in own if one.name == "lookup"))


def test_templates_of_fedshop_are_filled_in() -> None:
    folder = shared("suites/federation/fedshop")
    assert folder == TEMPLATES
    asked = [one for one in questions(trade(4, 12, Naming())) if one.name.startswith("fedshop-")]
    assert len(asked) == len(list(folder.glob("*.sparql")))
    assert not [one.name for one in asked if syntax_complaint(one.text)]


@given(st.lists(st.sampled_from([GET, POST, CHUNKED]), max_size=5), st.data())
def test_requests_are_found_however_they_are_cut(requests: list[bytes], data: st.DataObject) -> None:
    sent = b"".join(requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    found, passed, number = Requests(b"g=1"), b"", 0
    for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        out, begun = found.feed(sent[start:end])
        passed, number = passed + out, number + begun
    assert number == len(requests)
    assert passed == sent.replace(b"ASK%7B%7D HTTP", b"ASK%7B%7D&g=1 HTTP").replace(b"/query HTTP", b"/query?g=1 HTTP")


def test_each_endpoint_answers_from_its_own_data_and_is_counted(small: Federation, farm: Farm) -> None:
    farm.begin(0.0)
    with httpx.Client() as client:
        for site in small.sites:
            answer = client.post(
                farm.urls[site.name],
                content="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
                headers={"Content-Type": "application/sparql-query", "Accept": "text/csv"},
            )
            assert int(answer.text.split()[1]) == len(set(site.lines))
    use = farm.used()
    assert use.requests == len(small.sites)
    assert use.received_kb > 0


def test_a_plan_by_hand_gives_the_answer_of_the_merged_data(small: Federation, farm: Farm) -> None:
    oracle = Oracle(small)
    for one in questions(small):
        if one.plan:
            assert oracle.rows(planned(one.plan, small, farm.urls)) == oracle.rows(one.text), one.name


def test_latency_is_added_to_a_request(small: Federation, farm: Farm) -> None:
    farm.begin(0.2)
    answer = httpx.get(farm.urls[small.sites[0].name], params={"query": "ASK { ?s ?p ?o }"})
    farm.begin(0.0)
    assert answer.elapsed.total_seconds() >= 0.2


def rows(*values: str) -> Rows:
    bindings = [{"x": {"type": "literal", "value": value}} for value in values]
    return rows_of(json.dumps({"results": {"bindings": bindings}}).encode())


def test_an_answer_cut_by_a_limit_may_have_any_of_the_right_rows() -> None:
    oracle = Oracle(grid(3, 1))
    cut = Question("cut", 'SELECT ?x { VALUES ?x { "a" "b" "c" } } LIMIT 2')
    whole = Question("whole", cut.unlimited)
    assert oracle.agrees(cut, rows("c", "a"))
    assert not oracle.agrees(cut, rows("c", "d"))
    assert not oracle.agrees(cut, rows("c"))
    assert not oracle.agrees(whole, rows("c", "a"))


def measured(engine: str, seconds: float, requests: int, failure: str = "") -> Measurement:
    return Measurement(engine, "q", Reply(seconds, 0.0, failure), Use(requests, 0.0, 0.0, 0.0), right=not failure)


def test_bars_compare_with_fedx_and_comunica() -> None:
    found = {
        bar.name: bar
        for bar in bars(
            {
                "virtuales": [measured("virtuales", 0.1, 3)],
                "fedx": [measured("fedx", 3.0, 100)],
                "comunica": [measured("comunica", 60.0, 100, "took more than 60 s")],
                "oxigraph": [measured("oxigraph", 0.05, 2)],
            },
            authorities=True,
        )
    }
    assert found["times_fedx"].value == pytest.approx(30)
    assert found["times_comunica"].value == pytest.approx(600)
    assert found["times_longer_than_plan"].value == pytest.approx(2)
    assert found["share_of_fedx_requests"].value == pytest.approx(0.03)
    assert [name for name, bar in found.items() if not bar.passed] == ["share_of_fedx_requests"]


def test_cases_are_judged_together_though_their_questions_have_the_same_names() -> None:
    cases = {
        name: {"virtuales": [measured("virtuales", 0.1, 1)], "fedx": [measured("fedx", seconds, 100)]}
        for name, seconds in (("energy", 0.4), ("trade-uuid", 1.6))
    }
    found = {bar.name: bar for bar in bars(merged(cases), authorities=False)}
    assert found["times_fedx"].value == pytest.approx(8)
    assert found["share_of_fedx_requests"].value == pytest.approx(0.01)


def test_the_table_has_a_column_for_each_case_and_marks_what_is_not_reached() -> None:
    reached = Bar("times_fedx", 21.04, "times", passed=True, wanted="at least 20")
    missed = Bar("share_of_fedx_requests", 0.034, "share", passed=False, wanted="at most 0.02")
    written = table({"trade": [reached, missed], "energy 20ms": [reached]}).splitlines()
    assert written[0] == "| | trade | energy 20ms |"
    assert written[2:] == ["| times as fast as FedX | 21 | 21 |", "| share of FedX's requests | **3.4%** |  |"]


def test_every_bar_has_a_line_in_the_table() -> None:
    engines = ("virtuales", "fedx", "comunica", "oxigraph")
    found = bars({name: [measured(name, 1.0, 10)] for name in engines}, authorities=True)
    assert [bar.name for bar in found] == [*TITLES]


def test_engines_are_asked_in_turn_at_every_latency(small: Federation, farm: Farm) -> None:
    asked = [one for one in questions(small) if one.plan][:2]
    bench = Bench(farm, Oracle(small), asked, lambda one: planned(one.plan, small, farm.urls), {"": 60.0})
    ours, plan = (next(one for one in ENGINES if one.name == name) for name in ("virtuales", "oxigraph"))
    found = bench.measure([ours, plan], [0.0, 0.02])
    assert found.before["virtuales"].requests > 0
    for by_engine in found.measurements.values():
        for measurements in by_engine.values():
            assert [(one.question, one.right) for one in measurements] == [(one.name, True) for one in asked]
        assert [*by_engine] == ["virtuales", "oxigraph"]


def test_stores_of_many_endpoints_share_processes(tmp_path: Path) -> None:
    many = trade(22, 1, Naming())
    with Farm(many, tmp_path) as farm:
        assert len(farm.urls) == 22
        assert len(list(tmp_path.iterdir())) == 11
