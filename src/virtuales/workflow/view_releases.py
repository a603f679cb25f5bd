"""Numbers with noise: drawn once for a dataset version's content and a view, and never again, whoever is shown them.

What was drawn is recorded in the journal before anybody sees it, so a node that is restarted, or whose store is made
anew, shows the same. All agreements that grant the same view show the same numbers: neither asking again, nor agreeing
anew, nor putting together what several organisations got averages the noise out.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from virtuales.clock import iso_instant
from virtuales.errors import NotFound
from virtuales.journal.event import EventDraft, GraphLoad
from virtuales.policy.decision import Decision
from virtuales.policy.odrl import part_iri
from virtuales.policy.views.refinements import collection_of, view_of
from virtuales.policy.views.view import Noise, View
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import PROV, RDF, VES
from virtuales.rdf.terms import NamedNode, date_time, plain, typed
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.view_sources import WholeVersion, maker_of
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Disclosure:
    """That numbers with noise were shown under an agreement.

    Args:
        release: The graph with the numbers.
        agreement: The agreement.
        epsilon: Their privacy loss.
        delta: The chance that it is more.
        at: When they were shown first, in ISO 8601.
    """

    release: NamedNode
    agreement: NamedNode
    epsilon: Decimal
    delta: Decimal
    at: str


def release(workspace: Workspace, whole: WholeVersion, part: View) -> NamedNode:
    """Return the graph with the numbers of a view; the noise is drawn where it was not yet.

    Raises:
        ConfigurationError: noise has to be drawn, and what draws it is not installed.
        TooLarge: the version's tables have too many cells.
    """
    graph = release_graph(workspace, whole, part)
    if not _is_drawn(workspace, graph):
        made = maker_of(workspace, whole).make(part, key=b"", name=graph)
        body = "".join(f"{one} .\n" for one in made.statements).encode()
        digest = workspace.objects.put(io.BytesIO(body)).digest
        with workspace.ledger.turn():
            if not _is_drawn(workspace, graph):  # what another thread drew meanwhile stands
                workspace.ledger.record(_drawn(workspace, graph, whole, part, digest=digest))
    return graph


def release_graph(workspace: Workspace, whole: WholeVersion, part: View) -> NamedNode:
    """Return the graph that the numbers of a view stand in; two views that differ in the budget alone have the same."""
    any_source = NamedNode("urn:virtuales:any")
    read = view_of(collection_of(part, iri=part_iri(any_source, "view"), source=any_source))  # as an agreement has it
    if read.aggregation and read.noise:
        read = replace(read, aggregation=replace(read.aggregation, noise=replace(read.noise, budget=Decimal(0))))
    return workspace.addresses.release_graph(hashlib.sha256(repr((whole.content, read)).encode()).hexdigest())


def budget_decision(workspace: Workspace, whole: WholeVersion, part: View, *, organisation: NamedNode) -> Decision:
    """Decide whether an organisation may be shown the numbers of a view, with all that it was shown of the version."""
    noise = _noise(part)
    shown = disclosures_to(workspace, organisation, whole.version)
    graph = release_graph(workspace, whole, part)
    losses = {one.release: one.epsilon for one in shown} | {graph: noise.epsilon}
    total = sum(losses.values(), Decimal(0))
    if any(one.release == graph for one in shown) or total <= noise.budget:
        return Decision.allow("privacy-budget", f"A privacy loss of {total:f} of {noise.budget:f} is in the budget.")
    return Decision.deny(
        "privacy-budget",
        f"Together with what your organisation was shown of this version the privacy loss would be {total:f}; the "
        f"agreement's budget is {noise.budget:f}.",
        value=f"{total:f}",
        remedy="Use what you were shown before, or ask the provider for an agreement with a larger budget.",
    )


def disclose(workspace: Workspace, whole: WholeVersion, part: View, *, under: NamedNode) -> NamedNode:
    """Return the graph with the numbers of a view, and record that they are shown under an agreement or open offer.

    Raises:
        AccessDenied: the agreement's budget does not allow it.
        ConfigurationError, TooLarge: as `release` does.
    """
    graph = release(workspace, whole, part)
    if (graph, under) in _shown_under(workspace, under):
        return graph
    organisation = _consumer(workspace, under)
    with workspace.ledger.turn():
        if organisation:
            decision = budget_decision(workspace, whole, part, organisation=organisation)
            decision.require("You may not be shown these numbers.", where=whole.version.value)
        if (graph, under) not in _shown_under(workspace, under):
            workspace.ledger.record(
                _disclosed(workspace, graph, whole, _noise(part), under=under, organisation=organisation)
            )
    return graph


def disclosures_under(workspace: Workspace, agreement: NamedNode) -> list[Disclosure]:
    """Return what was shown under an agreement of this node, the first first."""
    return _disclosures(workspace, f"?node {VES.agreement} {agreement} .")


def disclosures_to(workspace: Workspace, organisation: NamedNode, version: NamedNode) -> list[Disclosure]:
    """Return what an organisation was shown of a dataset version, under whatever agreement."""
    return _disclosures(workspace, f"?node {PROV.wasAssociatedWith} {organisation} ; {PROV.used} {version} .")


def _disclosures(workspace: Workspace, pattern: str) -> list[Disclosure]:
    rows = workspace.store.select(
        f"SELECT * WHERE {{ {pattern} ?node {VES.discloses} ?release ; {VES.agreement} ?agreement ; "
        f"{VES.epsilon} ?epsilon ; {VES.delta} ?delta ; {PROV.startedAtTime} ?at }} ORDER BY ?at ?release",
        graphs=_records(workspace),
    )
    return [
        Disclosure(
            release=NamedNode(plain(row["release"])),
            agreement=NamedNode(plain(row["agreement"])),
            epsilon=Decimal(plain(row["epsilon"])),
            delta=Decimal(plain(row["delta"])),
            at=plain(row["at"]),
        )
        for row in rows
    ]


def _shown_under(workspace: Workspace, under: NamedNode) -> Sequence[tuple[NamedNode, NamedNode]]:
    return workspace.kept(
        ("disclosures", under),
        _records(workspace),
        lambda: [(one.release, one.agreement) for one in disclosures_under(workspace, under)],
    )


def _consumer(workspace: Workspace, under: NamedNode) -> NamedNode | None:
    """Return whom an agreement lets in; None for an open offer."""
    try:
        return Desk(workspace).agreements.get(under).signed.request.assignee
    except NotFound:
        return None


def _is_drawn(workspace: Workspace, graph: NamedNode) -> bool:
    return workspace.store.ask(f"ASK {{ {graph} a {VES.NoisyRelease} }}", graphs=_records(workspace))


def _records(workspace: Workspace) -> list[NamedNode]:
    return [workspace.addresses.graph("disclosures")]


def _noise(part: View) -> Noise:
    if part.noise is None:
        raise TypeError("only a view with noise has a privacy loss")
    return part.noise


def _drawn(workspace: Workspace, graph: NamedNode, whole: WholeVersion, part: View, *, digest: str) -> EventDraft:
    noise = _noise(part)
    said = Statements(_records(workspace)[0]).say(graph, RDF.type, VES.NoisyRelease)
    _say_loss(said, graph, noise)
    return EventDraft(
        "NoiseDrawn",
        graph.value,
        facts={"of": whole.version.value, "epsilon": f"{noise.epsilon:f}", "delta": f"{noise.delta:f}"},
        change=ChangeSet(add=said.quads),
        loads=(GraphLoad(graph, digest),),
    )


def _disclosed(
    workspace: Workspace,
    graph: NamedNode,
    whole: WholeVersion,
    noise: Noise,
    *,
    under: NamedNode,
    organisation: NamedNode | None,
) -> EventDraft:
    key = hashlib.sha256(f"{graph.value} {under.value}".encode()).hexdigest()[:32]
    node = workspace.addresses.thing("disclosure", key)
    said = Statements(_records(workspace)[0]).say(node, RDF.type, VES.Disclosure).say(node, VES.discloses, graph)
    said.say(node, VES.agreement, under).say(node, PROV.wasAssociatedWith, organisation).say(
        node, PROV.used, whole.version
    )
    said.say(node, PROV.startedAtTime, date_time(iso_instant(workspace.clock.now())))
    _say_loss(said, node, noise)
    return EventDraft(
        "PrivacyLossIncurred",
        node.value,
        facts={"agreement": under.value, "release": graph.value, "epsilon": f"{noise.epsilon:f}"},
        change=ChangeSet(add=said.quads),
        actor=organisation.value if organisation else None,
    )


def _say_loss(said: Statements, node: NamedNode, noise: Noise) -> None:
    said.say(node, VES.epsilon, typed(f"{noise.epsilon:f}", "decimal"))
    said.say(node, VES.delta, typed(f"{noise.delta:f}", "decimal"))
