"""The JSON-LD context of policies: closed, so that a name it does not define has no meaning and is refused.

It stands inline in every document we write, so that nobody has to fetch anything to read or verify one.
"""

from collections.abc import Mapping
from types import MappingProxyType

from virtuales.policy.actions import ACTIONS
from virtuales.rdf.namespaces import ODRL, RDF, VES, XSD

_CLASSES = (
    "Policy Set Offer Agreement Request Permission Prohibition Duty Constraint LogicalConstraint AssetCollection "
    "PartyCollection"
)
_CONCEPTS = (
    "eq neq lt lteq gt gteq isAnyOf isNoneOf isAllOf isPartOf isA hasPart dateTime recipient industry prohibit perm "
    "invalid purpose spatial language event count delayPeriod elapsedTime meteredTime payAmount percentage resolution"
)
_REFERENCES = "target assigner assignee source unit profile inheritFrom"
_NESTED = "permission prohibition obligation duty remedy consequence constraint refinement and or xone"
_VOCABULARY = "action leftOperand operator conflict"
_ACTIONS = frozenset(action.value.removeprefix(ODRL.iri) for action in ACTIONS)


def _policy_context() -> dict[str, object]:
    context: dict[str, object] = {"@version": 1.1, "odrl": ODRL.iri, "ves": VES.iri, "xsd": XSD.iri, "rdf": RDF.iri}
    for name in [*f"{_CLASSES} {_CONCEPTS}".split(), *sorted(_ACTIONS)]:
        context[name] = ODRL[name].value
    for name in _REFERENCES.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@id"}
    for name in _NESTED.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@id", "@container": "@set"}
    for name in _VOCABULARY.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@vocab"}
    context["rdf:value"] = {"@id": RDF.value.value, "@type": "@vocab"}
    context["rightOperand"] = {"@id": ODRL.rightOperand.value}
    return context


POLICY_CONTEXT: Mapping[str, object] = MappingProxyType(_policy_context())
"""The context as JSON; copy it into a document with `dict(POLICY_CONTEXT)`."""

CONCEPTS = frozenset(_CONCEPTS.split()) | _ACTIONS
"""ODRL names that a compact document may write without a prefix."""
