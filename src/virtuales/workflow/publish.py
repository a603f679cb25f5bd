"""Step 2, publish: the prepared version enters the catalogue with its offer, its data becomes a graph of its own.

One event carries all of it, so that a version is published whole or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from virtuales.catalogue.drafts import Draft
from virtuales.catalogue.entry import Entry, entry_graph, entry_statements
from virtuales.catalogue.records import Preparation
from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError
from virtuales.journal.event import EventDraft, GraphLoad
from virtuales.policy.handling import check_handling, parse_handling
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.publication import Overlap, check_publishable, overlaps
from virtuales.policy.reading import Json
from virtuales.policy.templates import offer_from
from virtuales.policy.views.written import read_view
from virtuales.policy.written_offers import OfferChoice, WrittenOffer, issue_offer
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import DCAT, VES
from virtuales.rdf.terms import NamedNode, Quad, plain
from virtuales.trust.tokens import Principal
from virtuales.workflow.current_terms import require_current_terms
from virtuales.workflow.derive import UsedSource, judge_derivation, source_licences, used_sources
from virtuales.workflow.govern_policies import held_policy
from virtuales.workflow.judge import require_still_in_force
from virtuales.workflow.offers import offer_of
from virtuales.workflow.prepare import own_draft
from virtuales.workflow.view_publishing import as_shown, prepared_version, terms_used, trial
from virtuales.workflow.workspace import Workspace

_COMPARED_MOST = 10
"""Offers of earlier versions that a new one is compared with."""


@dataclass(frozen=True)
class Published:
    """A version that has entered the catalogue, and where its offer contradicts those of earlier versions."""

    dataset: NamedNode
    version: NamedNode
    number: int
    offer: Offer
    overlaps: tuple[Overlap, ...] = ()


def publish(
    workspace: Workspace, principal: Principal, slug: str, terms: OfferChoice, *, view: Json | None = None
) -> Published:
    """Publish the prepared version of a dataset under an offer.

    Args:
        workspace: The node.
        principal: Who publishes.
        slug: The dataset's short name.
        terms: What the offer says, or the offer as the steward wrote it.
        view: The part of the data that the offer is about, as stewards write it; None for all of it.

    Raises:
        AccessDenied: the principal may not publish here, the dataset is another organisation's, its class, licence and
            offer do not agree, or what it was derived from does not allow it.
        Conflict: the dataset has no prepared version, or it was judged by a schema that is no longer in force.
        InputError: the offer's choices contradict each other, or nobody could ever use the data under it; or the view
            is empty, or cannot be made.
        UnknownTerm: the view names classes or properties that the data does not have.
        PeerFailure, IntegrityFailure: what another node has of its sources cannot be read, or is not that node's.
    """
    before = own_draft(workspace, principal, slug)
    require_current_terms(workspace, NamedNode(principal.organisation))
    if before.preparation:
        workspace.ledger.preload(_loads(workspace, before.preparation))
    sources = used_sources(workspace, before.description)
    terms, shown = _with_view(workspace, before, terms, view)
    with workspace.ledger.turn():
        draft = workspace.drafts.get(before.dataset)
        _prepared(draft)
        if draft.description != before.description:
            raise Conflict("The dataset was described anew while it was judged.", remedy="Publish it again.")
        number = _next_number(workspace, draft)
        version = workspace.addresses.version(slug, number)
        offer = _offer(workspace, draft, terms, version)
        judge_derivation(workspace, draft.description, sources, offer=offer).decision.require(
            "What the data was derived from does not allow to publish it like this.", where=draft.dataset.value
        )
        entry = _entry(workspace, draft, offer.iri, number, sources=sources)
        if shown:
            _same_data(before, draft)
            entry = replace(entry, preparation=shown)
        contradictions = _contradictions(workspace, draft, offer)
        workspace.ledger.record(_event(workspace, draft, entry, offer))
    return Published(draft.dataset, version, number, offer, contradictions)


def _with_view(
    workspace: Workspace, draft: Draft, terms: OfferChoice, written: Json | None
) -> tuple[OfferChoice, Preparation | None]:
    """Return the offer's terms with the view, and what the catalogue tells of the data where there is one."""
    if written is None:
        return terms, None
    if isinstance(terms, WrittenOffer):
        what = "The offer is written, and there is a view beside it."
        raise InputError(what, where="view", remedy="Write the view into the offer, as the guide to views shows.")
    prepared = _prepared(draft)
    whole = prepared_version(workspace, prepared, draft.dataset)
    view = read_view(written, terms_used(workspace, prepared, whole))
    made = trial(workspace, whole, view)
    return replace(terms, view=view), as_shown(prepared, made, workspace.addresses)


def _same_data(before: Draft, now: Draft) -> None:
    if before.preparation != now.preparation:
        raise Conflict("The dataset was prepared anew while its view was made.", remedy="Publish it again.")


def draft_entry(workspace: Workspace, principal: Principal, slug: str) -> tuple[Quad, ...]:
    """Return the catalogue entry that publishing the prepared version now would make; nothing is recorded.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        Conflict: the dataset has no prepared version, or it was judged by a schema that is no longer in force.
    """
    draft = own_draft(workspace, principal, slug)
    number = _next_number(workspace, draft)
    offer = NamedNode(f"{workspace.addresses.version(slug, number).value}#offer")
    sources = used_sources(workspace, draft.description)
    return entry_statements(workspace.addresses, _entry(workspace, draft, offer, number, sources=sources))


def _next_number(workspace: Workspace, draft: Draft) -> int:
    versions = workspace.own_catalogue.versions(draft.dataset)
    return 1 + max((int(number) for _, number in versions), default=0)


def _offer(workspace: Workspace, draft: Draft, terms: OfferChoice, version: NamedNode) -> Offer:
    about = draft.description
    iri, assigner = NamedNode(f"{version.value}#offer"), NamedNode(about.publisher)
    if isinstance(terms, WrittenOffer):
        find, vocabulary = partial(held_policy, workspace), workspace.vocabulary
        offer = issue_offer(terms, find, vocabulary, iri=iri, target=version, assigner=assigner)
    else:
        offer = offer_from(terms, iri=iri, target=version, assigner=assigner)
    check_publishable(offer, workspace.clock.now(), offer.vocabulary)
    handling = replace(
        parse_handling(triage=about.triage, sensitivity=about.sensitivity, reason=about.handling_reason),
        personal_data=about.personal_data,
        personal_data_reason=about.personal_data_reason or "",
    )
    check_handling(handling, licence=workspace.licences.get(about.licence), offer=offer).require(
        "The dataset cannot be published like this.", where=draft.dataset.value
    )
    return offer


def _contradictions(workspace: Workspace, draft: Draft, offer: Offer) -> tuple[Overlap, ...]:
    """Return what this offer permits and that of an earlier version prohibits, or the other way round."""
    versions = [NamedNode(iri) for iri, _ in workspace.own_catalogue.versions(draft.dataset)[:_COMPARED_MOST]]
    earlier = [replace(offer_of(workspace, version), target=offer.target) for version in versions]
    own = {rule.iri for rule in offer.rules}
    found = [overlap for one in earlier for overlap in overlaps([offer, one], offer.vocabulary)]
    return tuple(overlap for overlap in found if len({overlap.permission, overlap.prohibition} & own) == 1)


def _entry(
    workspace: Workspace, draft: Draft, offer: NamedNode, number: int, *, sources: Sequence[UsedSource]
) -> Entry:
    preparation = _prepared(draft)
    require_still_in_force(workspace, preparation)
    return Entry(
        description=draft.description,
        preparation=preparation,
        number=number,
        issued=iso_instant(workspace.clock.now()),
        licence_url=workspace.licences.get(draft.description.licence).iri.value,
        offer=offer,
        previous=number - 1 if number > 1 else None,
        source_licences=source_licences(draft.description, sources),
    )


def _prepared(draft: Draft) -> Preparation:
    if draft.preparation is None:
        raise Conflict(
            "There is no prepared version to publish.", where=draft.dataset.value, remedy="Prepare it first."
        )
    return draft.preparation


def _event(workspace: Workspace, draft: Draft, entry: Entry, offer: Offer) -> EventDraft:
    graph = entry_graph(workspace.addresses, draft.description.sensitivity)
    change = ChangeSet(
        add=entry_statements(workspace.addresses, entry) + policy_quads(offer, graph),
        remove=_outdated(workspace, draft),
    )
    desk = workspace.drafts.save(replace(draft, files=(), preparation=None))
    return EventDraft(
        "DatasetPublished",
        offer.target.value,
        facts={
            "title": draft.description.title,
            "version": entry.number,
            "files": [{"name": file.name, "sha256": file.digest} for file in entry.preparation.files],
            "schemas": list(entry.preparation.verdict.schemas),
        },
        change=change | desk,
        loads=_loads(workspace, entry.preparation),
        actor=draft.description.publisher,
    )


def _loads(workspace: Workspace, preparation: Preparation) -> tuple[GraphLoad, ...]:
    digests = dict.fromkeys(model.digest for model in preparation.models)
    return tuple(GraphLoad(workspace.addresses.model_graph(digest), digest) for digest in digests)


def unpublished_graphs(workspace: Workspace) -> list[NamedNode]:
    """Return the graphs of models that no version refers to: what a publication left that did not come about."""
    prefix = workspace.addresses.model_graphs
    kept = workspace.store.select(
        f"SELECT DISTINCT ?g WHERE {{ ?model {VES.modelGraph} ?g }}", graphs=workspace.own_graphs
    )
    published = {plain(row["g"]) for row in kept}
    return [
        graph for graph in workspace.store.graphs() if graph.value.startswith(prefix) and graph.value not in published
    ]


def _outdated(workspace: Workspace, draft: Draft) -> tuple[Quad, ...]:
    """Return what the entry of the dataset said before, save its list of versions, which only grows."""
    said = workspace.own_catalogue.statements(draft.dataset)
    return tuple(quad for quad in said if quad.predicate != DCAT.hasVersion)
