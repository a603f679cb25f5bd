"""Random policies with all that the information model has, and the requests and worlds they are judged in.

They are made from a seed, without hypothesis, so that a hundred thousand of them take minutes.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import TypeVar

from tests.policy.policies import BASE, CONSUMER, NOW, PROVIDER, STRANGER, TARGET, part

from virtuales.clock import iso_instant
from virtuales.policy.odrl import (
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
    Thing,
    Value,
)
from virtuales.policy.request import UseRequest
from virtuales.policy.world import Performed, Period, World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time, typed

CLUB = NamedNode("https://o.example/id/group/club")
ALLIANCE = NamedNode("https://o.example/id/group/alliance")
FOLDER = NamedNode("https://p.example/id/collection/1")
SCOTLAND, FIFE, WALES = (NamedNode(f"https://places.example/{name}") for name in ("scotland", "fife", "wales"))
OUTAGE = NamedNode("https://events.example/outage")
PARTIES, GROUPS, PLACES = (CONSUMER, STRANGER), (CLUB, ALLIANCE), (SCOTLAND, FIFE, WALES)
PURPOSES = (VES.Research, VES.NetworkPlanning)
TIMES = tuple(NOW + timedelta(days=days) for days in (-2, -1, 0, 1, 2))
ORDER = (ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq, ODRL.eq, ODRL.neq)
ACTIONS = (ODRL.use, ODRL.read, ODRL.play, ODRL.display, ODRL.transfer, ODRL.sell)
DEEDS = (ODRL.inform, ODRL.attribute, ODRL.compensate)
MEMBERSHIPS = {CONSUMER: {CLUB}, CLUB: {ALLIANCE}, TARGET: {FOLDER}, FIFE: {SCOTLAND}, SCOTLAND: set[NamedNode]()}

_LIMITS: tuple[tuple[NamedNode, tuple[NamedNode, ...], tuple[Value, ...], int], ...] = (
    (ODRL.dateTime, ORDER, tuple(date_time(iso_instant(time)) for time in TIMES), 1),
    (ODRL.purpose, (ODRL.eq, ODRL.neq), PURPOSES, 1),
    (ODRL.purpose, (ODRL.isAnyOf, ODRL.isNoneOf), PURPOSES, 2),
    (ODRL.recipient, (ODRL.eq, ODRL.neq, ODRL.isPartOf), (*PARTIES, *GROUPS), 1),
    (VES.group, (ODRL.isAnyOf, ODRL.isNoneOf, ODRL.isAllOf), GROUPS, 2),
    (ODRL.spatial, (ODRL.eq, ODRL.neq, ODRL.isPartOf, ODRL.hasPart), PLACES, 1),
    (ODRL.count, ORDER, tuple(typed(str(number), "integer") for number in (0, 1, 2, 3)), 1),
    (ODRL.elapsedTime, ORDER, tuple(typed(text, "duration") for text in ("PT0S", "P1D", "P2D")), 1),
    (ODRL.delayPeriod, ORDER, tuple(typed(text, "duration") for text in ("P1D", "P1DT12H", "P2D")), 1),
    (ODRL.event, (ODRL.eq, ODRL.lt, ODRL.lteq, ODRL.gt, ODRL.gteq), (OUTAGE,), 1),
)
_T = TypeVar("_T")


class Maker:
    """Makes random policies, requests and worlds.

    Args:
        seed: What they follow from.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._numbers = count(1)

    def policy(self) -> Policy:
        """Make a policy of any kind of rule, nested parts and refinements."""
        return Policy(
            NamedNode(BASE),
            self._one(None, TARGET, TARGET, FOLDER),
            PROVIDER,
            tuple(self._permission() for _ in range(self._random.randint(1, 3))),
            tuple(self._prohibition() for _ in range(self._one(0, 0, 1, 2))),
            self._duties(),
            self._one(None, None, None, CONSUMER, CLUB),
            self._one(ODRL.prohibit, ODRL.invalid, ODRL.perm),
        )

    def offer(self) -> Offer:
        """Make an offer as participants exchange it: about one target, its rules for everybody."""
        policy = self.policy()
        permissions = [
            replace(rule, target=None, assignee=None, duties=_for_all(rule.duties)) for rule in policy.permissions
        ]
        prohibitions = [
            replace(rule, target=None, assignee=None, remedies=_for_all(rule.remedies)) for rule in policy.prohibitions
        ]
        return Offer(
            policy.iri,
            TARGET,
            PROVIDER,
            tuple(permissions),
            tuple(prohibitions),
            _for_all(policy.obligations),
            policy.assignee,
            policy.conflict,
        )

    def request(self) -> UseRequest:
        """Make a request that leaves some things open."""
        place = self._one(None, *PLACES)
        return UseRequest(
            self._one(None, CONSUMER, CONSUMER, STRANGER),
            self._one(*ACTIONS),
            self._one(TARGET, TARGET, TARGET, None, FOLDER),
            self._one(*TIMES),
            self._one(None, *PURPOSES),
            self._one(frozenset(), frozenset({CLUB})),
            {ODRL.spatial: frozenset({place})} if place else {},
        )

    def world(self, policy: Policy) -> World:
        """Make a world in which some of a policy's duties are fulfilled, some violated and some done."""
        names = [duty.iri for duty in all_duties(policy)] + [rule.iri for rule in policy.prohibitions]
        return World(
            uses=self._one(None, 0, 1, 2),
            first_use=self._one(None, *TIMES),
            agreed=self._one(None, *TIMES),
            memberships={member: frozenset(MEMBERSHIPS[member]) for member in self._some(tuple(MEMBERSHIPS), 5)},
            events=self._one({}, {OUTAGE: Period(NOW)}, {OUTAGE: Period(TIMES[1], TIMES[3])}),
            performed=tuple(self._done() for _ in range(self._random.randint(0, 2))),
            fulfilled=frozenset(self._some(tuple(names), 3)),
            violated=frozenset(self._some(tuple(names), 1)),
        )

    def completed(self, request: UseRequest) -> UseRequest:
        """Say in a request all that it left open."""
        return replace(
            request,
            assignee=request.assignee or self._one(*PARTIES),
            target=request.target or self._one(TARGET, FOLDER),
            purpose=request.purpose or self._one(*PURPOSES),
            facts=request.facts or {ODRL.spatial: frozenset({self._one(*PLACES)})},
        )

    def filled(self, world: World, request: UseRequest) -> World:
        """Say of a world all that it left open, save who belongs to which group."""
        uses = self._random.randint(0, 3) if world.uses is None else world.uses
        moment = min(request.time, self._one(*TIMES))
        places = {place: frozenset[NamedNode]() for place in PLACES if place not in world.memberships}
        return replace(
            world,
            uses=uses,
            first_use=world.first_use or (moment if world.uses is None and uses else None),
            agreed=world.agreed or moment,
            events=world.events or {OUTAGE: Period(self._one(*TIMES))},
            memberships={**world.memberships, **places},
        )

    def constraint(self, depth: int = 0) -> AnyConstraint:
        """Make a constraint, sometimes one that joins others."""
        if depth > 1 or self._random.random() < 0.7:
            left, operators, values, most = self._one(*_LIMITS)
            right = self._random.sample(values, self._random.randint(1, min(most, len(values))))
            return Constraint(self._name("c"), left, self._one(*operators), tuple(right))
        parts = tuple(self.constraint(depth + 1) for _ in range(self._random.randint(1, 3)))
        return LogicalConstraint(self._name("l"), self._one(ODRL["and"], ODRL["or"], ODRL.xone), parts)

    def _one(self, *choices: _T) -> _T:
        return self._random.choice(choices)

    def _some(self, values: tuple[_T, ...], most: int) -> list[_T]:
        return self._random.sample(values, self._random.randint(0, min(most, len(values))))

    def _name(self, prefix: str) -> NamedNode:
        return part(f"{prefix}-{next(self._numbers)}")

    def _limits(self, most: int) -> Constraints:
        return tuple(self.constraint() for _ in range(min(most, self._one(0, 0, 0, 1, 2))))

    def _refinements(self) -> Constraints:
        return tuple(self.constraint(2) for _ in range(self._one(0, 0, 0, 1)))

    def _permission(self) -> Permission:
        action, limits, duties, refined = self._one(*ACTIONS), self._limits(2), self._duties(), self._refinements()
        target, who = self._thing((TARGET,), (FOLDER,)), self._thing(PARTIES, GROUPS)
        return Permission(self._name("p"), action, limits, duties, refined, target, who)

    def _prohibition(self) -> Prohibition:
        action, limits, duties, refined = self._one(*ACTIONS), self._limits(2), self._duties(), self._refinements()
        target, who = self._thing((TARGET,), (FOLDER,)), self._thing(PARTIES, GROUPS)
        return Prohibition(self._name("n"), action, limits, duties, refined, target, who)

    def _duties(self, depth: int = 0) -> tuple[Duty, ...]:
        return tuple(self._duty(depth) for _ in range(self._one(0, 0, 0, 1, 2) if depth < 2 else 0))

    def _duty(self, depth: int) -> Duty:
        return Duty(
            self._name("d"),
            self._one(*DEEDS),
            self._limits(1),
            self._duties(depth + 1),
            self._refinements(),
            assignee=self._one(None, None, *PARTIES, CLUB),
        )

    def _thing(self, single: tuple[NamedNode, ...], collections: tuple[NamedNode, ...]) -> Thing:
        if self._random.random() < 0.5:
            return None
        if self._random.random() < 0.6:
            return self._one(*single, *collections)
        return Collection(self._one(*collections), self._one(None, *collections), self._refinements())

    def _done(self) -> Performed:
        return Performed(replace(self.request(), action=self._one(*DEEDS), groups=frozenset(), facts={}))


def _for_all(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    return tuple(replace(duty, assignee=None, consequences=_for_all(duty.consequences)) for duty in duties)


def all_duties(policy: Policy) -> list[Duty]:
    """Return every duty of a policy, consequences too."""
    ahead = [duty for rule in policy.permissions for duty in rule.duties] + list(policy.obligations)
    ahead += [duty for rule in policy.prohibitions for duty in rule.remedies]
    found = []
    while ahead:
        duty = ahead.pop()
        found.append(duty)
        ahead.extend(duty.consequences)
    return found
