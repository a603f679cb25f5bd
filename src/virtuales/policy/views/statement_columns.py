"""Statements as three columns of text, so that a view of a million of them is made a column at a time.

A term is written as N-Triples writes it (https://www.w3.org/TR/n-triples/). Techniques are applied to each value once,
however often it stands in the data; what they do to a value is said in `techniques`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from virtuales.policy.views.groups import Key, Totals, totals_of
from virtuales.policy.views.techniques import ObjectNames, generalised, rounded, value_pseudonym
from virtuales.policy.views.view import Aggregation, Pseudonyms, View
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Term, Triple

_SCHEMA: Final = {"s": pl.String, "p": pl.String, "o": pl.String}
_PLAIN: Final = r"^(<[^ <>]+>|_:[^ ]+) <[^ <>]+> (<[^ <>]+>|_:[^ ]+|\".*\"(@[A-Za-z0-9-]+|\^\^<[^ <>]+>)?) \.$"
_PIECE: Final = 200_000


def columns_of(text: bytes) -> pl.DataFrame:
    """Return statements in N-Triples, one a line and written as the store writes them, as columns `s`, `p` and `o`."""
    lines = pl.Series("line", text.decode().split("\n"), dtype=pl.String)
    parts = pl.DataFrame(lines).filter(pl.col("line") != "").select(pl.col("line").str.splitn(" ", 3).alias("part"))
    named = parts.unnest("part")
    return named.rename(dict(zip(named.columns, _SCHEMA, strict=True))).with_columns(pl.col("o").str.strip_suffix(" ."))


def is_plain(text: bytes) -> bool:
    r"""Tell whether N-Triples are written as the store writes them, so that a term is the same term as the same text.

    >>> is_plain(b"<urn:a> <urn:b> <urn:c> .\n"), is_plain(b"<urn:\\u0061> <urn:b> <urn:c> .\n"), is_plain(b"# a\n")
    (True, False, False)
    """
    if b"\\u" in text or b"\\U" in text:
        return False
    lines = pl.Series(text.decode().split("\n"), dtype=pl.String)
    return bool((lines.str.contains(_PLAIN) | (lines == "")).all())


def columns_of_triples(statements: Iterable[Triple]) -> pl.DataFrame:
    """Return statements as columns."""
    rows = [(str(one.subject), str(one.predicate), str(one.object)) for one in statements]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def triples_of(frame: pl.DataFrame) -> list[Triple]:
    """Return columns as statements."""
    lines = frame.select(pl.format("{} {} {} .", "s", "p", "o")).to_series()
    return [quad.triple for quad in ParsedFile("\n".join(lines).encode(), N_TRIPLES, name="the view")]


def write_columns(frame: pl.DataFrame, path: Path) -> None:
    """Write columns as N-Triples."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for piece in frame.iter_slices(_PIECE):
            lines = piece.select(pl.format("{} {} {} .\n", "s", "p", "o")).to_series()
            file.writelines(lines)


def is_one_of(column: str, terms: Iterable[Term]) -> pl.Expr:
    """Return whether a column's term is one of some."""
    return pl.col(column).is_in(pl.Series([str(term) for term in terms], dtype=pl.String).implode())


def terms_in(frame: pl.DataFrame) -> Mapping[tuple[str, bool], int]:
    """Count what statements use: for each class how many objects, for each property how many statements.

    Returns:
        The counts by IRI, and whether it is a class's.
    """
    typed = frame.filter((pl.col("p") == str(RDF.type)) & pl.col("o").str.starts_with("<"))
    return {
        (iri[1:-1], is_class): count
        for is_class, counts in ((False, frame.group_by("p").len()), (True, typed.group_by("o").len()))
        for iri, count in counts.iter_rows()
    }


def changed_columns(frame: pl.DataFrame, view: View, *, key: bytes) -> pl.DataFrame:
    """Return the statements as the techniques of a view leave them; groups are made of them afterwards.

    Args:
        frame: What the view chose, each statement once.
        view: The view.
        key: Decides the pseudonyms.
    """
    left_out = [about for one in view.suppressions for about in one.properties]
    found = frame.filter(~is_one_of("p", left_out)) if left_out else frame
    for coarse in view.generalisations:
        found = _with_values(found, coarse.properties, lambda value, by=coarse: generalised(value, by))  # type: ignore[misc]
    for step in view.roundings:
        found = _with_values(found, step.properties, lambda value, by=step: rounded(value, by))  # type: ignore[misc]
    return _pseudonymised(found, view.pseudonyms, key) if view.pseudonyms else found


def totals_of_columns(frame: pl.DataFrame, by: Aggregation) -> Mapping[Key, Totals]:
    """Return the size and the totals of each group; only what they need is looked at one by one."""
    return totals_of(triples_of(frame.filter(is_one_of("p", (*by.by, *by.measured)))), by)


def _with_values(
    frame: pl.DataFrame, properties: Sequence[NamedNode], change: Callable[[Term], Term | None]
) -> pl.DataFrame:
    """Change the values of properties; those that become None are left out."""
    concerned = is_one_of("p", properties)
    replaced = _replaced(frame.filter(concerned), change)
    return pl.concat([frame.filter(~concerned), replaced]).unique(maintain_order=True)


def _replaced(frame: pl.DataFrame, change: Callable[[Term], Term | None]) -> pl.DataFrame:
    values = frame["o"].unique()
    made = [change(term) for term in _terms(values)]
    table = pl.DataFrame({"o": values, "new": [None if one is None else str(one) for one in made]}, schema_overrides={
        "new": pl.String
    })  # fmt: skip
    joined = frame.join(table, on="o", how="left", maintain_order="left").filter(pl.col("new").is_not_null())
    return joined.select("s", "p", pl.col("new").alias("o"))


def _terms(values: pl.Series) -> list[Term]:
    lines = "\n".join(f"<urn:s> <urn:p> {value} ." for value in values)
    return [quad.object for quad in ParsedFile(lines.encode(), N_TRIPLES, name="the view's values")]


def _pseudonymised(frame: pl.DataFrame, by: Pseudonyms, key: bytes) -> pl.DataFrame:
    subjects = frame["s"].unique() if by.objects else pl.Series("s", [], dtype=pl.String)
    objects = [NamedNode(text[1:-1]) for text in subjects if text.startswith("<")]
    names = ObjectNames(objects, key)
    renamed = {str(one): str(names.pseudonym(one)) for one in objects}
    concerned = is_one_of("p", by.properties)
    found = pl.concat([
        _replaced(frame.filter(concerned), lambda value: names.of_object(value) or value_pseudonym(value, key)),
        _replaced(frame.filter(~concerned), names.of_value),
    ])  # fmt: skip
    return found.with_columns(pl.col("s").replace(renamed)).unique(maintain_order=True)
