"""Step 1, prepare: describe a dataset and its handling, receive its files, read, type and judge them.

Nothing is recorded of files that cannot be read or that violate the registered shapes: the producer gets the report.
"""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from virtuales import __version__
from virtuales.catalogue.drafts import Draft
from virtuales.catalogue.records import OWN_DATA, Description, Preparation, PreparedFile, PreparedModel
from virtuales.clock import iso_instant
from virtuales.errors import AccessDenied, Conflict, InputError
from virtuales.journal.event import EventDraft
from virtuales.policy.handling import parse_handling
from virtuales.preparation.encodings import checked_encoding
from virtuales.preparation.lifting import LiftSource
from virtuales.preparation.parquet import open_parquet
from virtuales.preparation.sources import CSV, detect
from virtuales.rdf.media import PARQUET
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.judge import Judgeable, judge_models
from virtuales.workflow.measure import measure_models
from virtuales.workflow.reading import Origin, ReadFiles, ReadModel, read_files
from virtuales.workflow.whole_files import whole_files
from virtuales.workflow.workspace import Workspace

_LONGEST_NAME = 200


def describe(workspace: Workspace, principal: Principal, description: Description) -> Draft:
    """Record what a steward says of a dataset: a new one, or a change before the next version.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        UnknownTerm: the licence, triage or sensitivity class is not known.
    """
    organisation = workspace.hosted(principal, Scope.DATA_PUBLISH)
    parse_handling(triage=description.triage, sensitivity=description.sensitivity, reason=description.handling_reason)
    stated = (name for name in description.source_licences.values() if name != OWN_DATA)
    for name in (description.licence, *stated):
        workspace.licences.get(name)
    dataset = workspace.addresses.dataset(description.slug)
    with workspace.ledger.turn():
        before = workspace.drafts.find(dataset)
        if before:
            _refuse_other_owner(before, organisation.iri.value)
        described = replace(description, publisher=organisation.iri.value)
        draft = replace(before, description=described) if before else Draft(dataset, described)
        _record(workspace, draft, "DatasetDescribed", organisation.iri.value)
    return draft


def receive_file(
    workspace: Workspace,
    principal: Principal,
    slug: str,
    *,
    name: str,
    source: BinaryIO,
    encoding: str | None = None,
) -> Draft:
    """Keep a file for a dataset's next version; a file of the same name is replaced.

    Args:
        workspace: The node's parts.
        principal: Who sends it.
        slug: The dataset's short name.
        name: What the file is called.
        source: Its bytes.
        encoding: The character encoding of a table in CSV, where it has no byte order mark and is not UTF-8.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        InputError: the name is no plain file name, or the content is of no accepted kind or not in its encoding.
        NotFound: the dataset was not described.
        TooLarge: the file is over the limit; nothing is kept.
    """
    draft = own_draft(workspace, principal, slug)
    refuse_path(name)
    stored = workspace.objects.put(source, limit=workspace.limits.upload_bytes)
    with workspace.objects.local_copy(stored.digest) as path:
        media_type = detect(path, name=name, encoding=encoding)
        stated = checked_encoding(path, encoding, name=name) if media_type == CSV else None
        if media_type == PARQUET:
            open_parquet(path, name=name)
    received = PreparedFile(name, media_type, stored.digest, stored.size, stated)
    with workspace.ledger.turn():
        draft = workspace.drafts.get(draft.dataset)
        others = tuple(file for file in draft.files if file.name != name)
        draft = replace(draft, files=(*others, received), preparation=None)
        _record(workspace, draft, "FileReceived", draft.description.publisher)
    return draft


def remove_file(workspace: Workspace, principal: Principal, slug: str, *, name: str) -> Draft:
    """Take a received file out of a dataset's next version.

    Raises:
        AccessDenied, NotFound: as for `receive_file`.
        Conflict: no file of that name was received.
    """
    draft = own_draft(workspace, principal, slug)
    with workspace.ledger.turn():
        draft = workspace.drafts.get(draft.dataset)
        kept = tuple(file for file in draft.files if file.name != name)
        if kept == draft.files:
            raise Conflict(f"No file `{name}` was received.", where=draft.dataset.value)
        draft = replace(draft, files=kept, preparation=None)
        _record(workspace, draft, "FileRemoved", draft.description.publisher)
    return draft


def prepare(workspace: Workspace, principal: Principal, slug: str) -> Draft:
    """Read, type and judge the received files, and record the result as the dataset's next version.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        Conflict: no file was received, the files changed while they were judged, or no version of a profile's shapes
            is in force.
        NonConforming: the models violate the registered shapes; the error carries the report.
        UnfitChange: difference models do not fit what they change; the error carries the conflicts.
        UnreadableInput, UnknownTerm, DanglingReference, TooLarge: a file cannot be read as what it claims to be.
        PeerFailure, IntegrityFailure: the registered shapes are not to be had, or not what was registered.
    """
    draft = own_draft(workspace, principal, slug)
    if not draft.files:
        raise Conflict(
            "No file was received for this dataset.", where=draft.dataset.value, remedy="Send at least one file."
        )
    preparation = _prepared(workspace, draft)
    with workspace.ledger.turn():
        now = workspace.drafts.get(draft.dataset)
        if now.files != draft.files:
            raise Conflict("The dataset's files changed while they were judged.", remedy="Prepare it again.")
        draft = replace(now, preparation=preparation)
        _record(workspace, draft, "DatasetPrepared", draft.description.publisher)
    return draft


def own_draft(workspace: Workspace, principal: Principal, slug: str) -> Draft:
    """Return the draft of a dataset that the principal's organisation owns.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        NotFound: nobody described such a dataset here.
    """
    organisation = workspace.hosted(principal, Scope.DATA_PUBLISH)
    draft = workspace.drafts.get(workspace.addresses.dataset(slug))
    _refuse_other_owner(draft, organisation.iri.value)
    return draft


def read_draft(workspace: Workspace, draft: Draft, scratch: Path, copies: ExitStack) -> ReadFiles:
    """Read the files received for a dataset: models of the grid, whose references all lead somewhere, and the lifted.

    Args:
        workspace: The node's parts.
        draft: The dataset.
        scratch: An existing directory for the N-Triples.
        copies: Keeps the files at hand for as long as it is open.

    Raises:
        UnreadableInput, UnknownTerm, DanglingReference, TooLarge: a file cannot be read as what it claims to be.
    """
    sources = [
        LiftSource(
            copies.enter_context(workspace.objects.local_copy(file.digest)), file.name, file.media_type, file.encoding
        )
        for file in draft.files
    ]
    about = draft.description
    workspace.take_models()
    origin = Origin(draft.dataset.value, about.publisher, about.conforms_to)
    return read_files(sources, scratch, origin=origin, models=workspace.models, limit=workspace.limits.unpacked_bytes)


def _prepared(workspace: Workspace, draft: Draft) -> Preparation:
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch, ExitStack() as copies:
        whole = whole_files(workspace, draft, Path(scratch))
        read = read_draft(workspace, whole.draft, Path(scratch), copies)
        judgeable = [Judgeable(model.name, model.profiles, model.statements) for model in read.models]
        verdict = judge_models(workspace, judgeable, draft.dataset.value)
        verdict = replace(verdict, remarks=(*verdict.remarks, *read.remarks, *whole.remarks))
        now = workspace.clock.now()
        measures = measure_models(
            read.models, registry=workspace.models, verdict=verdict, description=draft.description, now=now
        )
        return Preparation(
            files=whole.draft.files,
            models=tuple(_kept(workspace, model) for model in read.models),
            verdict=verdict,
            quality=measures.quality,
            uses=measures.uses,
            prepared_at=iso_instant(now),
            software=f"virtuales {__version__}",
        )


def _kept(workspace: Workspace, model: ReadModel) -> PreparedModel:
    with model.statements.open("rb") as statements:
        stored = workspace.objects.put(statements)
    return PreparedModel(
        name=model.name,
        model=model.iri,
        profiles=model.profiles,
        keyword=model.keyword,
        digest=stored.digest,
        triples=model.triples,
        classes=model.classes,
        depends_on=model.depends_on,
    )


def _record(workspace: Workspace, draft: Draft, kind: str, actor: str) -> None:
    workspace.ledger.record(
        EventDraft(
            kind,
            draft.dataset.value,
            facts={"files": [file.name for file in draft.files]},
            change=workspace.drafts.save(draft),
            actor=actor,
        )
    )


def _refuse_other_owner(draft: Draft, organisation: str) -> None:
    if draft.description.publisher != organisation:
        raise AccessDenied(
            "This dataset is another organisation's.",
            reasons=[f"It belongs to <{draft.description.publisher}>."],
            where=draft.dataset.value,
            remedy="Choose another short name.",
        )


def refuse_path(name: str) -> None:
    """Refuse a file's name that is no plain one.

    Raises:
        InputError: it is empty or too long, has folders, begins with a dot or cannot be printed.
    """
    is_path = name != Path(name).name or name.startswith(".") or "\\" in name
    if not name or len(name) > _LONGEST_NAME or is_path or not name.isprintable():
        raise InputError(
            f"`{name[:80]}` is no plain file name.",
            where="name",
            remedy="Send a name without folders.",
        )
