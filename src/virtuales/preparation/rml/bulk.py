"""Carries out a mapping set at a time: columns of terms are combined to columns of statements.

It gives what `engine` gives, which does the same record by record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from virtuales.errors import TooLarge
from virtuales.preparation.rml.columns import ColumnMaker, Texts
from virtuales.preparation.rml.engine import STATEMENTS_MOST, Run, Targets, join_references, references_of
from virtuales.preparation.rml.mapping import RefObjectMap, TermMap, TriplesMap, TriplesMaps
from virtuales.preparation.rml.opening import open_records
from virtuales.preparation.rml.terms import DEFAULT_GRAPH
from virtuales.rdf.namespaces import RDF

TYPE = f"<{RDF.type.value}>"
_NO_TARGETS: Targets = frozenset()
_ROW = "row"


@dataclass(frozen=True)
class Chunk:
    """Statements that were made together.

    Args:
        triples: Subject, predicate and object of each, as N-Triples without the full stop.
        graph: The graph of all, or of each, as N-Triples; the empty text is the default graph.
        predicate: The predicate of all; None where it varies.
        targets: Where the mapping wants them written; none for where the caller says.
    """

    triples: pl.Series
    graph: Texts
    predicate: str | None
    targets: Targets

    def quads(self) -> pl.Series:
        """Return the statements as lines of N-Quads, without line ends."""
        frame = pl.DataFrame({"triple": self.triples})
        if isinstance(self.graph, str):
            constant = pl.lit(f" {self.graph} ." if self.graph else " .")
            return frame.select(pl.concat_str("triple", constant)).to_series()
        end = pl.concat_str(pl.lit(" "), "graph", pl.lit(" ."))
        named = pl.when(pl.col("graph") == "").then(pl.lit(" .")).otherwise(end)
        return frame.with_columns(graph=self.graph).select(pl.concat_str("triple", named)).to_series()

    def named_graph(self) -> str:
        """Return one of the named graphs that the statements are in; the empty text if there is none."""
        if isinstance(self.graph, str):
            return self.graph
        return str(self.graph.max() or "")

    def by_graph(self) -> Iterator[tuple[str, pl.Series]]:
        """Give each graph with its statements, as lines of N-Triples without line ends."""
        if isinstance(self.graph, str):
            yield self.graph, _ended(self.triples)
            return
        frame = pl.DataFrame({"triple": self.triples, "graph": self.graph})
        for part in frame.partition_by("graph", maintain_order=True):
            yield part["graph"][0], _ended(part["triple"])


def carry_out_in_bulk(mapping: TriplesMaps, run: Run) -> Iterator[Chunk]:
    """Give the statements of a mapping, some of them several times; errors are those of `engine.carry_out`."""
    made = 0
    parents = _Parents(mapping, run)
    for triples_map in mapping.values():
        batches = open_records(triples_map.source, run.files, references_of(triples_map, mapping))
        for number, batch in enumerate(batches):
            maker = ColumnMaker(run.maker(triples_map).for_batch(number, triples_map.name), batch)
            for chunk in _of_batch(triples_map, maker, parents):
                made += len(chunk.triples)
                if made > STATEMENTS_MOST:
                    raise TooLarge(f"The mapping makes more than {STATEMENTS_MOST:,} statements.")
                yield chunk


def _of_batch(triples_map: TriplesMap, maker: ColumnMaker, parents: "_Parents") -> Iterator[Chunk]:
    subjects, targets = maker.terms(triples_map.subject), triples_map.subject.all_targets
    own = _graphs(triples_map.graphs, maker)
    for node in triples_map.classes:
        yield from _chunks(subjects, TYPE, f"<{node.value}>", own, targets=targets, size=maker.batch.size)
    for each in triples_map.predicate_objects:
        graphs = own + _graphs(each.graphs, maker)
        objects = [(parents.terms(made_by, maker), made_by.all_targets) for made_by in each.objects]
        for predicate in each.predicates:
            predicates = maker.terms(predicate)
            for made, theirs in objects:
                wanted = targets | predicate.all_targets | theirs
                yield from _chunks(subjects, predicates, made, graphs, targets=wanted, size=maker.batch.size)


def _graphs(maps: Sequence[TermMap], maker: ColumnMaker) -> list[tuple[Texts, Targets]]:
    made = []
    for each in maps:
        names = maker.terms(each)
        if isinstance(names, str):
            names = "" if names == DEFAULT_GRAPH else names
        elif names.dtype == pl.List:
            names = names.list.eval(pl.element().replace(DEFAULT_GRAPH, ""))
        else:
            names = names.replace(DEFAULT_GRAPH, "")
        made.append((names, each.all_targets))
    return made


def _chunks(
    subjects: Texts,
    predicates: Texts,
    objects: Texts,
    graphs: Sequence[tuple[Texts, Targets]],
    *,
    targets: Targets,
    size: int,
) -> Iterator[Chunk]:
    for names, theirs in graphs or [("", _NO_TARGETS)]:
        parts = {"subject": subjects, "predicate": predicates, "object": objects, "graph": names}
        frame = combined(parts, size)
        if frame.height:
            triples = frame.select(pl.concat_str("subject", "predicate", "object", separator=" ")).to_series()
            predicate = predicates if isinstance(predicates, str) else None
            yield Chunk(triples, names if isinstance(names, str) else frame["graph"], predicate, targets | theirs)


def combined(parts: dict[str, Texts], size: int) -> pl.DataFrame:
    """Return all combinations of what each record has of each part; a record that lacks one has none.

    Args:
        parts: For each part, the text of all records, or each record's text or list of texts.
        size: How many records there are.
    """
    series = {name: part for name, part in parts.items() if not isinstance(part, str)}
    frame = pl.DataFrame(series) if series else pl.DataFrame({_ROW: range(min(size, 1))})
    for name, part in series.items():
        if part.dtype == pl.List:
            frame = frame.explode(name)
    constant = [pl.lit(part).alias(name) for name, part in parts.items() if isinstance(part, str)]
    return frame.drop_nulls().with_columns(constant)


def _ended(triples: pl.Series) -> pl.Series:
    return triples.to_frame("triple").select(pl.concat_str("triple", pl.lit(" ."))).to_series()


class _Parents:
    """The subjects of parent triples maps, by what their join conditions make; each index is built once."""

    def __init__(self, mapping: TriplesMaps, run: Run) -> None:
        self._mapping = mapping
        self._run = run
        self._indexes: dict[tuple[str, tuple[TermMap, ...]], pl.DataFrame] = {}

    def terms(self, made_by: TermMap | RefObjectMap, maker: ColumnMaker) -> Texts:
        """Return the objects that a map makes, other triples maps' subjects among them."""
        if isinstance(made_by, TermMap):
            return maker.terms(made_by)
        parent = self._mapping[made_by.parent]
        if not made_by.joins:
            base = parent.base or self._run.base
            return ColumnMaker(maker.maker.for_map(base, parent.name), maker.batch).terms(parent.subject)
        index = self._index(parent, tuple(join.parent for join in made_by.joins))
        size = maker.batch.size
        rows = pl.Series(range(size), dtype=pl.UInt32)
        keys = {str(number): maker.texts(join.child) for number, join in enumerate(made_by.joins)}
        asked = combined({_ROW: rows, **keys}, size)
        found = asked.join(index, on=list(keys), how="inner").select(_ROW, "subject").unique(maintain_order=True)
        lists = found.group_by(_ROW, maintain_order=True).agg("subject")
        return rows.to_frame(_ROW).join(lists, on=_ROW, how="left", maintain_order="left")["subject"]

    def _index(self, parent: TriplesMap, by: tuple[TermMap, ...]) -> pl.DataFrame:
        found = self._indexes.get((parent.name, by))
        if found is None:
            schema = {str(number): pl.String for number in range(len(by))} | {"subject": pl.String}
            parts = [pl.DataFrame(schema=schema)]
            for number, batch in enumerate(open_records(parent.source, self._run.files, join_references(parent, by))):
                here = ColumnMaker(self._run.maker(parent).for_batch(number, parent.name), batch)
                keys = {str(place): here.texts(side) for place, side in enumerate(by)}
                made = combined({**keys, "subject": here.terms(parent.subject)}, batch.size)
                parts.append(made.select(list(schema)))
            found = self._indexes[parent.name, by] = pl.concat(parts).unique()
        return found
