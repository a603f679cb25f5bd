"""What a form asks a requester to state: a field for each left operand of the offer whose value nobody else knows."""

from collections.abc import Sequence
from dataclasses import dataclass

from virtuales.errors import UnknownTerm
from virtuales.policy.odrl import Policy
from virtuales.policy.profile import Kind
from virtuales.policy.satisfiability import operands
from virtuales.policy.statements import stateable
from virtuales.rdf.terms import NamedNode

_DATATYPES = {
    Kind.NUMBER: "xsd:decimal",
    Kind.INSTANT: "xsd:dateTime",
    Kind.DURATION: "xsd:duration",
    Kind.TEXT: "xsd:string",
}


@dataclass(frozen=True)
class StatedField:
    """A field of the form.

    Args:
        term: IRI of the left operand.
        label: What it is called.
        hint: What its values are.
        value: What was filled in.
    """

    term: str
    label: str
    hint: str
    value: str = ""


def stated_fields(offer: Policy, terms: Sequence[str], values: Sequence[str]) -> tuple[StatedField, ...]:
    """Return the fields for what an offer looks at and askers state.

    Args:
        offer: The offer.
        terms: The terms of a form that was sent.
        values: What was filled in for each.
    """
    filled = dict(zip(terms, values, strict=False))
    known = offer.vocabulary.left_operands
    limits = [part for rule in offer.rules for part in (*rule.constraints, *rule.refinements)]
    asked = operands(tuple(limits)) & stateable(offer.vocabulary)
    return tuple(
        StatedField(term.value, known[term].label, known[term].kind.value, filled.get(term.value, ""))
        for term in sorted(asked, key=lambda term: known[term].label)
    )


def statements_in(offer: Policy, fields: Sequence[StatedField]) -> list[object]:
    """Return what was filled in as constraints in compact JSON; a field that was left empty states nothing.

    Raises:
        UnknownTerm: a field is for no left operand that is known.
    """
    return [_statement(offer, field) for field in fields if field.value.strip()]


def _statement(offer: Policy, field: StatedField) -> object:
    operand = offer.vocabulary.left_operands.get(NamedNode(field.term))
    if operand is None:
        raise UnknownTerm("The form states what is not known.", where=field.term, remedy="Load the page again.")
    datatype, text = _DATATYPES.get(operand.kind), field.value.strip()
    right = {"@id": text} if datatype is None else {"@value": text, "@type": datatype}
    return {"leftOperand": field.term, "operator": "eq", "rightOperand": right}
