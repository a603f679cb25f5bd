"""Every valid query of the W3C's SPARQL suites is read and written, and the written query means what it meant."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store, parse
from tests.shared_data import SHARED, shared

from virtuales.errors import InputError
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.canonical import canonical_n_quads

SUITES = "suites/rdf-tests/sparql"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
POSITIVE = {"PositiveSyntaxTest11", "PositiveSyntaxTest", "QueryEvaluationTest"}
NEGATIVE = {"NegativeSyntaxTest11", "NegativeSyntaxTest"}
ANSWERED_DIFFERENTLY_EACH_TIME = ("RAND", "UUID", "BNODE", "NOW")
REFUSED = {"sparql10/expr-builtin/case-insensitive-booleans.rq": "The engine reads `TRUE` in small letters only."}
"""Valid queries that the engine refuses, and with it the reader, each with the reason."""


@dataclass(frozen=True)
class Case:
    """A query of a suite with its data."""

    query: Path
    kind: str
    data: tuple[Path, ...] = ()
    graphs: tuple[Path, ...] = ()

    def __str__(self) -> str:
        """Name the case by folder and file."""
        return f"{self.query.parts[-3]}/{self.query.parent.name}/{self.query.name}"


def cases_of(manifest: Path) -> list[Case]:
    """Read the cases of one manifest."""
    graph = Store()
    graph.bulk_load(path=manifest, format=RdfFormat.TURTLE, base_iri=manifest.as_uri())

    def values(subject: object, predicate: str) -> list[NamedNode | BlankNode]:
        found = graph.quads_for_pattern(subject, NamedNode(predicate), None)  # type: ignore[arg-type]
        return [quad.object for quad in found if isinstance(quad.object, NamedNode | BlankNode)]

    found = []
    for quad in graph.quads_for_pattern(None, NamedNode(f"{MF}action"), None):
        (kind,) = (
            one.value.rpartition("#")[2]
            for one in values(quad.subject, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        )
        if kind not in POSITIVE | NEGATIVE:
            continue
        action = quad.object
        queries = values(action, f"{QT}query")
        query = queries[0] if queries else action
        places = [tuple(map(path_of, values(action, f"{QT}{name}"))) for name in ("data", "graphData")]
        found.append(Case(path_of(query), kind, *places))
    return found


def path_of(node: object) -> Path:
    """Return the file that an IRI names."""
    assert isinstance(node, NamedNode)
    return Path(node.value.removeprefix("file://"))


def collected(kinds: set[str]) -> list[Case]:
    """Return every case of some kinds; none where the suites are not there."""
    folders = [SHARED / SUITES / name for name in ("sparql10", "sparql11")]
    manifests = sorted(path for folder in folders for path in folder.glob("*/manifest.ttl"))
    return [case for manifest in manifests for case in cases_of(manifest) if case.kind in kinds]


def store_of(case: Case) -> Store:
    """Load a case's data."""
    store = Store()
    for places, named in ((case.data, False), (case.graphs, True)):
        for path in places:
            form = RdfFormat.RDF_XML if path.suffix == ".rdf" else RdfFormat.TURTLE
            iri = NamedNode(path.as_uri())
            store.extend(
                one if named is False else type(one)(one.subject, one.predicate, one.object, iri)
                for one in parse(path=path, format=form, base_iri=iri.value, rename_blank_nodes=True)
            )
    return store


def answer(store: Store, query: str, base: str) -> object:
    """Answer a query in a form that can be compared."""
    try:
        found = store.query(query, base_iri=base)
    except RuntimeError as error:  # it calls a function that there is none of
        return str(error)
    if isinstance(found, QuerySolutions):
        names = [variable.value for variable in found.variables]
        rows = Counter(frozenset((name, row[name]) for name in names if row[name] is not None) for row in found)
        return frozenset(names), rows
    if isinstance(found, QueryTriples):
        return canonical_n_quads(Quad(one.subject, one.predicate, one.object) for one in found)
    assert isinstance(found, QueryBoolean)
    return bool(found)


def test_collects_every_query_of_the_suites() -> None:
    shared(SUITES)
    kinds = Counter(case.kind for case in collected(POSITIVE | NEGATIVE))
    assert kinds == {
        "QueryEvaluationTest": 593,
        "PositiveSyntaxTest": 149,
        "PositiveSyntaxTest11": 66,
        "NegativeSyntaxTest": 50,
        "NegativeSyntaxTest11": 48,
    }


@pytest.mark.parametrize("case", collected(POSITIVE), ids=str)
def test_written_query_means_what_it_meant(case: Case) -> None:
    text, base = case.query.read_text(encoding="utf-8"), case.query.as_uri()
    if str(case) in REFUSED:
        with pytest.raises(InputError):  # when the engine takes it, the case leaves the list
            parse_query(text, base)
        return
    tree = parse_query(text, base)
    written = write_query(tree)
    assert parse_query(written, base) == tree, written
    if "SERVICE" in text.upper():
        return  # other servers are not asked
    store = store_of(case)
    before, after = answer(store, text, base), answer(store, written, base)
    if any(word in text.upper() for word in ANSWERED_DIFFERENTLY_EACH_TIME):
        assert type(before) is type(after)
    else:
        assert before == after, written


@pytest.mark.parametrize("case", collected(NEGATIVE), ids=str)
def test_invalid_query_is_refused(case: Case) -> None:
    with pytest.raises(InputError):
        parse_query(case.query.read_text(encoding="utf-8"), case.query.as_uri())
