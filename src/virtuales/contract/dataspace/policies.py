"""Policies as the Dataspace Protocol's context and schemas have them, and back.

The protocol's context knows one action (`use`) and no left operand: other terms are written with the prefix `odrl`, so
that a reader of JSON-LD does not take them for addresses.
"""

import json
from collections.abc import Mapping

from virtuales.contract.dataspace.names import is_own_name, name_iri
from virtuales.contract.dataspace.shapes import Json
from virtuales.errors import InputError, UnsupportedForm
from virtuales.policy.compact import policy_to_json
from virtuales.policy.context import CONCEPTS
from virtuales.policy.odrl import Offer, Policy
from virtuales.policy.odrl_json import parse_policy
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

_OPERATORS = frozenset(
    {"eq", "gt", "gteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf", "isPartOf", "lt", "lteq", "neq"}
)
_KNOWN = _OPERATORS | {"use"}
_TERMS = frozenset({"action", "leftOperand", "operator"})


def offer_for_catalogue(offer: Offer) -> dict[str, object]:
    """Write an offer as a dataset of a catalogue holds it, without its target.

    Raises:
        UnsupportedForm: the protocol's form cannot say what the offer says.
    """
    return {key: value for key, value in policy_for_message(offer).items() if key != "target"}


def policy_for_message(policy: Policy) -> dict[str, object]:
    """Write an offer or agreement as a message holds it.

    Raises:
        UnsupportedForm: the protocol's form cannot say what the policy says.
    """
    document = policy_to_json(policy)
    if any(rule.target is not None for rule in policy.rules):
        raise _unsayable(policy, "that a rule is about a part of a dataset")
    if policy.conflict != ODRL.prohibit:
        raise _unsayable(policy, "that permissions win over prohibitions")
    del document["conflict"]
    written = _with_prefixes(document, policy)
    assert isinstance(written, dict)  # noqa: S101 - of an object comes an object
    return written


def _with_prefixes(value: object, policy: Policy) -> object:
    if isinstance(value, list):
        return [_with_prefixes(part, policy) for part in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _term(key, part, policy) if key in _TERMS else _with_prefixes(part, policy) for key, part in value.items()
    }


def _term(key: str, value: object, policy: Policy) -> str:
    if not isinstance(value, str):
        raise _unsayable(policy, "how an action is refined")
    if key == "operator" and value not in _OPERATORS:
        raise _unsayable(policy, f"the operator {value}")
    return f"odrl:{value}" if value in CONCEPTS - _KNOWN else value


def _unsayable(policy: Policy, what: str) -> UnsupportedForm:
    return UnsupportedForm(
        f"The Dataspace Protocol cannot say {what}.",
        where=policy.iri.value,
        remedy="Use the node's own interface for this dataset.",
    )


def parse_message_policy(
    document: Json, *, target: NamedNode, assigner: NamedNode, assignee: NamedNode, extra: frozenset[str] = frozenset()
) -> Offer:
    """Read an offer or agreement from a message.

    Names that are no IRIs mean something to their connector alone: a party so named is the one that the message's
    credentials prove, a target is the dataset that the negotiation is about.

    Args:
        document: The policy; it has the protocol's shape.
        target: The dataset version that it has to be about.
        assigner: The provider that has to offer it.
        assignee: The consumer.
        extra: Further keys, which are not read.

    Raises:
        UnknownTerm: a term that is not understood.
        InputError: a part is missing or wrong, or it is about something or somebody else.
    """
    known = {key: value for key, value in document.items() if key not in extra}
    known["@id"] = name_iri(str(known["@id"]), where="@id").value
    for key, iri in (("target", target), ("assigner", assigner), ("assignee", assignee)):
        said = known.pop(key, None)
        if said is not None and not is_own_name(str(said)) and said != iri.value:
            raise InputError(
                f"The policy's {key} is another one.", where=key, remedy=f"In this negotiation it is <{iri.value}>."
            )
    if known.get("@type") == "Agreement":
        known["assignee"] = assignee.value
    return parse_policy(known, target=target, assigner=assigner)


def same_terms(one: Policy, other: Policy) -> bool:
    """Tell whether two policies have the same rules, whatever these are called and in whichever order they stand."""
    return _nameless(policy_to_json(one)) == _nameless(policy_to_json(other))


def _nameless(document: Mapping[str, object]) -> dict[str, list[str]]:
    kinds = ("permission", "prohibition", "obligation")
    found = {kind: document.get(kind, []) for kind in kinds}
    rules = {kind: [_unnamed(rule) for rule in part] if isinstance(part, list) else [] for kind, part in found.items()}
    return {kind: sorted(json.dumps(rule, sort_keys=True) for rule in part) for kind, part in rules.items()}


def _unnamed(value: object) -> object:
    """Return a part of a policy without the names of its parts; a value that is a name stays."""
    if isinstance(value, list):
        return [_unnamed(part) for part in value]
    if not isinstance(value, Mapping) or set(value) == {"@id"}:
        return value
    return {key: _unnamed(part) for key, part in value.items() if key != "@id"}
