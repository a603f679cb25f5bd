"""pySHACL as a second opinion, for who asks for it: slow, well known, and an extra that need not be installed."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rdflib import RDF, Graph, Namespace
from rdflib.term import Node

from virtuales.assurance.paths import Path as PropertyPath
from virtuales.assurance.reading import Malformed, Statements
from virtuales.assurance.report import ResultGroup, ValidationReport, plain_text
from virtuales.errors import ConfigurationError, InputError
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES

_SH = Namespace("http://www.w3.org/ns/shacl#")


def judge_with_pyshacl(data: Path, shapes: Sequence[Path]) -> ValidationReport:
    """Judge an RDF file with pySHACL.

    Args:
        data: The RDF file.
        shapes: The shapes files.

    Raises:
        ConfigurationError: pySHACL is not installed.
        InputError: pySHACL gives up on the shapes or the data.
    """
    try:
        import pyshacl  # noqa: PLC0415  # an extra, imported only when it is asked for
    except ImportError:
        raise ConfigurationError(
            "The engine pySHACL is not installed.", remedy="Install `virtuales[pyshacl]`, or leave `--engine` out."
        ) from None
    shapes_graph = Graph()
    for file in shapes:
        shapes_graph.parse(file)
    try:
        _, results, _ = pyshacl.validate(Graph().parse(data), shacl_graph=shapes_graph, advanced=False, inplace=True)
    except Exception as error:
        raise InputError(f"pySHACL gave up: {error}", where=str(data)) from error
    judged = sorted({_term(one) for one in shapes_graph.subjects(RDF.type, _SH.NodeShape)})
    return ValidationReport(
        groups=tuple(_groups(results)), judged=tuple(judged), sources=tuple(str(file) for file in shapes)
    )


def _groups(results: Graph) -> list[ResultGroup]:
    """Gather the results of each constraint of each shape."""
    statements = Statements()
    statements.add(parse_file(results.serialize(format="nt").encode(), N_TRIPLES), 0)
    gathered: dict[tuple[Any, ...], list[tuple[str, str | None]]] = defaultdict(list)
    # what is only a detail of a result is no result of its own
    for result in [statements.node(term) for node in statements.nodes() for term in node.values("result")]:
        messages = tuple(sorted(result.values("resultMessage")))
        key = (
            result.get("sourceShape"),
            result.get("sourceConstraintComponent"),
            result.get("resultSeverity"),
            messages,
            _path(statements, result.find("resultPath")),
        )
        gathered[key].append((result.get("focusNode"), result.find("value")))
    return [
        ResultGroup(
            source_shape=shape,
            rule=plain_text(shape),
            component=plain_text(component),
            severity=plain_text(severity),
            message=plain_text(messages[0]) if messages else "",
            messages=messages,
            path=path,
            focus_nodes=tuple(focus for focus, _ in rows),
            values=tuple(value for _, value in rows),
        )
        for (shape, component, severity, messages, path), rows in gathered.items()
    ]


def _path(statements: Statements, term: str | None) -> PropertyPath | None:
    try:
        return None if term is None else statements.node(term).path()
    except Malformed:
        return None


def _term(node: Node) -> str:
    return node.n3()
