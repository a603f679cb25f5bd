"""The outside suites of ODRL evaluation as requests, worlds and expected states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.shared_data import shared

from virtuales.policy.documents import policies_of
from virtuales.policy.odrl import Policy
from virtuales.policy.request import UseRequest
from virtuales.policy.values import instant
from virtuales.policy.world import World
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import ODRL, RDF, Namespace
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term

REPORT = Namespace(
    "https://w3id.org/force/compliance-report#",
    "rule ruleReport PermissionReport ProhibitionReport premiseReport activationState Active Inactive constraint "
    "satisfactionState Satisfied Unsatisfied TargetReport PartyReport ActionReport ConstraintReport deonticState "
    "Fulfilled Violated",
)
EX = Namespace("http://example.org/", "TestCase policy request sotw expectedReport")
DCT = Namespace("http://purl.org/dc/terms/", "issued title")
_NOW = NamedNode("http://example.com/request/currentTime")
_EVERYTHING = (ODRL.use, ODRL.transfer)


class Graph:
    """Statements, asked by subject and predicate."""

    def __init__(self, quads: Iterator[Quad]) -> None:
        self.quads = list(quads)
        self._said: dict[tuple[object, NamedNode], list[Term]] = {}
        for quad in self.quads:
            self._said.setdefault((quad.subject, quad.predicate), []).append(quad.object)

    def all(self, subject: object, predicate: NamedNode) -> list[Term]:
        return self._said.get((subject, predicate), [])

    def one(self, subject: object, predicate: NamedNode) -> NamedNode:
        (value,) = self.all(subject, predicate)
        assert isinstance(value, NamedNode)
        return value

    def typed(self, kind: NamedNode) -> list[NamedNode]:
        return [
            quad.subject
            for quad in self.quads
            if quad.predicate == RDF.type and quad.object == kind and isinstance(quad.subject, NamedNode)
        ]


@dataclass(frozen=True)
class Case:
    """One evaluation of the SolidLab suite with the states it expects."""

    title: str
    policy: Policy
    request: UseRequest
    world: World
    rules: Mapping[NamedNode, bool]
    premises: Mapping[tuple[NamedNode, str], bool]
    constraints: Mapping[NamedNode, bool]


@cache
def solidlab() -> tuple[Case, ...]:
    """Read every case of the suite."""
    folder = shared("suites/odrl/solidlab-test-suite")
    policies = {policy.iri: policy for file in (folder / "policies").iterdir() for policy in _policies(file)}
    requests = _merged(folder / "requests")
    worlds = {file: Graph(parse_file(file)) for file in (folder / "sotw").iterdir()}
    by_name = {world.typed(NamedNode(EX.iri + "Sotw"))[0]: world for world in worlds.values()}
    return tuple(
        _case(Graph(parse_file(file)), policies, requests, by_name)
        for file in sorted((folder / "test_cases").iterdir())
    )


def _merged(folder: Path) -> Graph:
    return Graph(quad for file in folder.iterdir() for quad in parse_file(file))


def _policies(file: Path) -> list[Policy]:
    """Read a policy; a rule without an action, which ODRL does not allow, is about every one: `use` and `transfer`."""
    graph = Graph(parse_file(file))
    actionless = [
        rule
        for kind in (ODRL.Permission, ODRL.Prohibition)
        for rule in graph.typed(kind)
        if not graph.all(rule, ODRL.action)
    ]
    quads = [quad for quad in graph.quads if quad.object not in actionless]
    for quad in graph.quads:
        for rule in [rule for rule in actionless if rule == quad.object]:
            for action in _EVERYTHING:
                part = NamedNode(f"{rule.value}#{action.value}")
                quads += [Quad(quad.subject, quad.predicate, part), Quad(part, ODRL.action, action)]
    return policies_of(quads, where=file.name)


def _case(graph: Graph, policies: dict[NamedNode, Policy], requests: Graph, worlds: dict[NamedNode, Graph]) -> Case:
    (case,) = graph.typed(EX.TestCase)
    asked = requests.one(graph.one(case, EX.request), ODRL.permission)
    sotw = worlds[graph.one(case, EX.sotw)]
    report = graph.one(case, EX.expectedReport)
    rules = [rule for rule in graph.all(report, REPORT.ruleReport) if isinstance(rule, NamedNode)]
    return Case(
        title=str(graph.all(case, DCT.title)[0]),
        policy=policies[graph.one(case, EX.policy)],
        request=UseRequest(
            requests.one(asked, ODRL.assignee),
            requests.one(asked, ODRL.action),
            requests.one(asked, ODRL.target),
            _time(sotw),
        ),
        world=_world(sotw),
        rules={graph.one(rule, REPORT.rule): _is(graph, rule, REPORT.activationState, REPORT.Active) for rule in rules},
        premises=dict(_premises(graph, rules)),
        constraints={
            graph.one(node, REPORT.constraint): _is(graph, node, REPORT.satisfactionState, REPORT.Satisfied)
            for node in graph.typed(REPORT.ConstraintReport)
        },
    )


def _premises(graph: Graph, rules: list[NamedNode]) -> Iterator[tuple[tuple[NamedNode, str], bool]]:
    kinds = {REPORT.TargetReport: "target", REPORT.PartyReport: "party", REPORT.ActionReport: "action"}
    for rule in rules:
        for premise in graph.all(rule, REPORT.premiseReport):
            for kind in graph.all(premise, RDF.type):
                if isinstance(kind, NamedNode) and kind in kinds:
                    state = _is(graph, premise, REPORT.satisfactionState, REPORT.Satisfied)
                    yield (graph.one(rule, REPORT.rule), kinds[kind]), state


def _is(graph: Graph, subject: object, predicate: NamedNode, value: NamedNode) -> bool:
    return graph.one(subject, predicate) == value


def _time(sotw: Graph) -> datetime:
    (moment,) = sotw.all(_NOW, DCT.issued)
    read = instant(moment)
    assert read
    return read


def _world(sotw: Graph) -> World:
    duties = {quad.subject: quad.object for quad in sotw.quads if quad.predicate == REPORT.deonticState}
    states = {sotw.one(report, REPORT.rule): state for report, state in duties.items()}
    memberships: dict[NamedNode, frozenset[NamedNode]] = {}
    for quad in sotw.quads:
        if quad.predicate == ODRL.partOf and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            memberships[quad.subject] = memberships.get(quad.subject, frozenset()) | {quad.object}
    return World(
        memberships=memberships,
        fulfilled=frozenset(duty for duty, state in states.items() if state == REPORT.Fulfilled),
        violated=frozenset(duty for duty, state in states.items() if state == REPORT.Violated),
    )


def zoned(literal: Literal) -> Literal:
    """Give a time the zone that the suites leave out, and turn a day into its first moment."""
    text = literal.value if "T" in literal.value else f"{literal.value}T00:00:00"
    moment = datetime.fromisoformat(text)
    return Literal(moment.replace(tzinfo=moment.tzinfo or UTC).isoformat(), datatype=ODRL_DATE_TIME)


ODRL_DATE_TIME = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
