"""W3C's SHACL test suite: every case collected, every validation report compared by isomorphism.

https://w3c.github.io/data-shapes/data-shapes-test-suite/
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic
from tests.shared_data import SHARED, shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report_graph import report_triples
from virtuales.assurance.validator import validate
from virtuales.errors import InputError
from virtuales.rdf.io import parse_file
from virtuales.rdf.terms import Quad, Term

SUITE = "suites/shacl/data-shapes-test-suite/tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RESULT = ("focusNode", "resultPath", "resultSeverity", "sourceConstraintComponent", "sourceShape", "value")
PATH = ("inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
COMPARED = frozenset(
    f"{SH}{name}" for name in ("conforms", "result", "resultMessage", "sourceConstraint", *RESULT, *PATH)
)
COMPARED |= {f"{RDF}{name}" for name in ("type", "first", "rest")}
INCOMPLETE = {
    "node/qualified-001": "`sh:qualifiedMinCount` without `sh:qualifiedValueShape` says nothing; we say so",
    "component/validator-001": "it imports an ontology that the suite does not bring; the import is left out and named",
}
ENDS = frozenset(f"{SH}{name}" for name in ("focusNode", "sourceShape", "value", "sourceConstraint"))


class Case:
    """One test: its files, and the statements of its manifest."""

    def __init__(self, manifest: Path, node: Term) -> None:
        self.manifest = manifest
        self.node = node

    def __str__(self) -> str:
        """Name the case as the suite's folders do."""
        return f"{self.manifest.parent.name}/{self.manifest.stem}"

    def file(self, name: str) -> Path:
        (action,) = values(self.manifest, self.node, f"{MF}action")
        (place,) = values(self.manifest, action, f"{SHT}{name}")
        return Path(url2pathname(urlparse(str(place)[1:-1]).path))

    @property
    def result(self) -> Term:
        (result,) = values(self.manifest, self.node, f"{MF}result")
        return result


@cache
def statements(file: Path) -> tuple[Quad, ...]:
    return tuple(parse_file(file))


def values(file: Path, subject: Term, predicate: str) -> list[Term]:
    return [quad.object for quad in statements(file) if quad.subject == subject and quad.predicate.value == predicate]


def cases(manifest: Path) -> Iterator[Case]:
    included = [quad.object for quad in statements(manifest) if quad.predicate.value == f"{MF}include"]
    for other in included:
        yield from cases(Path(url2pathname(urlparse(str(other)[1:-1]).path)))
    for quad in statements(manifest):
        if str(quad.object) == f"<{SHT}Validate>":
            yield Case(manifest, quad.subject)


def collected(part: str) -> list[Case]:
    root = SHARED / SUITE / part / "manifest.ttl"
    return list(cases(root)) if root.is_file() else []


def report_graph(triples: Iterator[tuple[Term, str, Term]], start: Term, *, messages: bool) -> Graph:
    """Keep what the suite compares, from the report down to the results' terms and paths."""
    by_subject: dict[str, list[tuple[str, Term]]] = {}
    for subject, predicate, value in triples:
        if predicate in COMPARED and (messages or predicate != f"{SH}resultMessage"):
            by_subject.setdefault(str(subject), []).append((predicate, value))
    lines: list[str] = []
    waiting, seen = [str(start)], set[str]()
    while waiting:
        about = waiting.pop()
        if about in seen:
            continue
        seen.add(about)
        for predicate, value in by_subject.get(about, []):
            lines.append(f"{about} <{predicate}> {value} .")
            if str(value).startswith("_:") and predicate not in ENDS:
                waiting.append(str(value))
    return Graph().parse(data="\n".join(lines), format="nt")


def compare(case: Case) -> None:
    shapes = compile_shapes([case.file("shapesGraph")])
    data = ColumnarGraph.from_quads(parse_file(case.file("dataGraph")))
    if str(case.result) == f"<{SHT}Failure>":
        with pytest.raises(InputError):
            validate(data, shapes)
        return
    report = validate(data, shapes)
    expected = [(quad.subject, quad.predicate.value, quad.object) for quad in statements(case.manifest)]
    messages = any(predicate == f"{SH}resultMessage" for _, predicate, _ in expected)
    ours = [(one.subject, one.predicate.value, one.object) for one in report_triples(report)]
    found = report_graph(iter(ours), ours[0][0], messages=messages)
    wanted = report_graph(iter(expected), case.result, messages=messages)
    assert bool(shapes.faults) == (str(case) in INCOMPLETE)
    assert isomorphic(found, wanted), f"found\n{found.serialize()}\nwanted\n{wanted.serialize()}"


def test_collects_every_case_of_the_core_suite() -> None:
    shared(SUITE)
    assert len(collected("core")) == 98


@pytest.mark.parametrize("case", collected("core"), ids=str)
def test_core_report_is_the_one_the_suite_gives(case: Case) -> None:
    compare(case)


def test_collects_every_case_of_the_sparql_suite() -> None:
    shared(SUITE)
    assert len(collected("sparql")) == 22


@pytest.mark.parametrize("case", collected("sparql"), ids=str)
def test_sparql_report_is_the_one_the_suite_gives(case: Case) -> None:
    compare(case)
