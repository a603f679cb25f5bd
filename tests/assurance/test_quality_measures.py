"""What is measured of data: completeness by class, references that lead somewhere, dates."""

from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.quality import ClassCompleteness, measure

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
DATE = "<http://www.w3.org/2001/XMLSchema#date>"
DATA = f"""<http://e.x/a> {TYPE} <http://v.x/Line> .
<http://e.x/a> <http://v.x/r> "1" .
<http://e.x/a> <http://v.x/from> <http://e.x/b> .
<http://e.x/b> {TYPE} <http://v.x/Line> .
<http://e.x/b> <http://v.x/r> "2" .
<http://e.x/b> <http://v.x/from> <http://e.x/gone> .
<http://e.x/b> <http://v.x/kind> <http://v.x/Kind.overhead> .
<http://e.x/b> <http://v.x/since> "2026-05-01"^^{DATE} .
<http://e.x/c> {TYPE} <http://v.x/Site> .
"""


def test_counts_the_values_that_are_there_and_could_be() -> None:
    found = measure(ColumnarGraph.from_n_triples(DATA.encode()))
    assert found.classes == (
        ClassCompleteness("http://v.x/Line", objects=2, present=6, possible=8),
        ClassCompleteness("http://v.x/Site", objects=1, present=0, possible=0),
    )
    assert found.completeness == 0.75
    assert [each.share for each in found.classes] == [0.75, 1.0]


def test_counts_the_statements_of_each_property() -> None:
    found = dict(measure(ColumnarGraph.from_n_triples(DATA.encode())).properties)
    assert found["http://v.x/r"] == found["http://v.x/from"] == 2
    assert found["http://v.x/since"] == 1
    assert sum(found.values()) == 9


def test_follows_references_within_the_datas_own_namespaces_only() -> None:
    found = measure(ColumnarGraph.from_n_triples(DATA.encode()))
    assert (found.references, found.resolved) == (2, 1)


def test_finds_dates_and_scenario_times() -> None:
    header = (
        "<urn:uuid:1> <http://iec.ch/TC57/61970-552/ModelDescription/1#Model.scenarioTime> "
        '"2026-06-01T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
    )
    found = measure(ColumnarGraph.from_n_triples((DATA + header).encode()))
    assert found.scenario == "2026-06-01T12:00:00Z"
    assert found.dates == ("2026-06-01T12:00:00Z", "2026-05-01")


def test_of_nothing_measures_nothing() -> None:
    found = measure(ColumnarGraph.from_n_triples(b""))
    assert (found.classes, found.completeness, found.references, found.scenario, found.dates) == ((), 1.0, 0, None, ())
