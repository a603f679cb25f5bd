"""Which dataset versions one question is put to: those of the catalogue that the asker may use, and those it may not.

Of each dataset one version takes part, the newest that the asker may use: two versions of the same data would answer
twice. A participant's node knows the other nodes' datasets by the orchestrator's catalogue, and the agreements of the
organisation that it hosts by itself; so while the orchestrator is away, what those are about can still be asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, cast
from urllib.parse import urlencode

from virtuales.catalogue.askable import AskableVersion, askable_query, read_askable
from virtuales.catalogue.search import Question
from virtuales.contract.agreements import AgreementRecord
from virtuales.errors import NotFound, PeerFailure, VirtualesError
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.participants import Participant
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import admission
from virtuales.workflow.discover import known_nodes, visible_graphs
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

CATALOGUE_SECONDS: Final = 10.0
"""How long the orchestrator's catalogue is waited for."""
_ANY: Final = Question()
Basis = Literal["own", "open", "agreement"]
TokenFor = Callable[[str], str | None]
"""Gives a token of the asker's for a node; None where there is none, so that only what is open is asked for."""


@dataclass(frozen=True)
class Choice:
    """What a question is put to.

    Args:
        datasets: What the datasets have in common; without a condition all of the catalogue.
        named: IRIs of dataset versions, or of datasets; empty where nobody named any.
    """

    datasets: Question = _ANY
    named: tuple[str, ...] = ()

    def names(self, version: AskableVersion) -> bool:
        """Tell whether a version, or its dataset, was named."""
        return version.iri in self.named or version.dataset in self.named


ALL: Final = Choice()
"""All of the catalogue."""


@dataclass(frozen=True)
class InReach:
    """A dataset version that a question is about.

    Args:
        version: The version.
        node: Base URL of its node.
        basis: By what it may be used; None where it may not.
        agreement: IRI of the agreement by which it may.
        reasons: Why it may not be used, a sentence each.
        remedy: How to come to use it.
    """

    version: AskableVersion
    node: str
    basis: Basis | None = None
    agreement: str | None = None
    reasons: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True)
class Reach:
    """The versions that a question is put to.

    Args:
        usable: Those that may be used.
        refused: Those that may not.
        unseen: Why the catalogue could not be read, so that there may be more; None where it was.
    """

    usable: tuple[InReach, ...]
    refused: tuple[InReach, ...]
    unseen: VirtualesError | None = None


def versions_in_reach(
    workspace: Workspace, asker: Principal | None, choice: Choice, *, terms: frozenset[str] | None, token_for: TokenFor
) -> Reach:
    """Return the versions that a question is put to.

    Args:
        workspace: The node.
        asker: Who asks; None for the public.
        choice: Which datasets.
        terms: The terms that the question is about; None where it may be about anything.
        token_for: Gives the asker's token for another node.

    Raises:
        AccessDenied: the asker's organisation is not approved, or its token does not cover data.
        NotFound: a version or dataset was named that the catalogue does not have.
    """
    participant = workspace.approved(asker, Scope.DATA_READ) if asker else None
    text = askable_query(choice.datasets, terms, choice.named)
    listed = {one.iri: one for one in _listed_here(workspace, asker, text)}
    unseen: VirtualesError | None = None
    if not workspace.is_orchestrator:
        try:
            elsewhere = _listed_by_orchestrator(workspace, asker, text, token_for)
        except VirtualesError as error:
            unseen, elsewhere = error, _agreed(workspace, participant, choice) if participant else []
        own = workspace.addresses.owns
        listed |= {one.iri: one for one in elsewhere if not own(one.iri)}
    if unseen is None:
        _refuse_unknown(choice, listed.values())
    standing = _Standing(workspace, asker, participant, known_nodes(workspace), _agreements(workspace, participant))
    usable, refused = _chosen([standing.of(one) for one in listed.values()], choice)
    return Reach(usable, refused, unseen)


def _refuse_unknown(choice: Choice, listed: Iterable[AskableVersion]) -> None:
    known = {iri for one in listed for iri in (one.iri, one.dataset)}
    for iri in choice.named:
        if iri not in known:
            raise NotFound(
                "There is no such dataset that can be asked, or none that you may know of.",
                where=iri,
                remedy="Take the IRI from the catalogue.",
            )


def _agreements(workspace: Workspace, participant: Participant | None) -> Mapping[str, Sequence[AgreementRecord]]:
    """Return the agreements by which an organisation at home here may use data, by the version's IRI."""
    found: defaultdict[str, list[AgreementRecord]] = defaultdict(list)
    if participant and participant.node_url == workspace.addresses.base:
        for record in Desk(workspace).agreements.of_party(participant.iri):
            if record.signed.request.assignee == participant.iri:
                found[record.signed.agreement.target.value].append(record)
    return found


def _chosen(found: Sequence[InReach], choice: Choice) -> tuple[tuple[InReach, ...], tuple[InReach, ...]]:
    """Choose the versions that take part, and those that are refused."""
    ordered = sorted(found, key=lambda one: (one.version.dataset, -one.version.number))
    usable: list[InReach] = []
    refused: list[InReach] = []
    for _, group in groupby(ordered, key=lambda one: one.version.dataset):
        versions = list(group)
        named = [one for one in versions if one.version.iri in choice.named]
        newest = next((one for one in versions if one.basis), None)
        taken = named or [one for one in versions if one is newest or one.version.is_current]
        usable += [one for one in taken if one.basis]
        refused += [one for one in taken if not one.basis]
    return tuple(usable), tuple(refused)


def _listed_here(workspace: Workspace, asker: Principal | None, text: str) -> list[AskableVersion]:
    """Return the versions that this node's own store tells of: the orchestrator's of all, another's of its own."""
    rows = workspace.store.select(text, graphs=visible_graphs(workspace, asker))
    return read_askable({name: plain(term) for name, term in row.items()} for row in rows)


def _listed_by_orchestrator(
    workspace: Workspace, asker: Principal | None, text: str, token_for: TokenFor
) -> list[AskableVersion]:
    """Ask the orchestrator's catalogue.

    Raises:
        PeerFailure: it does not answer, or not as a catalogue does.
    """
    node = workspace.orchestrator
    token = token_for(node) if asker else None
    path = "/sparql/catalogue?" + urlencode({"query": text})
    answer = workspace.peers.ask(node, path, token=token, seconds=CATALOGUE_SECONDS)
    try:
        results = cast("Mapping[str, Sequence[Mapping[str, Mapping[str, str]]]]", answer["results"])
        rows = [{name: term["value"] for name, term in row.items()} for row in results["bindings"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise PeerFailure("The orchestrator's catalogue answered with what is no table.", where=node) from error
    return read_askable(rows)


def _agreed(workspace: Workspace, participant: Participant, choice: Choice) -> list[AskableVersion]:
    """Return the versions of other nodes that an organisation has agreements about, as far as this node knows them."""
    if choice.datasets != _ANY:
        return []
    found: list[AskableVersion] = []
    for iri, records in _agreements(workspace, participant).items():
        dataset, _, number = iri.partition("/version/")
        if number.isdecimal() and (not choice.named or {iri, dataset} & {*choice.named}):
            found.append(
                AskableVersion(
                    iri=iri,
                    dataset=dataset,
                    number=int(number),
                    title=dataset.rpartition("/")[2],
                    publisher=records[0].signed.agreement.assigner.value,
                    sensitivity="",
                    is_current=False,
                )
            )
    return found


@dataclass(frozen=True)
class _Standing:
    """How an asker stands to versions."""

    workspace: Workspace
    asker: Principal | None
    participant: Participant | None
    nodes: Sequence[str]
    agreements: Mapping[str, Sequence[AgreementRecord]]

    def of(self, version: AskableVersion) -> InReach:
        """Tell by what a version may be used, or why it may not be."""
        node = next(self._owners(version.iri), "")
        if not node:
            why = "It is on a node that this one does not know, or whose organisation is not approved now."
            return InReach(version, node, reasons=(why,), remedy="Try again when the organisation is approved.")
        if node == self.workspace.addresses.base:
            return self._here(version, node)
        if version.sensitivity == "O":
            return InReach(version, node, "open")
        if self.participant and self.participant.node_url == self.workspace.addresses.base:
            return self._by_agreement(version, node)
        home = self.participant.node_url if self.participant else None
        why = "Your organisation's agreements are not known on this node." if home else "Nobody is named."
        ask = f"Ask at your organisation's own node, {home}." if home else "Use a token of your organisation."
        return InReach(version, node, reasons=(why,), remedy=ask)

    def _owners(self, iri: str) -> Iterator[str]:
        return (node for node in self.nodes if Addresses(node).owns(iri))

    def _here(self, version: AskableVersion, node: str) -> InReach:
        admitted = admission(self.workspace, self.participant, NamedNode(version.iri))
        if not admitted.decision.allowed:
            reasons = tuple(reason.message for reason in admitted.decision.reasons)
            return InReach(version, node, reasons=reasons, remedy=_how_to_ask(version, known=self.asker is not None))
        own = self.participant is not None and version.publisher == self.participant.iri.value
        return InReach(
            version, node, "own" if own else "agreement" if admitted.agreement else "open", admitted.agreement
        )

    def _by_agreement(self, version: AskableVersion, node: str) -> InReach:
        now = self.workspace.clock.now()
        decisions = [(record, record.in_force(now)) for record in self.agreements.get(version.iri, ())]
        for record, decision in decisions:
            if decision.allowed:
                return InReach(version, node, "agreement", record.iri.value)
        told = [reason.message for _, decision in decisions[:1] for reason in decision.reasons]
        reasons = told or ["Your organisation has no agreement about this dataset version."]
        return InReach(version, node, reasons=tuple(reasons), remedy=_how_to_ask(version, known=True))


def _how_to_ask(version: AskableVersion, *, known: bool) -> str:
    ask = f"Ask for access at your own node: `virtuales request {version.iri}`."
    return ask if known else f"Use a token of your organisation. {ask}"
