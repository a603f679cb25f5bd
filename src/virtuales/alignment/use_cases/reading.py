"""Reading the record of a use case from its Turtle file."""

from collections import abc
from pathlib import Path
from typing import TypeVar

from virtuales.alignment.use_cases.graph import Node, RecordGraph
from virtuales.alignment.use_cases.record import (
    ASPECTS,
    METHOD_STEPS,
    PRIORITIES,
    Activity,
    Named,
    Proposal,
    Remark,
    Requirement,
    Step,
    TermCoverage,
    UseCase,
)
from virtuales.alignment.use_cases.units import symbol_of
from virtuales.errors import InputError
from virtuales.rdf.namespaces import (
    DCAT,
    DCTERMS,
    OA,
    ORG,
    OWL,
    P_PLAN,
    PROV,
    QUDT,
    RDFS,
    SKOS,
    VES,
)
from virtuales.rdf.terms import NamedNode


def read_use_case(path: Path) -> UseCase:
    """Read the record of a use case.

    Raises:
        UnreadableInput: the file is not there, or is no Turtle.
        InputError: it holds no use case or several, or something is missing; names the file and the line.
        UnknownTerm: a unit is not known.
    """
    return use_case_of(RecordGraph(path))


def use_case_of(graph: RecordGraph) -> UseCase:
    """Make the record of its statements; errors are those of `read_use_case`."""
    found = graph.of_type(VES.UseCase)
    if len(found) != 1:
        raise InputError(
            f"The file holds {len(found)} use cases; one is needed.",
            where=str(graph.path),
            remedy="Write each use case (`ves:UseCase`) in a file of its own.",
        )
    (iri,) = found
    requirements = [_requirement(graph, node) for node in graph.of_type(VES.DataRequirement)]
    revised = {one.revises for one in requirements if one.revises}
    current = (one for one in requirements if one.iri not in revised)
    return UseCase(
        iri=iri.value,
        identifier=graph.needed(iri, DCTERMS.identifier),
        title=graph.needed(iri, DCTERMS.title),
        description=graph.needed(iri, DCTERMS.description),
        source=graph.text(iri, DCTERMS.source),
        version=graph.text(iri, OWL.versionInfo),
        actors=tuple(_actor(graph, node) for node in graph.of_type(ORG.Role)),
        steps=_in_order([_step(graph, node) for node in graph.of_type(P_PLAN.Step)]),
        requirements=tuple(sorted(current, key=lambda one: one.identifier)),
        earlier={one.iri: one for one in requirements if one.iri in revised},
        remarks=tuple(sorted(_remarks(graph), key=lambda one: (one.on, one.iri))),
        activities=tuple(sorted(_activities(graph), key=lambda one: (one.ended, _place(one.step), one.iri))),
        proposals=tuple(_proposal(graph, node) for node in _proposed(graph)),
    )


def _actor(graph: RecordGraph, node: Node) -> Named:
    return Named(node.value, graph.needed(node, SKOS.prefLabel), graph.text(node, SKOS.definition))


def _step(graph: RecordGraph, node: Node) -> Step:
    return Step(
        node.value,
        graph.needed(node, SKOS.prefLabel),
        graph.text(node, DCTERMS.description),
        after=graph.iris(node, P_PLAN.isPrecededBy),
        performed_by=graph.iris(node, VES.performedBy),
    )


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Put steps behind those that they come after; steps in a circle keep the order of their IRIs."""
    waiting, ordered, known = list(steps), list[Step](), {one.iri for one in steps}
    while waiting:
        done = {one.iri for one in ordered}
        ready = [one for one in waiting if known.intersection(one.after) <= done]
        ordered += ready or waiting[:1]
        waiting = [one for one in waiting if one not in ordered]
    return tuple(ordered)


def _requirement(graph: RecordGraph, node: Node) -> Requirement:
    return Requirement(
        iri=node.value,
        identifier=graph.needed(node, DCTERMS.identifier),
        title=graph.needed(node, DCTERMS.title),
        description=graph.needed(node, DCTERMS.description),
        version=graph.needed(node, OWL.versionInfo),
        issued=graph.needed(node, DCTERMS.issued),
        priority=_known(graph, node, VES.priority, PRIORITIES),
        needed_by=graph.iris(node, VES.neededBy),
        supplied_by=graph.iris(node, VES.suppliedBy),
        needed_at=graph.iris(node, VES.neededAt),
        purposes=graph.iris(node, VES.requestedPurpose),
        unit=_unit(graph, node),
        resolution=graph.text(node, DCAT.temporalResolution),
        maximum_age=graph.text(node, VES.maximumAge),
        personal=graph.is_true(node, VES.personalData),
        coverage=tuple(sorted(_coverage(graph, node), key=lambda one: (one.model, one.terms))),
        change_note=graph.text(node, SKOS.changeNote),
        led_by=graph.iris(node, PROV.wasInfluencedBy),
        revises=graph.text(node, PROV.wasRevisionOf),
    )


def _unit(graph: RecordGraph, node: Node) -> str:
    unit = graph.text(node, QUDT.hasUnit)
    return symbol_of(unit, graph.where(node, unit)) if unit else ""


def _coverage(graph: RecordGraph, requirement: Node) -> abc.Iterator[TermCoverage]:
    for node in graph.nodes(requirement, VES.coverage):
        terms = graph.iris(node, VES.term)
        if not terms:
            raise InputError(
                "A coverage names no term.", where=graph.where(node), remedy="Name the model's terms with `ves:term`."
            )
        model = graph.needed(node, VES.inModel)
        lacks = frozenset(_word(graph, node, iri, ASPECTS) for iri in graph.iris(node, VES.lacks))
        yield TermCoverage(model, terms, lacks, graph.text(node, RDFS.comment))


_Value = TypeVar("_Value", bound=str)


def _known(graph: RecordGraph, node: Node, predicate: NamedNode, words: abc.Mapping[NamedNode, _Value]) -> _Value:
    return _word(graph, node, graph.needed(node, predicate), words)


def _word(graph: RecordGraph, node: Node, iri: str, words: abc.Mapping[NamedNode, _Value]) -> _Value:
    found = next((word for each, word in words.items() if each.value == iri), None)
    if found is None:
        names = ", ".join(f"<{each.value}>" for each in words)
        raise InputError(f"<{iri}> is not known here.", where=graph.where(node, iri), remedy=f"Write one of {names}.")
    return found


def _remarks(graph: RecordGraph) -> abc.Iterator[Remark]:
    painful = set(graph.of_type(VES.PainPoint))
    for node in dict.fromkeys((*painful, *graph.of_type(OA.Annotation))):
        yield Remark(
            iri=node.value,
            text=graph.needed(node, OA.bodyValue),
            about=graph.iris(node, OA.hasTarget),
            by=graph.needed(node, DCTERMS.creator),
            on=graph.needed(node, DCTERMS.created),
            source=graph.text(node, DCTERMS.source),
            pain_point=node in painful,
        )


def _activities(graph: RecordGraph) -> abc.Iterator[Activity]:
    for node in graph.of_type(PROV.Activity):
        step = graph.needed(node, DCTERMS.type)
        _word(graph, node, step, METHOD_STEPS)
        yield Activity(
            iri=node.value,
            step=step,
            label=graph.needed(node, RDFS.label),
            ended=graph.needed(node, PROV.endedAtTime),
            used=graph.iris(node, PROV.used),
        )


def _place(step: str) -> int:
    return [each.value for each in METHOD_STEPS].index(step)


def _proposed(graph: RecordGraph) -> list[NamedNode]:
    found = {each.subject for each in graph.triples if each.predicate == VES.proposedFor}
    return sorted((each for each in found if isinstance(each, NamedNode)), key=lambda each: each.value)


def _proposal(graph: RecordGraph, node: NamedNode) -> Proposal:
    return Proposal(
        iri=node.value,
        label=graph.needed(node, RDFS.label),
        definition=graph.needed(node, RDFS.comment),
        proposed_for=graph.iris(node, VES.proposedFor),
        statements=tuple(graph.about(node)),
    )
