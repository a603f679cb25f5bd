"""A request, and the state of the world, as documents: what `virtuales policy decide` is given.

A request is an `odrl:Request` with one permission: who wants to do what with which target. What is known beside
stands in its constraints, each `eq` a value (or `isAnyOf` several): the purpose, the time (`dateTime`), groups, areas.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from virtuales.errors import InputError
from virtuales.policy.odrl import Constraint, Permission, Policy, Request, Value
from virtuales.policy.odrl_json import read_policy
from virtuales.policy.reading import Json, read_iri, refuse_unknown_keys
from virtuales.policy.request import UseRequest
from virtuales.policy.values import instant
from virtuales.policy.world import Performed, Period, World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time

_WORLD_KEYS = frozenset(
    ["uses", "firstUse", "agreed", "memberOf", "events", "performed", "fulfilled", "violated", "@context"]
)


def request_from(policy: Policy, now: datetime) -> UseRequest:
    """Read who wants to do what from an `odrl:Request`.

    Args:
        policy: The request.
        now: When it is, unless the request says another time.

    Raises:
        InputError: it is no request, asks for more than one thing, or says something that is no value.
    """
    if not isinstance(policy, Request):
        raise InputError("The policy is no request.", where=policy.iri.value, remedy="Give its class as `Request`.")
    if len(policy.permissions) != 1 or policy.prohibitions or policy.obligations:
        what = "A request asks for one thing: it has one permission and no other rule."
        raise InputError(what, where=policy.iri.value, remedy="Write a request for each thing.")
    (asked,) = policy.permissions
    facts, units = _facts(asked)
    moment = facts.pop(ODRL.dateTime, None)
    purpose = facts.pop(ODRL.purpose, None)
    return UseRequest(
        assignee=_one_thing(asked.assignee or policy.assignee, asked),
        action=asked.action,
        target=_one_thing(asked.target or policy.target, asked),
        time=_moment(moment, asked) if moment else now,
        purpose=_named(purpose, asked) if purpose else None,
        groups=frozenset(value for value in facts.pop(VES.group, ()) if isinstance(value, NamedNode)),
        facts=facts,
        units=units,
    )


def read_world(document: Json, *, where: str) -> World:
    """Read the state of the world.

    Args:
        document: `uses` (a number), `firstUse` and `agreed` (times), `memberOf` (an IRI to a list of IRIs), `events`
            (an IRI to `start` and `end`), `fulfilled` and `violated` (lists of IRIs of rules), `performed` (a list of
            requests that were done, each with the `duty` it was done for, when there is one).
        where: What it comes from, for errors.

    Raises:
        UnknownTerm: it has a key that is not understood.
        InputError: a value is of the wrong shape.
    """
    refuse_unknown_keys(document, _WORLD_KEYS, where)
    uses = document.get("uses")
    if uses is not None and (not isinstance(uses, int) or isinstance(uses, bool) or uses < 0):
        raise InputError("`uses` is no number of uses.", where=where, remedy="Write a whole number from 0 on.")
    return World(
        uses=uses,
        first_use=_time(document.get("firstUse"), f"{where}, firstUse"),
        agreed=_time(document.get("agreed"), f"{where}, agreed"),
        memberships={
            read_iri(member, where, "memberOf"): frozenset(_iris(wholes, f"{where}, memberOf"))
            for member, wholes in _object(document, "memberOf", where).items()
        },
        events={
            read_iri(event, where, "events"): _period(period, f"{where}, events")
            for event, period in _object(document, "events", where).items()
        },
        performed=tuple(_performed(one, f"{where}, performed") for one in _list(document.get("performed"), where)),
        fulfilled=frozenset(_iris(document.get("fulfilled"), f"{where}, fulfilled")),
        violated=frozenset(_iris(document.get("violated"), f"{where}, violated")),
    )


def _facts(asked: Permission) -> tuple[dict[NamedNode, frozenset[Value]], dict[NamedNode, NamedNode]]:
    facts: dict[NamedNode, frozenset[Value]] = {}
    units: dict[NamedNode, NamedNode] = {}
    for said in (*asked.constraints, *asked.refinements):
        if not isinstance(said, Constraint) or said.operator not in {ODRL.eq, ODRL.isAnyOf}:
            what = "A request says what is so: each of its constraints gives a value with `eq`."
            raise InputError(what, where=said.iri.value, remedy="Use `eq` with one value, or `isAnyOf` with several.")
        facts[said.left] = facts.get(said.left, frozenset()) | frozenset(said.right)
        if said.unit is not None:
            units[said.left] = said.unit
    return facts, units


def _one_thing(thing: object, asked: Permission) -> NamedNode | None:
    if thing is None or isinstance(thing, NamedNode):
        return thing
    raise InputError("A request names one party and one target.", where=asked.iri.value, remedy="Name no collection.")


def _named(values: frozenset[Value], asked: Permission) -> NamedNode:
    if len(values) == 1:
        (value,) = values
        if isinstance(value, NamedNode):
            return value
    raise InputError("The purpose of the request is no single concept.", where=asked.iri.value, remedy="Name one.")


def _moment(values: frozenset[Value], asked: Permission) -> datetime:
    read = instant(next(iter(values))) if len(values) == 1 else None
    if read is None:
        what = "The time of the request is no instant with a time zone."
        raise InputError(what, where=asked.iri.value, remedy="Write it as 2026-06-01T12:00:00Z.")
    return read


def _time(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    read = instant(date_time(value)) if isinstance(value, str) else None
    if read is None:
        raise InputError("A time is no instant with a time zone.", where=where, remedy="Write 2026-06-01T12:00:00Z.")
    return read


def _period(value: object, where: str) -> Period:
    if not isinstance(value, Mapping):
        raise InputError("An event has no times.", where=where, remedy='Write {"start": "...", "end": "..."}.')
    refuse_unknown_keys(value, frozenset({"start", "end"}), where)
    start = _time(value.get("start"), where)
    if start is None:
        raise InputError("An event has no start.", where=where, remedy="Add `start`.")
    return Period(start, _time(value.get("end"), where))


def _performed(value: object, where: str) -> Performed:
    if not isinstance(value, Mapping):
        raise InputError("What was done is no request.", where=where, remedy="Write it as an `odrl:Request`.")
    policy = read_policy({key: inner for key, inner in value.items() if key != "duty"})
    deed = request_from(policy, datetime.max)  # noqa: DTZ901 - replaced below, or refused
    if deed.time.tzinfo is None:
        raise InputError("It is not said when it was done.", where=where, remedy="Add a constraint `dateTime` `eq`.")
    duty = value.get("duty")
    return Performed(deed, None if duty is None else _iris([duty], where)[0])


def _object(document: Json, key: str, where: str) -> Mapping[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, Mapping):
        raise InputError(f"`{key}` is no object.", where=where, remedy="Write IRIs as keys.")
    return value


def _list(value: object, where: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError("A list is expected.", where=where, remedy="Write it in square brackets.")
    return value


def _iris(value: object, where: str) -> list[NamedNode]:
    found = _list(value, where)
    if not all(isinstance(one, str) for one in found):
        raise InputError("An IRI is expected.", where=where, remedy="Write IRIs as text.")
    return [read_iri(str(one), where, "@id") for one in found]
