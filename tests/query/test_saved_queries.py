"""Saved queries: what is refused in a file, what is refused as a value, and what the bound query says."""

from pathlib import Path

import pytest

from virtuales.errors import InputError, NotFound, UnreadableInput
from virtuales.query.saved_description import description
from virtuales.query.saved_query import SavedQuery
from virtuales.query.saved_reading import SavedQueries, read_saved_query
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import SH, VES
from virtuales.rdf.terms import plain

HEAD = """#+ summary: Loads above a power
#+ description: Loads with more active power than asked.
#+ tags: [analyst, network]
#+ asks: data
#+ models: [cgmes-3.0]
#+ parameters:
#+   at_least: In MW.
#+   kind: Which class.
#+   name: Its name.
#+ defaults:
#+   kind: http://iec.ch/TC57/CIM100#ConformLoad
#+ example:
#+   at_least: "10"
"""
TEXT = """PREFIX cim: <http://iec.ch/TC57/CIM100#>
SELECT ?load ?p WHERE {
  ?load a ?_kind_iri ; cim:EnergyConsumer.p ?p ; cim:IdentifiedObject.name ?__name . # ?_not_a_parameter
  FILTER (?p > ?_at_least_decimal && "?_nor_this" != ?__name)
}
"""


def saved(tmp_path: Path, text: str = HEAD + TEXT) -> SavedQuery:
    file = tmp_path / "loads.rq"
    file.write_text(text, encoding="utf-8")
    return read_saved_query(file)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("#+ summary: Loads above a power\n", "", "does not say its `summary`"),
        ("#+ asks: data", "#+ asks: world", "`world` is nothing that a saved query can ask"),
        ("#+ asks: data", "#+ endpoint: http://x", "no decorator `endpoint`"),
        ("#+   kind: Which class.\n", "", "The parameter `kind` is not described"),
        ("#+   kind: Which", "#+   sort: Which", "`sort`, which is no parameter"),
        ("#+   kind: http", "#+   name: http", "needs a value for `kind`"),
        ("kind: http://iec.ch/TC57/CIM100#ConformLoad", "kind: ConformLoad", "`ConformLoad` is no iri"),
        ('at_least: "10"', "at_least: ten", "`ten` is no decimal"),
        ('#+ example:\n#+   at_least: "10"\n', "", "needs a value for `at_least`"),
        ("SELECT ?load ?p", "SELECT ?load ?_kind_iri", "with values for its parameters"),
        ("?p > ", "?p >> ", "not valid SPARQL"),
        ("?load a", "SERVICE <http://x.example/> { ?s ?p ?o } ?load a", "does not call other servers"),
        ("?_at_least_decimal", "?_above_integer", "speaks of `at_least`, which is no parameter"),
    ],
)
def test_refuses_a_file_that_is_no_saved_query(old: str, new: str, complaint: str, tmp_path: Path) -> None:
    assert old in HEAD + TEXT
    with pytest.raises(InputError) as caught:
        saved(tmp_path, (HEAD + TEXT).replace(old, new))
    assert complaint in str(caught.value)


def test_refuses_a_parameter_that_would_name_the_dataset_version(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="`version`, which names the dataset version"):
        saved(tmp_path, (HEAD + TEXT).replace("at_least", "version"))


def test_names_the_line_of_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput) as caught:
        saved(tmp_path, (HEAD + TEXT).replace("asks: data", "asks: world"))
    assert caught.value.where is not None
    assert caught.value.where.endswith("loads.rq, line 4")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "needs a value for `at_least`"),
        ({"at_least": "1", "colour": "red"}, "no parameter `colour`"),
        ({"at_least": "1; DROP"}, "`1; DROP` is no decimal"),
        ({"at_least": "1", "kind": "http://a> ?x ?y"}, "is no iri"),
    ],
)
def test_refuses_values_that_do_not_fit(values: dict[str, str], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        saved(tmp_path).bound(values)
    assert complaint in str(caught.value)


def test_binds_terms_where_the_parameters_stand_and_nowhere_else(tmp_path: Path) -> None:
    query = saved(tmp_path)
    bound = query.bound({"at_least": "10", "name": 'A "quoted" \\ name'})
    assert "a <http://iec.ch/TC57/CIM100#ConformLoad> ;" in bound
    assert '?p > "10"^^<http://www.w3.org/2001/XMLSchema#decimal>' in bound
    assert 'name "A \\"quoted\\" \\\\ name" .' in bound
    assert "# ?_not_a_parameter" in bound
    assert '"?_nor_this" !=' in bound


def test_a_parameter_that_may_be_left_out_stays_a_variable(tmp_path: Path) -> None:
    query = saved(tmp_path)
    assert "IdentifiedObject.name ?__name ." in query.bound({"at_least": "10"})
    assert [(one.name, one.datatype, one.optional) for one in query.parameters] == [
        ("kind", "iri", False),
        ("name", "string", True),
        ("at_least", "decimal", False),
    ]


def test_choices_are_kept_to(tmp_path: Path) -> None:
    enumerated = HEAD.replace("#+ example", "#+ enumerate:\n#+   at_least: ['10', '20']\n#+ example")
    query = saved(tmp_path, enumerated + TEXT)
    assert '"20"^^' in query.bound({"at_least": "20"})
    with pytest.raises(InputError, match="`15` is none of the values of `at_least`"):
        query.bound({"at_least": "15"})


def test_is_described_as_an_executable_with_its_parameters(tmp_path: Path) -> None:
    file = tmp_path / "queries.ttl"
    file.write_text(description([saved(tmp_path)], "http://n.example/q/"), encoding="utf-8")
    quads = list(parse_file(file))
    said = {(plain(quad.subject), quad.predicate): quad.object for quad in quads}
    assert {quad.object for quad in quads if plain(quad.subject) == "http://n.example/q/loads"} > {
        SH.SPARQLSelectExecutable,
        VES.SavedQuery,
    }
    assert plain(said["http://n.example/q/loads", SH.select]) == HEAD + TEXT
    assert said["http://n.example/q/loads#kind", SH.nodeKind] == SH.IRI
    assert plain(said["http://n.example/q/loads#name", SH.optional]) == "true"
    assert plain(said["http://n.example/q/loads#kind", SH.defaultValue]) == "http://iec.ch/TC57/CIM100#ConformLoad"


def test_names_are_found_or_refused(tmp_path: Path) -> None:
    queries = SavedQueries([saved(tmp_path)])
    assert queries.get("loads").summary == "Loads above a power"
    with pytest.raises(NotFound, match="no saved query `lodes`"):
        queries.get("lodes")
    with pytest.raises(InputError, match="Two saved queries are called `loads`"):
        SavedQueries([saved(tmp_path), saved(tmp_path)])
