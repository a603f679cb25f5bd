"""JSON-LD and other RDF as typed N-Triples without blank nodes, each named graph by itself.

Blank nodes become IRIs (skolemisation, RDF 1.1 Concepts, section 3.5), numbered as they first occur, so that the same
file always gives the same statements. Contexts have to stand in the document: nothing is fetched.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import JSON_LD
from virtuales.rdf.terms import BlankNode, DefaultGraph, NamedNode, Quad, Triple

DOCUMENT_BYTES = 512 * 1024**2
"""The largest JSON document: it is held in memory while it is read."""
_NESTING_MOST = 200


@dataclass(frozen=True)
class GraphReading:
    """The statements of one graph of a file.

    Args:
        graph: Its name; None for the default graph.
        quads: Its statements, without blank nodes.
    """

    graph: str | None
    quads: tuple[Quad, ...]

    def lines(self) -> Iterator[str]:
        """Give its statements as lines of N-Triples, each once."""
        yield from dict.fromkeys(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in self.quads)


def is_json_ld(document: object) -> bool:
    """Tell whether a JSON document is JSON-LD: it, or an object of its list, has a context, an identifier or a graph.

    >>> is_json_ld({"@context": {}, "name": "x"}), is_json_ld({"name": "x"})
    (True, False)
    """
    members = document if isinstance(document, list) else [document]
    return any(isinstance(each, dict) and {"@context", "@id", "@graph", "@type"} & each.keys() for each in members)


def read_json(path: Path, *, name: str | None = None) -> object:
    """Read a JSON document.

    Raises:
        UnreadableInput: it is no JSON.
        TooLarge: it is larger than what is held in memory.
    """
    called = name or path.name
    if path.stat().st_size > DOCUMENT_BYTES:
        raise TooLarge(f"The document is larger than {DOCUMENT_BYTES:,} bytes.", where=called, remedy="Split it.")
    try:
        return json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        raise UnreadableInput(
            f"This is no JSON: {error.msg}.", where=f"{called}, line {error.lineno}, column {error.colno}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"This is no JSON: {str(error)[:200]}.", where=called) from None


def read_rdf(path: Path, media_type: str, *, name: str, base: str, skolem: str) -> tuple[GraphReading, ...]:
    """Read a file in any RDF syntax.

    Args:
        path: The file.
        media_type: Its syntax.
        name: What errors call it.
        base: What relative IRIs are resolved against.
        skolem: What the IRIs of blank nodes start with.

    Raises:
        UnreadableInput: it is not well-formed; names the line.
        UnknownTerm: a JSON-LD context that does not stand in the document.
        TooLarge: a JSON document is larger, or nested deeper, than what is read.
        InputError: it says something of a quoted triple.
    """
    if media_type == JSON_LD:
        _refuse_remote_contexts(read_json(path, name=name), name, "document", 0)
    graphs: dict[str | None, list[Quad]] = {}
    for quad in _without_blank_nodes(parse_file(path, media_type, name=name, base=base), name, skolem):
        graph = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        graphs.setdefault(graph, []).append(quad)
    return tuple(GraphReading(graph, tuple(quads)) for graph, quads in sorted(graphs.items(), key=lambda g: g[0] or ""))


def _without_blank_nodes(quads: Iterable[Quad], name: str, skolem: str) -> Iterator[Quad]:
    named: dict[BlankNode, NamedNode] = {}

    def renamed(node: BlankNode) -> NamedNode:
        if node not in named:
            named[node] = NamedNode(f"{skolem}b{len(named) + 1}")
        return named[node]

    for quad in quads:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        if isinstance(subject, Triple) or isinstance(value, Triple):
            raise InputError("Statements about statements are not kept.", where=name, remedy="Write plain triples.")
        yield Quad(
            renamed(subject) if isinstance(subject, BlankNode) else subject,
            quad.predicate,
            renamed(value) if isinstance(value, BlankNode) else value,
            renamed(graph) if isinstance(graph, BlankNode) else graph,
        )


def _refuse_remote_contexts(value: object, name: str, where: str, depth: int) -> None:
    if depth > _NESTING_MOST:
        raise TooLarge(f"The document is nested more than {_NESTING_MOST} deep.", where=name)
    if isinstance(value, dict):
        context = value.get("@context")
        for part in context if isinstance(context, list) else [context]:
            if isinstance(part, str) or (isinstance(part, dict) and "@import" in part):
                raise UnknownTerm(
                    f"The context `{part if isinstance(part, str) else part['@import']}` is not in the document, and "
                    "contexts are never fetched.",
                    where=f"{name}, {where}",
                    remedy="Write the context inline.",
                )
        for key, inner in value.items():
            _refuse_remote_contexts(inner, name, f"{where}/{key}", depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _refuse_remote_contexts(inner, name, f"{where}/{number}", depth + 1)
