"""Step 3, search: the index asked for somebody, after it was brought up to the last event.

The index follows the journal: each event tells which entries to read anew. An index that is behind catches up before it
answers, one that is missing, broken or ahead of the journal is made anew of the catalogue, and who asks only waits.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeVar

from virtuales.catalogue.index.answers import SHOWN_VALUES, Answers, Found
from virtuales.catalogue.index.fields import stems
from virtuales.catalogue.index.index import NOTHING, SearchIndex
from virtuales.catalogue.index.question import SearchQuestion, Sight
from virtuales.catalogue.index.reading import EntryReader, Offered, dataset_of, is_of_entries
from virtuales.catalogue.index.thesaurus import Meaning, Thesaurus
from virtuales.catalogue.index.wording import Unit, read_units
from virtuales.contract.agreements import AgreementRecord, AgreementStatus
from virtuales.errors import InputError, NotFound
from virtuales.journal.event import Event
from virtuales.models.terms import terms_of
from virtuales.policy.odrl_rdf import get_policy
from virtuales.policy.templates import is_open
from virtuales.rdf.namespaces import PROV
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.participants import Participant
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import admission
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace

_LOG = logging.getLogger(__name__)
_WRITTEN_AFTER: Final = 1_000
"""How many events that change nothing may pass before the index writes down that it is up to them."""
_ORGANISATION: Final = 0.9
"""How near an organisation is to the beginning of its name."""

Answer = TypeVar("Answer")


def search(
    workspace: Workspace,
    principal: Principal | None,
    question: SearchQuestion,
    *,
    facets: Sequence[str] = (),
    values: int = SHOWN_VALUES,
) -> Found:
    """Find datasets, with counts of facets.

    Args:
        workspace: The node.
        principal: Who asks; None for the public.
        question: What is looked for.
        facets: Which facets to count.
        values: The most values of each.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        StoreFailure: the index cannot be written.
    """
    units = units_of(workspace, question.text)
    return _ask(workspace, principal, lambda answers: answers.search(question, units, facets=facets, values=values))


def suggest(workspace: Workspace, principal: Principal | None, opening: str, limit: int = 10) -> tuple[str, ...]:
    """Return titles and keywords that somebody who types may mean and may see; raises what `search` raises."""
    return _ask(workspace, principal, lambda answers: answers.suggest(opening, limit))


def units_of(workspace: Workspace, text: str) -> tuple[Unit, ...]:
    """Take a text apart, with what its words mean by the models and mappings in use."""
    return read_units(text, _thesaurus(workspace), partial(_organisations, workspace)) if text.strip() else ()


def sight_of(workspace: Workspace, principal: Principal | None) -> Sight:
    """Return what somebody may see, and how they stand to it.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    graphs = tuple(graph.value for graph in visible_graphs(workspace, principal))
    organisation = workspace.find_participant(principal.organisation) if principal else None
    if organisation is None:
        return Sight(graphs)
    return Sight(
        graphs,
        organisation=organisation.iri.value,
        own_graphs=tuple(graph.value for graph in workspace.own_graphs),
        granted=frozenset(_granted(workspace, organisation)),
    )


def keep_in_step(workspace: Workspace) -> SearchIndex:
    """Bring the index up to the last event that the store has, and return it."""
    index, ledger = workspace.search_index, workspace.ledger
    if ledger.recorded <= index.sequence <= ledger.journal.head.sequence:
        return index
    with index.lock:
        applied = workspace.store.applied_sequence()
        entries = EntryReader(workspace.store, partial(_is_open, workspace))
        if index.sequence == NOTHING or index.sequence > applied:
            index.fill(entries.all(), sequence=applied)
        elif index.sequence < applied:
            touched = _touched(ledger.journal.events(after=index.sequence, until=applied))
            if touched or applied - index.sequence > _WRITTEN_AFTER:
                index.replace(entries.some(touched), keys=touched, sequence=applied)
            else:
                index.advance(applied)
    return index


def _ask(workspace: Workspace, principal: Principal | None, ask: Callable[[Answers], Answer]) -> Answer:
    sight = sight_of(workspace, principal)
    try:
        return ask(keep_in_step(workspace).answers(sight))
    except ValueError as error:  # the library says so of files that it cannot read
        _LOG.warning("the search index is made anew: %s", error)
        workspace.search_index.clear()
        return ask(keep_in_step(workspace).answers(sight))


def _touched(events: Iterable[Event]) -> list[str]:
    """Return the datasets whose entries events changed, and those that something was derived from."""
    found: dict[str, None] = {}
    for event in events:
        for quad in (*event.draft.change.remove, *event.draft.change.add):
            if not is_of_entries(plain(quad.graph_name)):
                continue
            named = [quad.subject, *([quad.object] if quad.predicate == PROV.wasDerivedFrom else [])]
            found |= {dataset: None for node in named if (dataset := dataset_of(plain(node)))}
    return list(found)


def _is_open(workspace: Workspace, offered: Offered) -> bool:
    """Tell what `standing` would: of other nodes' versions only the class is known."""
    if not workspace.addresses.owns(offered.version):
        return offered.sensitivity == "O"
    try:
        offer = NamedNode(offered.offer or "urn:virtuales:none")
        return is_open(get_policy(workspace.store, NamedNode(offered.graph), offer))
    except (InputError, NotFound):
        return False


def _granted(workspace: Workspace, organisation: Participant) -> Iterable[str]:
    """Give the versions that agreements let an organisation use now."""
    desk, now = Desk(workspace), workspace.clock.now()

    def read() -> list[AgreementRecord]:
        return [
            one
            for one in desk.agreements.of_party(organisation.iri)
            if one.signed.agreement.assignee == organisation.iri
        ]

    records = workspace.kept(("agreements of", organisation.iri), [desk.agreements_graph], read)
    for version in {one.signed.agreement.target for one in records if one.status(now) is AgreementStatus.ACTIVE}:
        if not workspace.addresses.owns(version.value) or _may_use(workspace, organisation, version):
            yield version.value


def _may_use(workspace: Workspace, organisation: Participant, version: NamedNode) -> bool:
    try:
        return admission(workspace, organisation, version).decision.allowed
    except NotFound:
        return False


def _thesaurus(workspace: Workspace) -> Thesaurus:
    """Return the words of the models and mappings in use, made anew when those change."""
    models, mappings = workspace.models, workspace.mappings

    def make() -> Thesaurus:
        terms = (term for name in sorted(models.references()) for term in terms_of(models.model(name), name))
        sets = (mappings.mapping_set(name) for name in mappings.names())
        return Thesaurus(terms, (mapping for one in sets for mapping in one.mappings))

    return workspace.thesaurus.of((models.revision, mappings), make)


def _organisations(workspace: Workspace, words: tuple[str, ...]) -> tuple[Meaning, ...]:
    """Return the organisations whose names begin with some words."""
    graphs = workspace.registry_graphs
    named = workspace.kept(
        "names of organisations",
        [graphs.registry, graphs.private],
        lambda: [(one.iri.value, one.legal_name, stems(one.legal_name)) for one in workspace.participants.all()],
    )
    return tuple(
        Meaning(iri, name, (), _ORGANISATION) for iri, name, stemmed in named if stemmed[: len(words)] == words
    )
