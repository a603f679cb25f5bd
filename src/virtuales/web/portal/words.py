"""Words for people: sensitivity classes, offers and decisions as sentences."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtuales.policy.odrl import AnyConstraint, Constraint, Offer, Permission
from virtuales.policy.profile import LEFT_OPERANDS, instant, short
from virtuales.policy.purposes import PURPOSES
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import ODRL, SKOS, VES
from virtuales.rdf.terms import NamedNode, Term, plain

NameOf = Callable[[NamedNode], str]
"""Gives the name of an organisation."""


@dataclass(frozen=True)
class Sensitivity:
    """A sensitivity class: its letters, its name and what it means."""

    letters: str
    name: str
    meaning: str


def load_sensitivities(file: Path) -> Mapping[str, Sensitivity]:
    """Read the sensitivity classes from the contributed facts, by their letters.

    Raises:
        UnreadableInput: the file is missing or no Turtle.
    """
    facts: dict[str, dict[NamedNode, str]] = {}
    for quad in parse_file(file):
        if isinstance(quad.object, Term):
            facts.setdefault(str(quad.subject), {})[quad.predicate] = plain(quad.object)
    classes = [
        Sensitivity(node[SKOS.notation], node[SKOS.prefLabel], node[SKOS.definition])
        for node in facts.values()
        if SKOS.notation in node
    ]
    return {one.letters: one for one in sorted(classes, key=lambda one: one.letters)}


_ACTIONS: Mapping[NamedNode, str] = {
    ODRL.use: "use the data",
    ODRL.read: "read the data",
    ODRL.aggregate: "aggregate the data",
    ODRL.anonymize: "anonymise the data",
    ODRL.derive: "derive new data from it",
    ODRL.distribute: "pass the data on",
    ODRL.modify: "modify the data",
}
_DUTIES: Mapping[NamedNode, str] = {
    ODRL.attribute: "name the source",
    ODRL.delete: "delete the data when the agreement ends",
    ODRL.inform: "inform the publisher",
}
_OPERATORS: Mapping[NamedNode, str] = {
    ODRL.eq: "is",
    ODRL.neq: "is not",
    ODRL.lt: "is before",
    ODRL.lteq: "is not after",
    ODRL.gt: "is after",
    ODRL.gteq: "is not before",
    ODRL.isAnyOf: "is one of",
    ODRL.isNoneOf: "is none of",
    ODRL.isPartOf: "belongs to",
}


_READ_WELL: Mapping[NamedNode, frozenset[NamedNode]] = {
    ODRL.recipient: frozenset({ODRL.isAnyOf, ODRL.eq, ODRL.isPartOf}),
    ODRL.purpose: frozenset({ODRL.isAnyOf, ODRL.eq}),
    ODRL.dateTime: frozenset({ODRL.lteq}),
}


def offer_sentences(offer: Offer, name_of: NameOf) -> list[str]:
    """Say what an offer allows, forbids and demands, a sentence each.

    Args:
        offer: The offer, or an agreement.
        name_of: Names organisations.
    """
    return list(_sentences(offer, name_of))


def _sentences(offer: Offer, name_of: NameOf) -> Iterator[str]:
    for permission in offer.permissions:
        yield _permission(permission, name_of)
        for duty in permission.duties:
            yield f"In return you have to {_DUTIES.get(duty.action, short(duty.action))}."
    for prohibition in offer.prohibitions:
        limits = _limits(prohibition.constraints, name_of)
        yield f"You must not {_action(prohibition.action)}{' when ' + limits if limits else ''}."
    for duty in offer.obligations:
        limits = _limits(duty.constraints, name_of)
        yield f"You have to {_DUTIES.get(duty.action, short(duty.action))}{' when ' + limits if limits else ''}."


def _permission(permission: Permission, name_of: NameOf) -> str:
    who, what = "Anybody", _action(permission.action)
    rest: list[AnyConstraint] = []
    for constraint in permission.constraints:
        left, values = _plain_limit(constraint, name_of)
        if left == ODRL.recipient:
            who = values
        elif left == ODRL.purpose:
            what += f" for {values}"
        elif left == ODRL.dateTime:
            what += f" until {values}"
        else:
            rest.append(constraint)
    limits = _limits(tuple(rest), name_of)
    return f"{who} may {what}{' as long as ' + limits if limits else ''}."


def _plain_limit(constraint: AnyConstraint, name_of: NameOf) -> tuple[NamedNode | None, str]:
    """Return what a limit looks at and the values it allows, if it is one of those that read well inside a sentence."""
    if not isinstance(constraint, Constraint) or constraint.operator not in _READ_WELL.get(constraint.left, ()):
        return None, ""
    return constraint.left, _joined([_value(value, name_of) for value in constraint.right], "or")


def _limits(constraints: tuple[AnyConstraint, ...], name_of: NameOf) -> str:
    return _joined([_limit(constraint, name_of) for constraint in constraints], "and")


def _limit(constraint: AnyConstraint, name_of: NameOf) -> str:
    if not isinstance(constraint, Constraint):
        joint = {ODRL["and"]: "and", ODRL["or"]: "or", ODRL.xone: "or else"}[constraint.operand]
        return _joined([_limit(part, name_of) for part in constraint.constraints], joint)
    operand = LEFT_OPERANDS.get(constraint.left)
    label = operand.label if operand else short(constraint.left)
    values = _joined([_value(value, name_of) for value in constraint.right], "or")
    return f"the {label} {_OPERATORS.get(constraint.operator, short(constraint.operator))} {values}"


def _value(value: Term, name_of: NameOf) -> str:
    if value == VES.ApprovedParticipants:
        return "Approved participants who ask for it"
    if isinstance(value, NamedNode):
        return PURPOSES[value].lower() if value in PURPOSES else name_of(value)
    moment = instant(value)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC" if moment else plain(value)


def _action(action: NamedNode) -> str:
    return _ACTIONS.get(action, short(action))


def _joined(parts: list[str], joint: str) -> str:
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


@dataclass(frozen=True)
class Clause:
    """One numbered clause of a text: what it is about, and what it says."""

    title: str
    text: str


def clauses(markdown: str) -> tuple[str, list[Clause]]:
    r"""Read a text of one heading and numbered clauses whose first words are stressed.

    Returns:
        The heading and the clauses, each on one line.

    >>> clauses("# Terms\n\n1. **First.** Be\n   kind.\n")
    ('Terms', [Clause(title='First.', text='Be kind.')])
    """
    heading, found = "", list[Clause]()
    for line in markdown.splitlines():
        text = line.strip()
        if text.startswith("# "):
            heading = text.removeprefix("# ")
        elif text and text[0].isdigit() and ". " in text:
            title, _, rest = text.partition(". ")[2].removeprefix("**").partition("**")
            found.append(Clause(title, rest.strip()) if rest else Clause("", title))
        elif text and found:
            found[-1] = Clause(found[-1].title, f"{found[-1].text} {text}".strip())
    return heading, found
