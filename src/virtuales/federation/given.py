"""Triples that need not be asked for, since models say them: the hierarchy of classes, which data does not hold."""

from collections.abc import Iterable, Mapping

from virtuales.alignment.rewriting.alternative import Alternative
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.tree import Bind, InlineData
from virtuales.rdf.terms import NamedNode, Variable


def apart(triple: Triple, ways: Iterable[Alternative]) -> tuple[list[Alternative], bytes]:
    """Tell the ways to find a triple for which data is needed from those for which it is not.

    Returns:
        The former, and what the latter find, as N-Triples.
    """
    asked: list[Alternative] = []
    given: list[bytes] = []
    for way in ways:
        match way.elements:
            case (InlineData() as table,):
                given += (_line(triple, _row(table, row)) for row in table.rows)
            case (InlineData() as table, Bind(NamedNode() as verb, name)):
                given += (_line(triple, _row(table, row) | {name: verb}) for row in table.rows)
            case _:
                asked.append(way)
    return asked, b"".join(given)


def _row(table: InlineData, row: Iterable[object]) -> dict[Variable, object]:
    return dict(zip(table.variables, row, strict=True))


def _line(triple: Triple, values: Mapping[Variable, object]) -> bytes:
    terms = (triple.subject, triple.verb, triple.object)
    written = (str(values[each] if isinstance(each, Variable) else each) for each in terms)
    return f"{' '.join(written)} .\n".encode()
