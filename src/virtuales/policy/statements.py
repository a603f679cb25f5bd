"""What an asker states about itself and its use, for left operands whose values no register knows.

A statement is a constraint that says what is so: a left operand, `eq`, a value. It stands in the request, and in the
agreement that both sides sign, so that whoever stated it answers for it.
"""

import json
from collections.abc import Mapping, Sequence

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.compact import constraint_json
from virtuales.policy.odrl import Constraint, Value, part_iri
from virtuales.policy.odrl_json import parse_constraint
from virtuales.policy.profile import LEFT_OPERANDS, Profile, short, suits
from virtuales.policy.request import Facts
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, plain

Statements = tuple[Constraint, ...]
"""What somebody states; each left operand once."""

OF_THE_CORE = frozenset({ODRL.spatial, ODRL.language, ODRL.resolution, ODRL.percentage})
"""The left operands of the core that askers state; the node knows the others, or nobody's word is enough for them."""

RECORDED = frozenset({ODRL.payAmount, ODRL.meteredTime})
"""The left operands of the core whose values a provider has on record, since its asker's word is not enough."""

_MOST = 50


def read_statements(document: object, *, owner: NamedNode, vocabulary: Profile) -> Statements:
    """Read what somebody states.

    Args:
        document: A list of constraints in compact JSON; None where nothing is stated.
        owner: IRI of the request or agreement, under which each statement gets its IRI.
        vocabulary: The terms that may be used.

    Raises:
        UnknownTerm: a left operand is not known, or nobody can state it.
        InputError: a statement is of the wrong shape, or its value is none of its left operand.
    """
    if document is None:
        return ()
    if not isinstance(document, Sequence) or isinstance(document, str) or len(document) > _MOST:
        remedy = f"Write up to {_MOST} constraints with `eq` in square brackets."
        raise InputError("What is stated is no list of constraints.", where="stated", remedy=remedy)
    found: dict[NamedNode, Constraint] = {}
    for number, part in enumerate(document, start=1):
        said = _statement(part, part_iri(owner, f"stated-{number}"), vocabulary)
        if said.left in found:
            what = f"`{short(said.left)}` is stated twice."
            raise InputError(what, where=said.iri.value, remedy="State it once, with all its values.")
        found[said.left] = said
    return tuple(found.values())


def _statement(part: object, iri: NamedNode, vocabulary: Profile) -> Constraint:
    return read_statement(part, iri, vocabulary, stateable(vocabulary))


def read_statement(part: object, iri: NamedNode, vocabulary: Profile, among: frozenset[NamedNode]) -> Constraint:
    """Read one statement.

    Args:
        part: A constraint in compact JSON.
        iri: Its IRI.
        vocabulary: The terms that may be used.
        among: The left operands that it may be about.

    Raises:
        UnknownTerm, InputError: as for `read_statements`.
    """
    if not isinstance(part, Mapping):
        raise InputError("A statement is no object.", where=iri.value, remedy="Write a constraint with `eq`.")
    said = parse_constraint({key: value for key, value in part.items() if key != "@id"}, iri)
    operand = vocabulary.left_operands.get(said.left)
    if operand is None or said.left not in among:
        raise UnknownTerm(
            f"Nobody can state `{short(said.left)}`." if operand else f"<{said.left.value}> is not known to this node.",
            where=iri.value,
            remedy="State only: " + ", ".join(sorted(map(short, among))) + ".",
        )
    if said.operator not in {ODRL.eq, ODRL.isAnyOf} or not said.right:
        raise InputError("A statement says what is so.", where=iri.value, remedy="Use `eq`, with the value.")
    for value in said.right:
        if not suits(operand.kind, value):
            what = f"The value {value} does not suit the {operand.label}."
            raise InputError(what, where=iri.value, remedy=f"Give {operand.kind.value}.")
    return said


def stateable(vocabulary: Profile) -> frozenset[NamedNode]:
    """Return the left operands that askers can state."""
    return OF_THE_CORE | (vocabulary.left_operands.keys() - LEFT_OPERANDS.keys())


def statements_json(stated: Statements) -> list[object]:
    """Write statements as compact JSON."""
    return [constraint_json(one) for one in stated]


def statements_text(stated: Statements) -> str | None:
    """Write statements as JSON text, as a negotiation keeps them; None where nothing is stated."""
    return json.dumps(statements_json(stated), ensure_ascii=False, sort_keys=True) if stated else None


def kept_statements(text: str | None, *, owner: NamedNode, vocabulary: Profile) -> Statements:
    """Read statements that were kept as text; raises what `read_statements` raises."""
    return read_statements(json.loads(text) if text else None, owner=owner, vocabulary=vocabulary)


def restated(stated: Statements, owner: NamedNode) -> Statements:
    """Return statements with IRIs under another owner's."""
    return tuple(
        Constraint(part_iri(owner, f"stated-{number}"), one.left, one.operator, one.right, one.unit)
        for number, one in enumerate(stated, start=1)
    )


def statement_sentences(stated: Statements, vocabulary: Profile) -> list[str]:
    """Say what is stated, a sentence each."""
    return [_sentence(one, vocabulary) for one in stated]


def _sentence(one: Constraint, vocabulary: Profile) -> str:
    operand = vocabulary.left_operands.get(one.left)
    unit = f" <{one.unit.value}>" if one.unit else ""
    values = " or ".join(plain(value) for value in one.right)
    return f"The {operand.label if operand else short(one.left)} is {values}{unit}."


def values_stated(stated: Statements) -> Facts:
    """Return the values that are stated, by left operand."""
    return {one.left: frozenset[Value](one.right) for one in stated}


def units_stated(stated: Statements) -> dict[NamedNode, NamedNode]:
    """Return the units that stated values are in, by left operand."""
    return {one.left: one.unit for one in stated if one.unit is not None}
