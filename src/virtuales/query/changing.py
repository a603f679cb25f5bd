"""Changes to an RDF dataset that is kept as a file of N-Quads: SPARQL updates, and graphs put, added to and deleted.

Specifications: https://www.w3.org/TR/sparql11-update/ and https://www.w3.org/TR/sparql11-http-rdf-update/. The file
keeps literals as they were written, though the engine that carries out updates holds them by value. Blank nodes keep
their labels, so that the change can be told: as an RDF Patch, https://afs.github.io/rdf-delta/rdf-patch.html.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from virtuales.errors import InputError, UnreadableInput
from virtuales.rdf.media import GRAPH_FORMATS

Kind = Literal["update", "put", "post", "delete"]


@dataclass(frozen=True)
class Part:
    """Statements that were sent.

    Args:
        file: The file that has them.
        media_type: One of `GRAPH_FORMATS`.
    """

    file: str
    media_type: str


@dataclass(frozen=True)
class Change:
    """What is to be done to a dataset.

    Args:
        kind: What.
        base: The IRI that relative IRIs are resolved against.
        update: The SPARQL update.
        graph: IRI of the graph that is put, added to or deleted; None is the default graph.
        parts: What is put or added.
    """

    kind: Kind
    base: str
    update: str = ""
    graph: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Changed:
    """What a change came to.

    Args:
        added: How many statements are new.
        removed: How many are gone.
        existed: Whether the graph that was put, added to or deleted had statements before.
    """

    added: int
    removed: int
    existed: bool


def read_dataset(file: Path | None) -> list[Quad]:
    """Read the statements of a dataset, blank nodes with their labels."""
    return list(parse(path=file, format=RdfFormat.N_QUADS)) if file else []


def carry_out(change: Change, before: Path | None, *, after: Path, patch: Path) -> Changed:
    """Change a dataset.

    Args:
        change: What is to be done.
        before: The dataset's file; None for an empty one.
        after: Where the changed dataset goes, in lines that are sorted.
        patch: Where the change goes, as an RDF Patch.

    Raises:
        UnreadableInput: the update is not valid, or what was sent is not in its syntax.
        InputError: the update cannot be carried out.
    """
    old = read_dataset(before)
    graph = DefaultGraph() if change.graph is None else NamedNode(change.graph)
    existed = any(quad.graph_name == graph for quad in old)
    new = _updated(old, change) if change.kind == "update" else _with_graph(old, change, graph)
    lines_before, lines_after = {str(quad) for quad in old}, {str(quad) for quad in new}
    added, removed = sorted(lines_after - lines_before), sorted(lines_before - lines_after)
    _write(after, (f"{line} .\n" for line in sorted(lines_after)))
    said = ["TX .\n", *(f"D {line} .\n" for line in removed), *(f"A {line} .\n" for line in added), "TC .\n"]
    _write(patch, said)
    return Changed(len(added), len(removed), existed)


def _with_graph(old: list[Quad], change: Change, graph: DefaultGraph | NamedNode) -> list[Quad]:
    others = [quad for quad in old if change.kind == "post" or quad.graph_name != graph]
    for part in change.parts:
        others += _sent(part, change.base, graph)
    return others


def _sent(part: Part, base: str, graph: DefaultGraph | NamedNode) -> Iterable[Quad]:
    """Read what was sent for one graph; blank nodes are its own."""
    form = GRAPH_FORMATS[part.media_type]
    try:
        read = parse(path=part.file, format=form, base_iri=base, without_named_graphs=True, rename_blank_nodes=True)
        return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in read]
    except SyntaxError as error:
        line = f"line {error.lineno}" if error.lineno else None
        raise UnreadableInput(f"This is not well-formed {form.name}: {error}.", where=line) from error


def _updated(old: list[Quad], change: Change) -> list[Quad]:
    """Carry out an update; statements that it leaves alone stay as they were written."""
    store = Store()
    store.bulk_extend(old)
    before = set(store)
    try:
        store.update(change.update, base_iri=change.base)
    except SyntaxError as error:
        raise UnreadableInput(f"The update is not valid SPARQL 1.1: {error}.", where="update") from error
    except RuntimeError as error:
        raise InputError(f"The update cannot be carried out: {error}.", where="update") from error
    after = set(store)
    gone = before - after
    kept = [quad for quad in old if _by_value(quad, before) not in gone] if gone else old
    return [*kept, *(after - before)]


def _by_value(quad: Quad, known: set[Quad]) -> Quad:
    """Return a statement as the engine holds it."""
    if quad in known:
        return quad
    alone = Store()
    alone.add(quad)
    held: Quad = next(iter(alone))
    return held


def _write(file: Path, lines: Iterable[str]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.writelines(lines)
