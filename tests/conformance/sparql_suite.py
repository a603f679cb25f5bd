"""The W3C's SPARQL 1.1 suites as data: evaluation cases, and HTTP requests with what is expected of their answers."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from virtuales.rdf.canonical import canonical_n_quads

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
Node = NamedNode | BlankNode
DEFAULT = ""
"""Stands for the name of the default graph."""


@dataclass(frozen=True)
class Evaluation:
    """A query or an update to be carried out on a dataset.

    Args:
        name: The suite's folder, and the case's name.
        text: The file with it.
        data: Files of the dataset with the names of their graphs.
        result: The file with the result of a query.
        after: What the dataset is after an update.
    """

    name: str
    text: Path
    data: tuple[tuple[Path, str], ...]
    result: Path | None = None
    after: tuple[tuple[Path, str], ...] = ()

    def __str__(self) -> str:
        """Name the case."""
        return self.name


@dataclass(frozen=True)
class Sent:
    """A request, with what is expected of its answer."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    boolean: bool | None = None
    form: str | None = None
    answer_type: str | None = None
    answer: str | None = None
    location: bool = False


@dataclass(frozen=True)
class Dialogue:
    """Requests one after the other, on a dataset."""

    name: str
    requests: tuple[Sent, ...]
    data: tuple[tuple[Path, str], ...] = ()

    def __str__(self) -> str:
        """Name the case."""
        return self.name


class Manifest:
    """A manifest, to be read by what it says."""

    def __init__(self, file: Path) -> None:
        self.folder = file.parent
        self._graph = Store()
        self._graph.bulk_load(path=file, format=RdfFormat.TURTLE, base_iri=file.as_uri())

    def all(self, subject: object, predicate: str) -> list[NamedNode | BlankNode | Literal | Triple]:
        """Return every value of a property."""
        return [quad.object for quad in self._graph.quads_for_pattern(subject, NamedNode(predicate), None)]  # type: ignore[arg-type]

    def iris(self, subject: object, predicate: str) -> list[str]:
        """Return the values of a property that are IRIs."""
        return [one.value for one in self.all(subject, predicate) if isinstance(one, NamedNode)]

    def one(self, subject: object, predicate: str) -> NamedNode | BlankNode | Literal | Triple | None:
        """Return the value of a property, or None."""
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: object, predicate: str) -> str | None:
        """Return the text of a property, or None."""
        value = self.one(subject, predicate)
        return value.value if isinstance(value, Literal) else None

    def listed(self, head: object) -> Iterator[object]:
        """Give the members of a list."""
        while head is not None and head != NamedNode(f"{RDF}nil"):
            yield self.one(head, f"{RDF}first")
            head = self.one(head, f"{RDF}rest")

    def cases(self, kind: str) -> list[Node]:
        """Return the cases of a kind that the manifest lists, in its order."""
        heads = self._graph.quads_for_pattern(None, NamedNode(f"{MF}entries"), None)
        listed = [case for head in heads for case in self.listed(head.object) if isinstance(case, NamedNode)]
        return [case for case in listed if NamedNode(MF + kind) in self.all(case, f"{RDF}type")]

    def name(self, case: Node) -> str:
        """Name a case by its folder and the end of its IRI."""
        return f"{self.folder.name}/{case.value.rpartition('#')[2]}"

    def graphs(self, place: object, vocabulary: str) -> tuple[tuple[Path, str], ...]:
        """Return the files of a dataset with the names of their graphs."""
        found = [(path_of(one), DEFAULT) for one in self.all(place, f"{vocabulary}data")]
        for one in self.all(place, f"{vocabulary}graphData"):
            file = self.one(one, f"{UT}graph")
            label = self.text(one, LABEL)
            found.append((path_of(file or one), label or path_of(file or one).as_uri()))
        return tuple(sorted(found))


def path_of(node: object) -> Path:
    """Return the file that an IRI names."""
    assert isinstance(node, NamedNode)
    return Path(unquote(node.value.removeprefix("file://")))


def queries(folder: Path) -> Iterator[Evaluation]:
    """Give the cases of a folder that ask a query."""
    manifest = Manifest(folder / "manifest.ttl")
    for case in manifest.cases("QueryEvaluationTest"):
        action = manifest.one(case, f"{MF}action")
        result = path_of(manifest.one(case, f"{MF}result"))
        query = path_of(manifest.one(action, f"{QT}query"))
        yield Evaluation(manifest.name(case), query, manifest.graphs(action, QT), result)


def updates(folder: Path) -> Iterator[Evaluation]:
    """Give the cases of a folder that make an update."""
    manifest = Manifest(folder / "manifest.ttl")
    for case in manifest.cases("UpdateEvaluationTest"):
        action, result = manifest.one(case, f"{MF}action"), manifest.one(case, f"{MF}result")
        update = path_of(manifest.one(action, f"{UT}request"))
        before, after = manifest.graphs(action, UT), manifest.graphs(result, UT)
        yield Evaluation(manifest.name(case), update, before, after=after)


def dialogues(file: Path, kind: str) -> Iterator[Dialogue]:
    """Give the cases of a manifest that send requests."""
    manifest = Manifest(file)
    for case in manifest.cases(kind):
        connection = manifest.one(case, f"{MF}action")
        sent = tuple(_sent(manifest, one) for one in manifest.listed(manifest.one(connection, f"{HT}requests")))
        if sent:
            yield Dialogue(manifest.name(case), sent, manifest.graphs(case, UT))


def _sent(manifest: Manifest, request: object) -> Sent:
    response = manifest.one(request, f"{HT}resp")
    body = manifest.one(request, f"{HT}body")
    chars = manifest.text(body, f"{CNT}chars") if body else None
    encoding = manifest.text(body, f"{CNT}characterEncoding") if body else None
    expected = manifest.one(response, f"{HT}body")
    boolean = manifest.text(response, f"{MF}expectedBoolean")
    return Sent(
        method=manifest.text(request, f"{HT}methodName") or "",
        path=manifest.text(request, f"{HT}absolutePath") or "",
        headers=_headers(manifest, request),
        body=None if chars is None else chars.encode(encoding or "UTF-8"),
        statuses=tuple(path.rpartition("#")[2] for path in manifest.iris(response, f"{MF}expectedStatus")),
        boolean=None if boolean is None else boolean == "true",
        form=manifest.text(response, f"{MF}expectedFormat"),
        answer_type=_headers(manifest, response).get("content-type"),
        answer=manifest.text(expected, f"{CNT}chars") if expected else None,
        location=manifest.one(response, f"{MF}expectedLocation") is not None,
    )


def _headers(manifest: Manifest, message: object) -> dict[str, str]:
    listed = manifest.listed(manifest.one(message, f"{HT}headers"))
    return {
        (manifest.text(one, f"{HT}fieldName") or ""): (manifest.text(one, f"{HT}fieldValue") or "") for one in listed
    }


FORMS = {".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".rdf": RdfFormat.RDF_XML, ".trig": RdfFormat.TRIG}


def statements(file: Path) -> list[Triple]:
    """Read a file of statements."""
    read = parse(path=file, format=FORMS[file.suffix], base_iri=file.as_uri(), rename_blank_nodes=True)
    return [quad.triple for quad in read]


def canonical(quads: Iterable[Quad]) -> str:
    """Write statements in the form that is the same for all that are isomorphic, values in theirs of the engine."""
    held = Store()
    held.bulk_extend(quads)
    return canonical_n_quads(held)


def dataset(files: Iterable[tuple[Path, str]]) -> str:
    """Write a dataset of files in its canonical form."""
    return canonical(
        Quad(one.subject, one.predicate, one.object, *([NamedNode(name)] if name else []))
        for file, name in files
        for one in statements(file)
    )


def solutions(found: QuerySolutions | QueryBoolean) -> object:
    """Write a result of rows so that equal ones are equal, whatever their blank nodes and their order."""
    if isinstance(found, QueryBoolean):
        return bool(found)
    names = [variable.value for variable in found.variables]
    quads = Store()
    plain: Counter[frozenset[tuple[str, str]]] = Counter()
    for number, row in enumerate(found):
        bound = {name: row[name] for name in names if row[name] is not None}
        if not any(isinstance(term, BlankNode) for term in bound.values()):
            plain[frozenset((name, str(_held(term))) for name, term in bound.items())] += 1
            continue
        subject = BlankNode(f"row{number}")
        for name, term in bound.items():
            quads.add(Quad(subject, NamedNode(f"urn:variable:{name}"), term))
    return frozenset(names), frozenset(plain.items()), canonical_n_quads(quads)


def is_table(file: Path) -> bool:
    """Tell whether a file of statements describes a result of rows."""
    return file.suffix == ".ttl" and "ResultSet" in file.read_text(encoding="utf-8")


def _described_solutions(said: list[Triple]) -> object:
    """Read a result that is described in statements, none of whose rows has a blank node."""
    values: defaultdict[tuple[object, str], list[object]] = defaultdict(list)
    for one in said:
        values[one.subject, one.predicate.value.rpartition("#")[2]].append(one.object)
    variables = chain(*(found for (_, name), found in values.items() if name == "resultVariable"))
    names = frozenset(term.value for term in variables if isinstance(term, Literal))
    rows: Counter[frozenset[tuple[str, str]]] = Counter()
    for row in chain(*(found for (_, name), found in values.items() if name == "solution")):
        bindings = values[row, "binding"]
        pairs = ((values[one, "variable"][0], values[one, "value"][0]) for one in bindings)
        rows[frozenset((name.value, str(_held(term))) for name, term in pairs if isinstance(name, Literal))] += 1
    return names, frozenset(rows.items()), ""


def _held(term: object) -> object:
    """Return a term as the engine holds it: its value in canonical form."""
    alone = Store()
    alone.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), term))  # type: ignore[arg-type]  # a term
    return next(iter(alone)).object


def expected_result(file: Path) -> object:
    """Read what a query is expected to answer."""
    forms = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}
    if file.suffix in forms:
        return solutions(parse_query_results(path=file, format=forms[file.suffix]))
    if is_table(file):
        return _described_solutions(statements(file))
    return canonical(Quad(one.subject, one.predicate, one.object) for one in statements(file))
