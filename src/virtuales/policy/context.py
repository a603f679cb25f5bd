"""The JSON-LD context of policies: closed, so that a name it does not define has no meaning and is refused.

It stands inline in every document we write, so that nobody has to fetch anything to read or verify one.
"""

from collections.abc import Mapping
from types import MappingProxyType

from virtuales.rdf.namespaces import ODRL, VES, XSD

_CLASSES = "Offer Agreement Permission Prohibition Duty Constraint LogicalConstraint"
_CONCEPTS = (
    "use read distribute derive aggregate anonymize modify attribute delete inform eq neq lt lteq gt gteq isAnyOf "
    "isNoneOf isPartOf dateTime recipient industry prohibit perm invalid purpose"
)
_REFERENCES = "target assigner assignee"
_NESTED = "permission prohibition obligation duty constraint and or xone"
_VOCABULARY = "action leftOperand operator conflict"


def _policy_context() -> dict[str, object]:
    context: dict[str, object] = {"@version": 1.1, "odrl": ODRL.iri, "ves": VES.iri, "xsd": XSD.iri}
    for name in f"{_CLASSES} {_CONCEPTS}".split():
        context[name] = ODRL[name].value
    for name in _REFERENCES.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@id"}
    for name in _NESTED.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@id", "@container": "@set"}
    for name in _VOCABULARY.split():
        context[name] = {"@id": ODRL[name].value, "@type": "@vocab"}
    context["rightOperand"] = {"@id": ODRL.rightOperand.value}
    return context


POLICY_CONTEXT: Mapping[str, object] = MappingProxyType(_policy_context())
"""The context as JSON; copy it into a document with `dict(POLICY_CONTEXT)`."""

CONCEPTS = frozenset(_CONCEPTS.split())
"""ODRL names that a compact document may write without a prefix."""
