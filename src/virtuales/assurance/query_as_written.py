"""Queries put so that a store with stand-ins for odd literals answers them as if it held the literals themselves.

A stand-in is a term of its own, so all that tells terms apart is right as it is: patterns, joins, `DISTINCT`, `STR`,
`sameTerm`. What is left is to give expressions the value of a variable where they ask for it, to say the datatype that
stands behind a stand-in, and to write the query's own odd literals as stand-ins.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import NamedTuple

from virtuales.assurance.query_parts import Call, Constant, Expression, QueryParts, Variable, occurrences
from virtuales.assurance.query_sight import OddObjects, possibly_odd, sees
from virtuales.assurance.written_literals import is_odd, is_well_formed, stand_in_datatype

FUNCTIONS = "urn:virtuales:function:"
"""The namespace of the functions that a query as written calls."""
_AGGREGATES: Mapping[str, str] = MappingProxyType({"MIN": "min", "MAX": "max", "SUM": "sum", "AVG": "avg"})


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def put_as_written(text: str, parts: QueryParts, data: OddObjects) -> str:
    """Write a query for a store with stand-ins.

    Args:
        text: The query.
        parts: Its parts.
        data: What is known of the odd literals that the store holds.
    """
    odd = possibly_odd(parts, data)
    edits = [edit for constant in parts.constants() if (edit := _term(text, constant))]
    for _, expression in parts.expressions():
        edits += _edits(text, expression, odd)
    end = 0
    pieces: list[str] = []
    for edit in sorted(edits):
        pieces += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*pieces, text[end:]])


def _edits(text: str, expression: Expression, odd: AbstractSet[str]) -> Iterator[_Edit]:
    for what, by_value, _ in occurrences(expression, by_value=False):
        if isinstance(what, Variable):
            if by_value and what.name in odd:
                yield _Edit(what.start, what.end, f"<{FUNCTIONS}value>({text[what.start : what.end]})")
        elif isinstance(what, Constant):
            edit = _term(text, what)
            if edit and not (by_value and is_well_formed(what.lexical, what.datatype)):
                yield edit
        else:
            yield from _call(what, odd, by_value=by_value)


def _call(call: Call, odd: AbstractSet[str], *, by_value: bool) -> Iterator[_Edit]:
    about_terms = any(sees(argument, odd) for argument in call.arguments)
    name = None
    if call.name == "DATATYPE" and about_terms:
        name = "datatype"
    elif call.name == "STRDT" and not by_value:
        name = "literal"
    elif about_terms and (
        (call.name in {"MIN", "MAX"} and not by_value) or (call.name in _AGGREGATES and call.distinct)
    ):
        name = _AGGREGATES[call.name]
        if call.distinct:
            yield _Edit(call.distinct, call.distinct + len("DISTINCT"), "")
    if name:
        yield _Edit(call.start, call.end, f"<{FUNCTIONS}{name}>")


def _term(text: str, constant: Constant) -> _Edit | None:
    """Write an odd literal as its stand-in; None for any other."""
    if not is_odd(constant.lexical, constant.datatype):
        return None
    form = text[constant.start : constant.form_end]
    quoted = form if form[0] in "\"'" else f'"{form}"'
    return _Edit(constant.start, constant.end, f"{quoted}^^<{stand_in_datatype(constant.lexical, constant.datatype)}>")
