"""Every form of a report says the same; what programs read can be read."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from tests.alignment.gaps.analysing import account_of, maps
from tests.alignment.use_cases.records import CASE, coverage, requirement

from virtuales.alignment.gaps.reports.html import to_html
from virtuales.alignment.gaps.reports.plain import Account, to_csv, to_json, to_markdown
from virtuales.alignment.gaps.reports.statements import proposals_to_turtle, to_turtle
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import OWL, RDF, RDFS, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, plain

PROPOSED = """
proposed:Outage a owl:Class ; rdfs:label "Outage" ; rdfs:comment "A time out of service." ;
  rdfs:subClassOf cim:IdentifiedObject ; ves:proposedFor case:outages ; ves:status ves:Draft .
"""


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """One covered requirement, one that a proposal serves, one that nothing does, with a title to be escaped."""
    lines = requirement("lines", coverage("cim16:ACLineSegment", model="model:cgmes-2.4.15"))
    more = [requirement("outages", number="S-02", title="Outages"), PROPOSED]
    power = requirement("power", " ; qudt:hasUnit unit:MegaW", number="S-03", title="Power | <output>")
    return account_of(tmp_path, [lines, *more, power], [maps("ACLineSegment", "ACLineSegment")])


def test_csv_has_a_line_for_each_requirement_and_model(account: Account) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(account))))
    assert [(row["requirement"], row["status"]) for row in rows][:2] == [("S-01", "covered")] * 2
    assert len(rows) == 6
    assert rows[4]["title"] == "Power | <output>"


def test_json_says_statuses_terms_reasons_and_proposals(account: Account) -> None:
    said = json.loads(to_json(account))
    assert said["counts"]["best"] == {"covered": 1, "partly covered": 0, "not covered": 2, "conflicting": 0}
    line, outage, power = said["requirements"]
    assert line["models"]["cgmes-3.0@3.0.0"]["terms"][0]["because"]
    assert outage["proposals"] == ["https://w3id.org/virtuales/proposed#Outage"]
    assert power["proposals"] == ["https://w3id.org/virtuales/proposed#powerOutput"]
    assert [each["drafted"] for each in said["proposals"]] == [False, True]


def test_markdown_has_a_table_whose_rows_are_as_long_as_its_head(account: Account) -> None:
    lines = [line for line in to_markdown(account).splitlines() if line.startswith("| ")]
    matrix = lines[:5]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in matrix} == {5}
    assert "Power \\| <output>" in matrix[4]


def test_turtle_says_how_far_each_model_meets_each_requirement(account: Account) -> None:
    quads = list(parse_file(to_turtle(account).encode(), TURTLE))
    found = {plain(quad.subject): quad.object for quad in quads if quad.predicate == VES.coverageStatus}
    assert found[f"{CASE}#lines--cgmes-3.0"] == VES.Covered
    assert found[f"{CASE}#outages--cgmes-3.0"] == VES.NotCovered
    assert len(found) == 6


def test_proposals_are_turtle_of_their_own_with_what_the_record_says(account: Account) -> None:
    said = {
        (plain(q.subject), q.predicate, q.object) for q in parse_file(proposals_to_turtle(account).encode(), TURTLE)
    }
    outage, power = (f"https://w3id.org/virtuales/proposed#{name}" for name in ("Outage", "powerOutput"))
    assert (outage, RDF.type, OWL.Class) in said
    assert (outage, RDFS.subClassOf, NamedNode("http://iec.ch/TC57/CIM100#IdentifiedObject")) in said
    assert {(power, VES.unit, Literal("MW")), (power, RDFS.range, XSD.float), (power, VES.status, VES.Draft)} <= said


def test_a_requirement_that_is_met_needs_no_proposal(account: Account) -> None:
    assert not any(f"{CASE}#lines" in one.proposed_for for one in account.proposals)


def test_html_stands_alone_and_escapes_what_it_is_given(account: Account) -> None:
    page = to_html(account)
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "Power | &lt;output&gt;" in page


def test_html_says_each_status_in_words_and_leads_to_each_requirement(account: Account) -> None:
    page = to_html(account)
    assert page.count('<td class="covered">covered</td>') == 2
    assert page.count('<td class="not-covered">not covered</td>') == 4
    for number in ("S-01", "S-02", "S-03"):
        assert f'<a href="#{number}">' in page
        assert f'id="{number}"' in page
    assert page.count('scope="row"') >= page.count("<tr>") - 2
