"""Proposing a description: what the received files say of themselves, for the steward to take or leave."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from virtuales.catalogue.search import Catalogue
from virtuales.errors import Conflict
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.metadata_draft import DraftModel, DraftSource, Proposal, propose
from virtuales.trust.tokens import Principal
from virtuales.workflow.prepare import own_draft, read_draft
from virtuales.workflow.whole_files import whole_files
from virtuales.workflow.workspace import Workspace


def propose_description(workspace: Workspace, principal: Principal, slug: str) -> tuple[Proposal, ...]:
    """Propose a description of a dataset from the files received for its next version; nothing is recorded.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        Conflict: no file was received.
        UnfitChange: difference models do not fit what they change.
        UnreadableInput, UnknownTerm, DanglingReference, TooLarge: a file cannot be read as what it claims to be.
    """
    draft = own_draft(workspace, principal, slug)
    if not draft.files:
        raise Conflict("No file was received for this dataset.", where=draft.dataset.value, remedy="Send one first.")
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch, ExitStack() as copies:
        draft = whole_files(workspace, draft, Path(scratch)).draft
        read = read_draft(workspace, draft, Path(scratch), copies)
        models = [
            DraftModel(each.name, each.profiles, each.classes, _lines(each.statements, copies)) for each in read.models
        ]
        return propose(
            [DraftSource(file.name, file.media_type, file.size) for file in draft.files],
            models,
            labels=_labels(workspace.models, {iri for model in models for iri in model.classes}),
            issued=_issued(workspace, slug),
        )


def _lines(path: Path, copies: ExitStack) -> Iterator[str]:
    return iter(copies.enter_context(path.open(encoding="utf-8")))


def _issued(workspace: Workspace, slug: str) -> list[str]:
    graphs = [workspace.addresses.graph(name) for name in ("catalogue/public", "catalogue/participants")]
    reader = Catalogue(workspace.store, graphs)
    return [
        reader.version(workspace.addresses.version(slug, int(number))).issued
        for _, number in reader.versions(workspace.addresses.dataset(slug))
    ]


def _labels(registry: ModelRegistry, wanted: set[str]) -> Mapping[str, str]:
    """Return the labels of classes in the registered models; a name without a model stays as it is."""
    labels: dict[str, str] = {}
    for name in registry.names():
        if wanted <= labels.keys():
            break
        facts = registry.model(name).classes
        labels |= {iri: facts[iri].label for iri in wanted & facts.keys() if iri not in labels}
    return labels
