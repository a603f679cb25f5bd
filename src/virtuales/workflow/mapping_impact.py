"""What a version of mappings changes: the mappings of a node, or of a folder, with it and without it."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from virtuales.alignment.impact.comparison import AskedQuery, Comparison
from virtuales.alignment.impact.record import (
    DatasetChange,
    Impact,
    StatementChange,
    TranslationChange,
)
from virtuales.alignment.registered.folder import RegisteredFile
from virtuales.alignment.registered.version import MappingKind, MappingStatus, MappingVersion
from virtuales.alignment.translation.account import Account
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.catalogue.term_use import read_uses
from virtuales.clock import Clock
from virtuales.errors import UnknownTerm
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.difference import ModelFile
from virtuales.query.saved_query import SavedQuery
from virtuales.rdf.namespaces import DCAT, DCTERMS
from virtuales.rdf.terms import NamedNode, plain
from virtuales.trust.tokens import Principal
from virtuales.workflow.convert import Converter
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.known_mappings import content_of
from virtuales.workflow.saved_queries import shipped_queries
from virtuales.workflow.workspace import Workspace


def impact_of(workspace: Workspace, principal: Principal | None, version: MappingVersion) -> Impact:
    """Compare a node's mappings with a version and without it.

    Args:
        workspace: The node's parts.
        principal: Who asks; None for the public. Datasets that the asker may not know of are left out.
        version: The version.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        NotFound, PeerFailure, IntegrityFailure: the version's file cannot be had.
    """
    key = version.iri, version.status, workspace.mappings_in_use.current, workspace.models.revision
    found = workspace.impacts.get(key, lambda: _worked_out(workspace, version))
    return replace(found, datasets=tuple(_datasets(workspace, principal, found.translations)))


def _worked_out(workspace: Workspace, version: MappingVersion) -> Impact:
    """Compare a node's mappings with a version and without it, whoever asks."""
    current = workspace.mappings_in_use.current
    if version.status is MappingStatus.PUBLISHED:
        comparison = Comparison(current.without(version.identifier), current, workspace.models)
        standing = None
    else:
        added = current.with_files([RegisteredFile(version, content_of(workspace, version))])
        comparison = Comparison(current, added, workspace.models)
        standing = current.files().get(version.identifier)
    ends = ends_of(version, comparison)
    found = compare_states(comparison, ends, asked_queries(shipped_queries()), use_cases=workspace.use_cases)
    place = f"{standing.identifier} {standing.version}".strip() if standing else ""
    return replace(found, name=version.name, in_place_of=place)


def compare_states(
    comparison: Comparison,
    ends: Sequence[tuple[str, str]],
    queries: Collection[AskedQuery],
    *,
    use_cases: UseCaseRegistry,
) -> Impact:
    """Compare two states of mappings as far as some pairs of models are concerned; no catalogue is asked.

    Args:
        comparison: The states.
        ends: The pairs of models: from which, to which, by the IRIs by which sets name them.
        queries: The saved queries to look at.
        use_cases: The use cases whose gap reports are compared.
    """
    return Impact(
        "",
        translations=tuple(filter(None, map(comparison.translation, ends))),
        queries=tuple(change for pair in ends for change in comparison.queries(pair, queries)),
        gaps=tuple(comparison.gaps(use_cases)),
    )


def ends_of(version: MappingVersion, comparison: Comparison) -> list[tuple[str, str]]:
    """Return the translations that a version, or what it takes the place of, has to do with.

    A set is used both ways, a rule one way; a lifting mapping leads from no model.
    """
    if version.kind is MappingKind.LIFTING:
        return []
    pair = comparison.iri(version.source_model), comparison.iri(version.target_model)
    if version.kind is MappingKind.RULE:
        return [pair]
    pairs = [pair]
    standing = comparison.before.files().get(version.identifier)
    if standing is not None:
        pairs.append(comparison.before.mappings.models(standing.identifier))
    return list(dict.fromkeys(each for one in pairs for each in (one, (one[1], one[0]))))


def asked_queries(queries: Iterable[SavedQuery]) -> list[AskedQuery]:
    """Return saved queries as far as they matter here; those about the catalogue are asked of no data."""
    return [AskedQuery(one.name, one.text, one.models) for one in queries if one.asks == "data"]


def statement_changes(
    comparison: Comparison, change: TranslationChange, models: Sequence[ModelFile], *, clock: Clock
) -> TranslationChange:
    """Count what becomes of the statements of given models that are of a translation's source.

    Args:
        comparison: The states.
        change: How the translation differs.
        models: The models, all of one package.
        clock: Tells when a model is made.

    Raises:
        InputError: the models cannot be converted.
    """
    if change.fault or {one.vocabulary.name for one in models} != {change.source}:
        return change
    sides = []
    for folder in (comparison.before, comparison.after):
        converter = Converter(comparison.models, folder.mappings, folder.rules, clock)
        if not folder.mappings.sides(comparison.iri(change.source), comparison.iri(change.target)):
            sides.append(_nothing_carried(models))
            continue
        with tempfile.TemporaryDirectory(prefix="virtuales-") as place:
            sides.append(_counted(converter.convert(models, change.target, Path(place)).account))
    before, after = sides
    terms = sorted(before.keys() | after.keys())
    found = (StatementChange(term, _ordered(before[term]), _ordered(after[term])) for term in terms)
    return replace(change, statements=tuple(one for one in found if one.before != one.after))


_Ways = defaultdict[str, Counter[str]]


def _counted(account: Account) -> _Ways:
    """Count by term and by how its statements are carried."""
    found: _Ways = defaultdict(Counter)
    for entry in account.entries:
        how = {"mapped": entry.detail, "rule": f"rule {entry.detail}", "lost": ""}[entry.outcome]
        found[entry.term][how] += entry.count
    return found


def _nothing_carried(models: Sequence[ModelFile]) -> _Ways:
    """Count statements where no translation is: none is carried."""
    found: _Ways = defaultdict(Counter)
    for model in models:
        header = f"<{model.header.iri}> ".encode() if model.header else b"\0"
        with model.statements.open("rb") as lines:
            for line in lines:
                if not line.startswith(header):
                    _, predicate, rest = line.split(b" ", 2)
                    is_type = predicate == b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
                    found[(rest[:-3] if is_type else predicate)[1:-1].decode()][""] += 1
    return found


def _ordered(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items()))


def _datasets(
    workspace: Workspace, principal: Principal | None, changes: Iterable[TranslationChange]
) -> Iterator[DatasetChange]:
    """Give the datasets that follow a translation's source and use a term that it carries otherwise."""
    graphs = visible_graphs(workspace, principal)
    follows = defaultdict(set)
    endpoints = _endpoints(workspace, graphs)
    query = f"SELECT ?d ?p WHERE {{ ?d {DCAT.hasCurrentVersion} ?v ; {DCTERMS.conformsTo} ?p }}"
    for row in workspace.store.select(query, graphs=graphs):
        follows[plain(row["d"])].add(plain(row["p"]))
    for change in changes:
        profiles = _profiles(workspace.models, change.source)
        terms = [one.term for one in change.terms]
        for use in read_uses(workspace.store, graphs, terms) if terms else ():
            if not profiles or follows[use.dataset] & profiles:
                who = use.dataset, use.title, use.publisher
                yield DatasetChange(*who, change.source, change.target, use.counts, endpoints.get(use.dataset, ""))


def _endpoints(workspace: Workspace, graphs: Sequence[NamedNode]) -> dict[str, str]:
    """Return the SPARQL endpoint of each dataset's current version."""
    query = (
        f"SELECT ?d ?e WHERE {{ ?d {DCAT.hasCurrentVersion} ?v . ?s {DCAT.servesDataset} ?v ; {DCAT.endpointURL} ?e }}"
    )
    return {plain(row["d"]): plain(row["e"]) for row in workspace.store.select(query, graphs=graphs)}


def _profiles(models: ModelRegistry, name: str) -> frozenset[str]:
    try:
        return models.version(name).profiles
    except UnknownTerm:
        return frozenset()
