"""Filters of a query written another way that means the same, so that the store leaves out early what cannot pass.

Two laws are used:

1. A filter of alternatives that all demand the same, `(A && X) || (A && Y)`, passes nothing that `A` alone does not
   pass, since the logic of SPARQL is distributive, errors included. So `A` can be a filter of its own, which the store
   applies as soon as it knows the variables of `A`; the alternatives are looked at only for what is left.
2. `FILTER NOT EXISTS { P }` is `MINUS { P }` where every variable that P shares with what stands outside is bound on
   both sides in any case, and there is one (https://www.w3.org/TR/sparql11-query/#neg-notexists-minus). The store finds
   the solutions of P once then, instead of once for each solution outside.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from virtuales.assurance.query_text import Part, Token, parse_query, tokens_of

_UNREPEATABLE = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "EXISTS"})
"""What may have another value when it is asked a second time, or in another place."""


def with_common_demands(text: str, prebound: AbstractSet[str]) -> str:
    """Write what all alternatives of a filter demand as filters of its own, in front of it.

    Only demands that compare variables are taken, since only those let the store join where it would list all pairs.

    Args:
        text: A SELECT query that SHACL allows.
        prebound: The variables that get their values from outside.

    >>> with_common_demands("SELECT * { ?a <p:> ?b, ?c FILTER (?b = ?c && ?b = 1 || ?b = ?c && ?a = 2) }", set())
    'SELECT * { ?a <p:> ?b, ?c FILTER (?b = ?c) FILTER (?b = ?c && ?b = 1 || ?b = ?c && ?a = 2) }'
    """
    tokens = tokens_of(text)
    group = parse_query(text, prebound).group
    for part in reversed([one for one in group.parts if one.kind == "filter" and not one.groups]):
        words = [token for token in tokens if part.start < token.start < part.end]
        demands = "".join(f"FILTER ({text[first:last]}) " for first, last in _common(words))
        text = f"{text[: part.start]}{demands}{text[part.start :]}"
    return text


def _common(condition: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Give from where to where the demands stand that are made in every alternative of a condition."""
    alternatives = [
        {_written(demand): demand for demand in _split(one, "&&")} for one in _split(_bare(condition), "||")
    ]
    if len(alternatives) > 1:
        for written, demand in alternatives[0].items():
            variables = {token.variable for token in demand if token.variable}
            repeatable = _UNREPEATABLE.isdisjoint(token.word for token in demand)
            if repeatable and len(variables) > 1 and all(written in other for other in alternatives[1:]):
                yield demand[0].start, demand[-1].start + len(demand[-1].text)


def _written(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _bare(tokens: Sequence[Token]) -> Sequence[Token]:
    """Take off parentheses around the whole."""
    while tokens and tokens[0].text == "(" and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: Sequence[Token]) -> int:
    """Return the place of the parenthesis that closes the first one."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return place
    return len(tokens)


def _split(tokens: Sequence[Token], sign: str) -> list[Sequence[Token]]:
    """Split at a sign outside parentheses; what is between is bare."""
    pieces: list[Sequence[Token]] = []
    start = depth = 0
    for place, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == sign and depth == 0:
            pieces.append(_bare(tokens[start:place]))
            start = place + 1
    return [*pieces, _bare(tokens[start:])]


def absence_as_difference(text: str, prebound: AbstractSet[str]) -> str:
    """Write `NOT EXISTS` of several statements as `MINUS`, where that means the same.

    Args:
        text: A SELECT query that SHACL allows.
        prebound: The variables that get their values from outside; they have them in every group that speaks of them.

    >>> absence_as_difference("SELECT * { ?a <p:> ?b FILTER NOT EXISTS { ?b <q:>/<r:> 1 } }", set())
    'SELECT * { ?a <p:> ?b FILTER (true)  MINUS { ?b <q:>/<r:> 1 }}'
    """
    tokens = tokens_of(text)
    group = parse_query(text, prebound).group
    chosen = [part for part in group.parts if _is_absence(tokens, part) and _is_joined(part, group.parts, prebound)]
    moved = "".join(f" MINUS {{{text[part.groups[0].opening : part.groups[0].closing]}}}" for part in chosen)
    text = f"{text[: group.closing]}{moved}{text[group.closing :]}"
    for part in reversed(chosen):
        text = f"{text[: part.start]}FILTER (true){text[part.end :]}"  # what stands around it stays apart
    return text


def _is_absence(tokens: Sequence[Token], part: Part) -> bool:
    """Tell whether a part is a NOT EXISTS of plain statements, more than one of them, without paths of any length."""
    words = [token.word for token in tokens if part.start <= token.start < part.end]
    if words[:3] != ["FILTER", "NOT", "EXISTS"] or len(part.groups) != 1:
        return False
    inside = part.groups[0].parts
    signs = set(words[4:-1])
    return [one.kind for one in inside] == ["triples"] and bool({"/", ";", "."} & signs) and "+" not in signs


def _is_joined(part: Part, parts: Sequence[Part], prebound: AbstractSet[str]) -> bool:
    """Tell whether all variables that an absence shares with the parts around it are bound there in any case."""
    around = set(prebound).union(*(one.mentions() for one in parts if one is not part))
    certain = set(prebound).union(*(one.variables for one in parts if one.kind == "triples"))
    shared = part.groups[0].mentions() & around
    return bool(shared) and shared <= certain
