"""Queries written another way that means the same on the data at hand, so that the store need not look at all pairs.

Two laws of the SPARQL algebra (https://www.w3.org/TR/sparql11-query/#sparqlAlgebra) are used, for the pattern
`A OPTIONAL { B } C` in which B and C are plain triples:

1. When C speaks of no variable that only B binds, it is the same as `A C OPTIONAL { B }`: the store sees A and C
   together.
2. When `A FILTER NOT EXISTS { B }` has no solution, it is the same as `A B C`: nothing is left unbound, and the store
   can join by the variables of B. Whether it has one is asked of the data, before the query itself.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from virtuales.assurance.query_text import Group, Part, parse_query, tokens_of
from virtuales.query.in_memory import syntax_complaint

_KINDS = frozenset({"triples", "optional", "filter"})


@dataclass(frozen=True)
class _Piece:
    """A statement, an optional part of plain statements, or a filter.

    Args:
        kind: `triples`, `optional` or `filter`.
        text: Its statements or condition.
        variables: The variables that it speaks of.
    """

    kind: str
    text: str
    variables: frozenset[str]

    def __str__(self) -> str:
        """Write the piece; it ends its line, for it may end in a comment."""
        if self.kind == "triples":
            return f"{self.text} .\n"
        return f"OPTIONAL {{ {self.text}\n}}\n" if self.kind == "optional" else f"{self.text}\n"


def reordered(text: str, prebound: AbstractSet[str], has_solution: Callable[[str], bool]) -> str:
    """Write a query so that its statements stand together, where that changes nothing.

    Args:
        text: A SELECT query that SHACL allows.
        prebound: The variables that get their values from outside.
        has_solution: Tells whether a SELECT query has a solution in the data.

    Returns:
        A query with the same solutions; the query itself where it holds other parts than statements, filters and
        optional statements, or does not come out as SPARQL.

    >>> query = "SELECT $this { $this <p:a> ?x OPTIONAL { ?x <p:b> ?y } ?y <p:c> ?z }"
    >>> print(reordered(query, {"this"}, lambda asked: False))
    SELECT $this {$this <p:a> ?x .
    ?x <p:b> ?y .
    ?y <p:c> ?z .
    }
    """
    query = parse_query(text, prebound)
    plain = all(part.kind in _KINDS for part in query.group.parts)
    if not plain or not _optional(query.group) or any(token.text.startswith("_:") for token in tokens_of(text)):
        return text  # the label of a blank node may stand in one place only
    pieces = [piece for part in query.group.parts for piece in _pieces(text, part)]
    filters = [piece for piece in pieces if piece.kind == "filter"]
    ordered = _hoisted([piece for piece in pieces if piece.kind != "filter"], prebound)
    for place, piece in enumerate(ordered):
        missing = _missing(ordered, place, prebound)
        if missing and not has_solution(f"{text[: query.start]}SELECT * WHERE {{ {missing} }} LIMIT 1"):
            ordered[place] = replace(piece, kind="triples")
    ordered = _hoisted(ordered, prebound)
    written = "".join(map(str, [*ordered, *filters]))
    whole = f"{text[: query.group.opening]}{written}{text[query.group.closing :]}"
    return whole if syntax_complaint(whole) is None else text


def _missing(pieces: Sequence[_Piece], place: int, prebound: AbstractSet[str]) -> str | None:
    """Ask where an optional part would be missing; None where no later part depends on it, or it cannot be asked."""
    optional = pieces[place]
    before = [piece for piece in pieces[:place] if piece.kind == "triples"]
    known = frozenset[str]().union(*(piece.variables for piece in before))
    own = optional.variables - known
    if optional.kind != "optional" or not any(own & piece.variables for piece in pieces[place + 1 :]):
        return None
    led: list[_Piece] = []
    reached = set(optional.variables)
    while more := [piece for piece in before if piece not in led and piece.variables & reached]:
        led += more
        reached = reached.union(*(piece.variables for piece in more))
    bound = set[str]().union(*(piece.variables for piece in led))
    given = (optional.variables | bound) & prebound
    if given - {"this"} or given - bound:
        return None  # a value from outside is not known here, and the answer would be about any value
    return f"{''.join(map(str, led))}FILTER NOT EXISTS {{ {optional.text}\n}}"


def _optional(group: Group) -> bool:
    """Tell whether a group has optional parts, all of plain statements."""
    optional = [part for part in group.parts if part.kind == "optional"]
    return bool(optional) and all([one.kind for one in part.groups[0].parts] == ["triples"] for part in optional)


def _pieces(text: str, part: Part) -> Iterator[_Piece]:
    if part.kind == "triples":
        yield from _statements(text, part)
        return
    written = part.groups[0].parts[0] if part.kind == "optional" else part
    words = text[written.start : written.end].removesuffix("." if part.kind == "optional" else "")
    yield _Piece(part.kind, words, frozenset(part.mentions()))


def _statements(text: str, part: Part) -> Iterator[_Piece]:
    """Cut triples at their full stops."""
    start, depth = part.start, 0
    variables: set[str] = set()
    for token in tokens_of(text[: part.end]):
        if token.start < part.start:
            continue
        depth += (token.text in {"[", "("}) - (token.text in {"]", ")"})
        if token.variable:
            variables.add(token.variable)
        if token.text == "." and depth == 0:
            if text[start : token.start].strip():
                yield _Piece("triples", text[start : token.start].rstrip(), frozenset(variables))
            start, variables = token.start + 1, set()
    if variables or text[start : part.end].strip():
        yield _Piece("triples", text[start : part.end].removesuffix("."), frozenset(variables))


def _hoisted(pieces: Sequence[_Piece], given: AbstractSet[str]) -> list[_Piece]:
    """Move each statement before the optional parts on whose own variables it does not depend."""
    first: list[_Piece] = []
    later: list[_Piece] = []
    known, uncertain = set(given), set[str]()
    for piece in pieces:
        if piece.kind == "optional":
            uncertain |= piece.variables - known
            later.append(piece)
        elif piece.variables & uncertain:
            later.append(piece)
        else:
            first.append(piece)
            known |= piece.variables
    return [*first, *later]
