"""Policies as ODRL in JSON-LD's compact form, the form the Dataspace Protocol sends.

The reader is strict: a key, term or shape it does not know is refused with its place, never skipped.
See https://www.w3.org/TR/odrl-model/ and https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1/.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.check import check_policy
from virtuales.policy.odrl import (
    Agreement,
    AnyConstraint,
    Collection,
    Constraint,
    Constraints,
    Duty,
    LogicalConstraint,
    Offer,
    Permission,
    Policy,
    Prohibition,
    Request,
    Thing,
    part_iri,
)
from virtuales.policy.profile import CORE, LOGICAL_OPERANDS, Profile, short
from virtuales.policy.reading import (
    Json,
    optional_iri,
    read_iri,
    read_term,
    read_value,
    refuse_unknown_keys,
    required_iri,
)
from virtuales.policy.views.refinements import speaks_of_views
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

_LOGICAL_KEYS = {short(term): term for term in (*LOGICAL_OPERANDS, ODRL.andSequence)}
"""With the one that is read so that it can be compared, and is refused wherever a policy is to be decided."""

_EXCHANGED: Mapping[str, type[Offer]] = {"Offer": Offer, "Agreement": Agreement}
_KINDS: Mapping[str, type[Policy]] = {**_EXCHANGED, "Request": Request, "Set": Policy, "Policy": Policy}
_POLICY_KEYS = frozenset(
    {"@context", "@id", "@type", "target", "assigner", "assignee", "permission", "prohibition", "obligation"}
    | {"conflict", "profile"}
)
_WHOLE_POLICY_KEYS = _POLICY_KEYS | {"uid", "inheritFrom"}
_RULE_KEYS = frozenset({"@id", "@type", "action", "constraint"})
_WHOLE_RULE_KEYS = _RULE_KEYS | {"uid", "target", "assignee", "assigner"}
_RULE_KINDS = ("permission", "prohibition", "obligation")
_ACTION_KEYS = frozenset({"@id", "rdf:value", "refinement"})
_COLLECTION_KEYS = frozenset({"@id", "uid", "@type", "source", "refinement"})
_ATOMIC_KEYS = frozenset({"@id", "uid", "@type", "leftOperand", "operator", "rightOperand", "unit"})
_RULES_MOST = 200
_JOINED_MOST = 1000
_DEPTH = 12

_Kind = TypeVar("_Kind", bound=Policy)


def parse_policy(
    document: Json,
    *,
    target: NamedNode | None = None,
    assigner: NamedNode | None = None,
    extra: frozenset[str] = frozenset(),
    vocabulary: Profile = CORE,
) -> Offer:
    """Read an offer or agreement as participants exchange them, and check that it can be evaluated.

    It is about one target and for one assignee or everybody. A rule may be for some of these, and only where the target
    belongs to a collection; a permission may be about a part of the target: a collection drawn from it that is a view.

    Args:
        document: The policy as JSON.
        target: What the policy is about when the document leaves it to its surroundings, as a catalogue entry does.
        assigner: Who offers, likewise.
        extra: Further keys that the caller reads itself, at the policy's top.
        vocabulary: The terms that may be used.

    Raises:
        UnknownTerm: a key, class, action, operand or operator that nobody registered.
        InputError: a part is missing, of the wrong shape, or unbound.
    """
    iri = required_iri(document, "@id", "policy")
    where = iri.value
    refuse_unknown_keys(document, _POLICY_KEYS | extra, where)
    rules = _rules(document, iri, _RULE_KEYS | {"target", "assignee"})
    kind = _kind(document, where, _EXCHANGED)
    if kind is Agreement and document.get("assignee") is None:
        raise InputError("The agreement names no assignee.", where=where, remedy="Add `assignee`.")
    policy = kind(
        iri=iri,
        target=_settled(document, "target", target, where),
        assigner=_settled(document, "assigner", assigner, where),
        permissions=rules.permissions,
        prohibitions=rules.prohibitions,
        obligations=rules.obligations,
        assignee=optional_iri(document, "assignee", where),
        conflict=_conflict(document, where),
        profiles=() if "profile" in extra else _iris(document, "profile", where),
        vocabulary=vocabulary,
    )
    _refuse_other_targets(policy)
    check_policy(policy, vocabulary)
    return policy


def _refuse_other_targets(policy: Offer) -> None:
    """Refuse a permission that is about one other thing, or a part of one, and collections drawn from nothing."""
    for rule in policy.rules:
        for thing in (rule.target, rule.assignee):
            if isinstance(thing, Collection) and thing.source is None:
                what = "The collection does not say what it is drawn from."
                raise InputError(what, where=thing.iri.value, remedy="Give its `source`: a dataset, or a group.")
    for rule in policy.permissions:
        if rule.target is None:
            continue
        is_view, source = speaks_of_views(rule.target), getattr(rule.target, "source", None)
        if source is None or is_view is not (source == policy.target):
            raise UnknownTerm(
                f"The permission is about something else than a part of <{policy.target.value}>.",
                where=rule.iri.value,
                remedy="Leave `target` out, name a view whose `source` is the policy's target, or a collection whose "
                "`source` is a dataset.",
            )


def read_policy(document: Json, vocabulary: Profile = CORE) -> Policy:
    """Read a policy of any class, with all that the information model has; whether it can be evaluated is not checked.

    Raises:
        UnknownTerm: a key or class that is not understood.
        InputError: a part is missing or of the wrong shape.
    """
    iri = _iri_of(document) or required_iri(document, "@id", "policy")
    where = iri.value
    refuse_unknown_keys(document, _WHOLE_POLICY_KEYS, where)
    rules = _rules(document, iri, _WHOLE_RULE_KEYS)
    kind = _kind(document, where, _KINDS)
    return kind(
        iri=iri,
        target=_shared(document, "target", where, required=issubclass(kind, Offer)),
        assigner=_shared(document, "assigner", where, required=issubclass(kind, Offer)),
        permissions=rules.permissions,
        prohibitions=rules.prohibitions,
        obligations=rules.obligations,
        assignee=_shared(document, "assignee", where, required=issubclass(kind, Agreement)),
        conflict=_conflict(document, where),
        inherits=_iris(document, "inheritFrom", where),
        profiles=_iris(document, "profile", where),
        vocabulary=vocabulary,
    )


class _Rules(NamedTuple):
    permissions: tuple[Permission, ...]
    prohibitions: tuple[Prohibition, ...]
    obligations: tuple[Duty, ...]


def _rules(document: Json, iri: NamedNode, keys: frozenset[str]) -> _Rules:
    return _Rules(
        tuple(_permission(part, name, keys) for part, name in _parts(document, "permission", iri)),
        tuple(_prohibition(part, name, keys) for part, name in _parts(document, "prohibition", iri)),
        _duties(document, "obligation", iri, keys=keys),
    )


def _kind(document: Json, where: str, kinds: Mapping[str, type[_Kind]]) -> type[_Kind]:
    said = document.get("@type")
    name = str(said).removeprefix("odrl:").removeprefix(ODRL.iri)
    kind = kinds.get(name)
    if kind is None:
        raise UnknownTerm(
            f"A policy of the class `{said}` is not accepted here.",
            where=where,
            remedy="Use " + " or ".join(f"`{known}`" for known in kinds) + ".",
        )
    return kind


def _settled(document: Json, key: str, default: NamedNode | None, where: str) -> NamedNode:
    if document.get(key) is None:
        if default is None:
            raise InputError(f"The policy names no {key}.", where=where, remedy=f"Add `{key}` with an IRI.")
        return default
    said = required_iri(document, key, where)
    if default is not None and said != default:
        raise InputError(
            f"The policy's {key} is <{said.value}>, where <{default.value}> is expected.",
            where=where,
            remedy=f"Leave `{key}` out, or name the expected one.",
        )
    return said


def _shared(document: Json, key: str, where: str, *, required: bool) -> NamedNode | None:
    """Read what the policy says for all its rules, or what all its rules say, where a policy of this class needs it."""
    said = optional_iri(document, key, where)
    if said is not None or not required:
        return said
    parts = [part for kind in _RULE_KINDS for part in _objects(document, kind, where)]
    named = {optional_iri(part, key, where) for part in parts} - {None}
    if len(named) != 1:
        what = f"The rules name different values for `{key}`." if named else f"The policy names no {key}."
        remedy = "Write a policy for each." if named else f"Add `{key}` with an IRI."
        raise InputError(what, where=where, remedy=remedy)
    return named.pop()


def _conflict(document: Json, where: str) -> NamedNode:
    said = document.get("conflict")
    return ODRL.prohibit if said is None else read_term(said, where, "conflict")


def _iri_of(part: Json) -> NamedNode | None:
    """Read a part's own IRI, which ODRL's context calls `uid`."""
    key = "@id" if "@id" in part else "uid"
    return optional_iri(part, key, "policy")


def _iris(document: Json, key: str, where: str) -> tuple[NamedNode, ...]:
    values = document.get(key, [])
    listed = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    return tuple(required_iri({key: value}, key, where) for value in listed)


def _objects(document: Json, key: str, where: str) -> list[Json]:
    values = document.get(key)
    items = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    most = _JOINED_MOST if key in _LOGICAL_KEYS else _RULES_MOST
    if len(items) > most:
        what = f"More than {most} parts under `{key}`."
        raise InputError(what, where=where, remedy="Write fewer rules.")
    found = []
    for number, item in enumerate(items if values is not None else [], start=1):
        if not isinstance(item, Mapping):
            place = f"{where}, {key} {number}"
            raise InputError(f"Under `{key}` an object is expected.", where=place, remedy="Write the part in full.")
        found.append(item)
    return found


def _parts(document: Json, key: str, parent: NamedNode) -> Iterator[tuple[Json, NamedNode]]:
    """Give each part under a key with its IRI, made from its place when it brings none."""
    for number, item in enumerate(_objects(document, key, parent.value), start=1):
        if "@id" in item:
            yield item, required_iri(item, "@id", f"{parent.value}, {key} {number}")
        else:
            yield item, _iri_of(item) or part_iri(parent, f"{key}-{number}")


def _permission(part: Json, name: NamedNode, keys: frozenset[str]) -> Permission:
    refuse_unknown_keys(part, keys | {"duty"}, name.value)
    action, refinements = _action(part, name)
    duties = _duties(part, "duty", name, keys=keys)
    who, target = _thing(part, "assignee", name), _thing(part, "target", name)
    return Permission(name, action, _constraints(part, name), duties, refinements, target=target, assignee=who)


def _prohibition(part: Json, name: NamedNode, keys: frozenset[str]) -> Prohibition:
    refuse_unknown_keys(part, keys | {"remedy"}, name.value)
    action, refinements = _action(part, name)
    remedies = _duties(part, "remedy", name, keys=keys)
    who, target = _thing(part, "assignee", name), _thing(part, "target", name)
    return Prohibition(name, action, _constraints(part, name), remedies, refinements, target=target, assignee=who)


def _duties(document: Json, key: str, parent: NamedNode, *, keys: frozenset[str], depth: int = 1) -> tuple[Duty, ...]:
    if depth > _DEPTH:
        what = f"Duties are nested more than {_DEPTH} deep."
        raise InputError(what, where=parent.value, remedy="Flatten the duties.")
    found = []
    for part, name in _parts(document, key, parent):
        refuse_unknown_keys(part, keys | {"consequence"}, name.value)
        action, refinements = _action(part, name)
        consequences = _duties(part, "consequence", name, keys=keys, depth=depth + 1)
        who, target = _thing(part, "assignee", name), _thing(part, "target", name)
        constraints = _constraints(part, name)
        found.append(Duty(name, action, constraints, consequences, refinements, target=target, assignee=who))
    return tuple(found)


def _action(part: Json, name: NamedNode) -> tuple[NamedNode, Constraints]:
    """Read an action and how it is refined."""
    said = part.get("action")
    if isinstance(said, Sequence) and not isinstance(said, str) and len(said) == 1:
        said = said[0]
    if not isinstance(said, Mapping) or "rdf:value" not in said:
        return read_term(said, name.value, "action"), ()
    refuse_unknown_keys(said, _ACTION_KEYS, name.value)
    return read_term(said["rdf:value"], name.value, "action"), _refinements(said, name)


def _refinements(part: Json, name: NamedNode) -> Constraints:
    return tuple(_constraint(*item) for item in _parts(part, "refinement", name))


def _thing(part: Json, key: str, name: NamedNode) -> Thing:
    """Read an asset or party: one, or a collection with what narrows it."""
    said = part.get(key)
    if not isinstance(said, Mapping) or set(said) <= {"@id"}:
        return optional_iri(part, key, name.value)
    where = f"{name.value}, {key}"
    refuse_unknown_keys(said, _COLLECTION_KEYS, where)
    iri = _iri_of(said) or part_iri(name, key)
    refinements = _refinements(said, part_iri(name, key))
    return Collection(iri, optional_iri(said, "source", where), refinements)


def _constraints(part: Json, name: NamedNode) -> Constraints:
    return tuple(_constraint(*item) for item in _parts(part, "constraint", name))


def _constraint(part: Json, name: NamedNode, depth: int = 1) -> AnyConstraint:
    logical = [key for key in part if key in _LOGICAL_KEYS]
    if not logical:
        return parse_constraint(part, name)
    if depth > _DEPTH:
        what = f"Logical constraints are nested more than {_DEPTH} deep."
        raise InputError(what, where=name.value, remedy="Flatten the constraint.")
    key = logical[0]
    refuse_unknown_keys(part, frozenset({"@id", "uid", "@type", key}), name.value)
    inner = tuple(_constraint(*item, depth + 1) for item in _parts(part, key, name))
    return LogicalConstraint(name, _LOGICAL_KEYS[key], inner)


def parse_constraint(part: Json, name: NamedNode) -> Constraint:
    """Read one comparison; whether its terms are known is not checked.

    Args:
        part: It, as JSON.
        name: Its IRI.

    Raises:
        UnknownTerm: it has a key that is not understood.
        InputError: a part is missing or of the wrong shape.
    """
    where = name.value
    refuse_unknown_keys(part, _ATOMIC_KEYS, where)
    left = read_term(part.get("leftOperand"), where, "leftOperand")
    right = part.get("rightOperand")
    if right is None:
        raise InputError("The constraint has no right operand.", where=where, remedy="Add `rightOperand`.")
    values = right if isinstance(right, Sequence) and not isinstance(right, str) else [right]
    operator = read_term(part.get("operator"), where, "operator")
    unit = None if part.get("unit") is None else read_iri(str(part["unit"]), where, "unit")
    return Constraint(name, left, operator, tuple(read_value(value, left, where) for value in values), unit)
