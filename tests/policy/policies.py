"""Builders of policies and requests, so that the tests read as statements; and strategies that make random ones."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from virtuales.policy.odrl import (
    Agreement,
    AnyConstraint,
    Constraint,
    Duty,
    LogicalConstraint,
    Offer,
    Permission,
    Prohibition,
    Value,
)
from virtuales.policy.request import UseRequest
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BASE = "https://p.example/id/offer/1"
TARGET = NamedNode("https://p.example/id/dataset/1/version/1")
PROVIDER = NamedNode("https://o.example/id/participant/p")
CONSUMER = NamedNode("https://o.example/id/participant/c")
STRANGER = NamedNode("https://o.example/id/participant/x")
UNKNOWN = NamedNode("https://example.org/unknown")


def part(name: str) -> NamedNode:
    return NamedNode(f"{BASE}#{name}")


def limit(left: NamedNode, operator: NamedNode, *right: Value, name: str = "c") -> Constraint:
    return Constraint(part(name), left, operator, right)


def may(action: NamedNode, *constraints: AnyConstraint, duties: tuple[Duty, ...] = (), name: str = "p") -> Permission:
    return Permission(part(name), action, constraints, duties)


def must_not(action: NamedNode, *constraints: AnyConstraint, name: str = "n") -> Prohibition:
    return Prohibition(part(name), action, constraints)


def offer(*rules: Permission | Prohibition, conflict: NamedNode = ODRL.prohibit) -> Offer:
    return Offer(
        iri=NamedNode(BASE),
        target=TARGET,
        assigner=PROVIDER,
        permissions=tuple(rule for rule in rules if isinstance(rule, Permission)),
        prohibitions=tuple(rule for rule in rules if isinstance(rule, Prohibition)),
        conflict=conflict,
    )


def agreement(*rules: Permission | Prohibition, assignee: NamedNode = CONSUMER) -> Agreement:
    made = offer(*rules)
    return Agreement(made.iri, made.target, made.assigner, made.permissions, made.prohibitions, assignee=assignee)


def use(
    action: NamedNode = ODRL.read,
    *,
    purpose: NamedNode | None = VES.NetworkPlanning,
    assignee: NamedNode | None = CONSUMER,
    time: datetime = NOW,
    groups: frozenset[NamedNode] = frozenset({VES.ApprovedParticipants}),
) -> UseRequest:
    return UseRequest(assignee, action, TARGET, time, purpose, groups)


_ACTIONS = st.sampled_from([ODRL.use, ODRL.read, ODRL.distribute, ODRL.derive])
_PURPOSES = [VES.NetworkPlanning, VES.Research, VES.SystemOperation]
_PARTIES = [CONSUMER, STRANGER]
_TIMES = [NOW + timedelta(days=days) for days in (-2, -1, 0, 1, 2)]


def _names(prefix: str) -> st.SearchStrategy[NamedNode]:
    return st.integers(0, 10**6).map(lambda number: part(f"{prefix}-{number}"))


def _choice(left: NamedNode, operators: list[NamedNode], values: list[NamedNode]) -> st.SearchStrategy[AnyConstraint]:
    several = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
    single = st.sampled_from(values).map(lambda value: (value,))
    return st.one_of(
        st.builds(Constraint, _names("c"), st.just(left), st.sampled_from([ODRL.isAnyOf, ODRL.isNoneOf]), several),
        st.builds(Constraint, _names("c"), st.just(left), st.sampled_from(operators), single),
    )


_ORDER = [ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.eq, ODRL.neq]
ATOMIC: st.SearchStrategy[AnyConstraint] = st.one_of(
    _choice(ODRL.purpose, [ODRL.eq, ODRL.neq], _PURPOSES),
    _choice(ODRL.recipient, [ODRL.eq, ODRL.neq, ODRL.isPartOf], [*_PARTIES, VES.ApprovedParticipants]),
    _choice(VES.certification, [ODRL.eq, ODRL.neq], _PURPOSES),
    st.builds(
        Constraint,
        _names("c"),
        st.just(ODRL.dateTime),
        st.sampled_from(_ORDER),
        st.sampled_from(_TIMES).map(lambda time: (date_time(time.isoformat()),)),
    ),
)
CONSTRAINTS: st.SearchStrategy[AnyConstraint] = st.recursive(
    ATOMIC,
    lambda inner: st.builds(
        LogicalConstraint,
        _names("l"),
        st.sampled_from([ODRL["and"], ODRL["or"], ODRL.xone]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=4,
)
_LIMITS = st.lists(CONSTRAINTS, max_size=2).map(tuple)
DUTIES = st.lists(
    st.builds(Duty, _names("d"), st.sampled_from([ODRL.attribute, ODRL.delete, ODRL.inform])), max_size=1
).map(tuple)
PERMISSIONS = st.builds(Permission, _names("p"), _ACTIONS, _LIMITS, DUTIES)
PROHIBITIONS = st.builds(Prohibition, _names("n"), _ACTIONS, _LIMITS)
OFFERS = st.builds(
    Offer,
    st.just(NamedNode(BASE)),
    st.just(TARGET),
    st.just(PROVIDER),
    st.lists(PERMISSIONS, min_size=1, max_size=3).map(tuple),
    st.lists(PROHIBITIONS, max_size=2).map(tuple),
    conflict=st.sampled_from([ODRL.prohibit, ODRL.invalid]),
)
REQUESTS = st.builds(
    UseRequest,
    st.sampled_from([None, *_PARTIES]),
    _ACTIONS,
    st.just(TARGET),
    st.sampled_from(_TIMES),
    st.sampled_from([None, *_PURPOSES]),
    st.sampled_from([frozenset(), frozenset({VES.ApprovedParticipants})]),
)
