"""The registry of mappings at the orchestrator: contributed, checked, reviewed, approved, published, and withdrawn.

Any approved organisation may contribute and review; the orchestrator's staff approves, publishes, rejects and
withdraws. Nobody reviews what they contributed, and nothing is approved that nobody reviewed, so it takes two people.
What is approved and published is checked anew, since other mappings may have come into use meanwhile.
"""

import io
from collections.abc import Collection
from dataclasses import replace

from virtuales import __version__
from virtuales.alignment.registered.folder import MappingFolder
from virtuales.alignment.registered.statements import contribution, revision
from virtuales.alignment.registered.version import (
    CheckResult,
    MappingDeed,
    MappingMove,
    MappingStatus,
    MappingVersion,
    check_names,
    next_status,
)
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, TooLarge
from virtuales.exchange.mapping_contents import mapping_url
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.models.manifest import iri_or_text
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS
from virtuales.rdf.terms import NamedNode, is_unicode
from virtuales.store.object_store import StoredObject
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.contributed_mappings import (
    Contribution,
    ReadFile,
    check_registered,
    keep_findings,
    read_contribution,
)
from virtuales.workflow.known_mappings import all_versions
from virtuales.workflow.workspace import Workspace

_LONGEST_TEXT = 2000
_MOST_TRIES = 3
_NOT_KEPT = StoredObject("", 0)
_PROGRAM = f"virtuales {__version__}"
_EVENTS = {
    MappingMove.CHECK: "MappingsChecked",
    MappingMove.REVIEW: "MappingsReviewed",
    MappingMove.APPROVE: "MappingsApproved",
    MappingMove.PUBLISH: "MappingsPublished",
    MappingMove.REJECT: "MappingsRejected",
    MappingMove.WITHDRAW: "MappingsWithdrawn",
}
_CHECKED = frozenset({MappingMove.CHECK, MappingMove.APPROVE, MappingMove.PUBLISH})
"""Moves before which a version is checked together with what is in use."""


def contribute(workspace: Workspace, principal: Principal, sent: Contribution) -> MappingVersion:
    """Register a new version and check it; one with errors is kept with its findings, and goes no further.

    Raises:
        NotFound: this node is not the orchestrator.
        AccessDenied: the principal may not contribute.
        Conflict: the version is registered already, or its names belong to other mappings.
        InputError: a field is wrong, or the file does not say what is needed.
        TooLarge: the file is over the limit.
        UnreadableInput: the file is not what its name says.
    """
    _require_orchestrator(workspace)
    organisation = workspace.approved(principal, Scope.MAPPINGS_CONTRIBUTE).iri.value
    if len(sent.content) > workspace.limits.upload_bytes:
        most = workspace.limits.upload_bytes
        raise TooLarge(f"More than the {most} bytes that are accepted here.", where="content", remedy="Split it.")
    said = _comment(sent.comment)
    draft = _drafted(workspace, sent, read_contribution(sent))
    _refuse_taken(all_versions(workspace), draft)
    found = _check(workspace, workspace.mappings_in_use.current, draft, sent.content)
    draft = replace(draft, content=workspace.objects.put(io.BytesIO(sent.content)))
    with workspace.ledger.turn():
        _refuse_taken(all_versions(workspace), draft)
        now = workspace.clock.now()
        status = MappingStatus.CONTRIBUTED if found.errors else MappingStatus.CHECKED
        given = MappingDeed("contribute", MappingStatus.CONTRIBUTED, principal.client_id, organisation, now, said)
        version = replace(draft, deeds=(given, MappingDeed("check", status, _PROGRAM, "", now, check=found)))
        change = contribution(
            version,
            thing=workspace.addresses.thing("mapping", version.identifier),
            content_url=mapping_url(workspace.addresses.base, version.identifier, version.version, "content"),
            graph=workspace.mapping_versions.graph,
        )
        _record(workspace, "MappingsContributed", version, change=change, actor=principal.client_id)
    return version


def decide(
    workspace: Workspace, principal: Principal, identifier: str, version: str, *, move: MappingMove, comment: str = ""
) -> MappingVersion:
    """Check a version anew, review, approve, publish, reject or withdraw it.

    Raises:
        NotFound: this node is not the orchestrator, or there is no such version.
        AccessDenied: the principal may not do this, or not with what they contributed.
        Conflict: its status does not allow the move, or a check finds errors.
        InputError: a comment is needed and there is none.
    """
    _require_orchestrator(workspace)
    organisation = _permitted(workspace, principal, move)
    said = _comment(comment, needed=move in {MappingMove.REJECT, MappingMove.WITHDRAW})
    for _ in range(_MOST_TRIES):
        folder = workspace.mappings_in_use.current
        before = workspace.mapping_versions.get(identifier, version)
        _refuse_move(before, principal, move)
        found = _recheck(workspace, folder, before, move)
        with workspace.ledger.turn():
            current = workspace.mapping_versions.get(identifier, version)
            if current != before or workspace.mappings_in_use.current is not folder:
                continue
            status = MappingStatus.CONTRIBUTED if found and found.errors else next_status(before.status, move)
            deed = MappingDeed(
                move.value, status, principal.client_id, organisation, workspace.clock.now(), said, found
            )
            return _decided(workspace, before, deed, move)
    raise Conflict("Other mappings come and go too fast.", where=f"{identifier} {version}", remedy="Try again.")


def moves_of(workspace: Workspace, principal: Principal, version: MappingVersion) -> list[MappingMove]:
    """Return the moves that somebody can make now with a version, as far as that is known before a check."""
    if version.shipped or not workspace.is_orchestrator:
        return []
    found = []
    for move in MappingMove:
        try:
            _permitted(workspace, principal, move)
            _refuse_move(version, principal, move)
        except (AccessDenied, Conflict):
            continue
        found.append(move)
    return found


def _decided(workspace: Workspace, before: MappingVersion, deed: MappingDeed, move: MappingMove) -> MappingVersion:
    """Record a deed; the caller has the writer's turn. What is published, or no longer so, counts at once."""
    after = replace(before, deeds=(*before.deeds, deed))
    change = revision(before, after, graph=workspace.mapping_versions.graph)
    if move is MappingMove.PUBLISH:
        change |= _replacing(workspace, after, deed)
    _record(workspace, _EVENTS[move], after, change=change, actor=deed.by)
    if MappingStatus.PUBLISHED in {before.status, after.status}:
        workspace.take_mappings()
    return after


def _replacing(workspace: Workspace, published: MappingVersion, deed: MappingDeed) -> ChangeSet:
    """Return the change by which a published version takes the place of the one before it."""
    graph = workspace.mapping_versions.graph
    change = ChangeSet()
    for one in workspace.mapping_versions.all():
        if one.identifier == published.identifier and one.status is MappingStatus.PUBLISHED:
            words = f"Version {published.version} takes its place."
            replaced = replace(deed, deed="replace", status=MappingStatus.REPLACED, comment=words, check=None)
            change |= revision(one, replace(one, deeds=(*one.deeds, replaced)), graph=graph)
            change |= ChangeSet(
                add=Statements(graph).say(published.iri, DCTERMS.replaces, NamedNode(one.iri)).quads,
            )
    return change


def _permitted(workspace: Workspace, principal: Principal, move: MappingMove) -> str:
    """Return the IRI of the organisation for which a principal makes a move."""
    if move is MappingMove.CHECK:
        return workspace.approved(principal, Scope.MAPPINGS_CONTRIBUTE).iri.value
    if move is MappingMove.REVIEW:
        return workspace.approved(principal, Scope.MAPPINGS_REVIEW).iri.value
    if move is MappingMove.WITHDRAW and Scope.MAPPINGS_GOVERN not in principal.scopes:
        return workspace.approved(principal, Scope.MAPPINGS_CONTRIBUTE).iri.value
    return workspace.hosted(principal, Scope.MAPPINGS_GOVERN).iri.value


def _refuse_move(version: MappingVersion, principal: Principal, move: MappingMove) -> None:
    """Refuse a move that the status does not allow, or that is not this person's to make."""
    contributor = version.deeds[0].by
    if move is MappingMove.REVIEW and contributor == principal.client_id:
        raise AccessDenied(
            "Nobody reviews what they contributed.",
            reasons=[f"{version.name} was contributed by the client `{contributor}`, which is yours."],
            where=version.name,
            remedy="Ask somebody else to review it.",
        )
    is_staff = Scope.MAPPINGS_GOVERN in principal.scopes
    in_use = version.status is MappingStatus.PUBLISHED
    if move is MappingMove.WITHDRAW and not is_staff and (in_use or contributor != principal.client_id):
        raise AccessDenied(
            "You may not withdraw these mappings.",
            reasons=["A contributor withdraws their own contribution while it is not in use; staff any."],
            where=version.name,
            remedy="Ask the orchestrator's staff.",
        )
    next_status(version.status, move)


def _recheck(
    workspace: Workspace, folder: MappingFolder, version: MappingVersion, move: MappingMove
) -> CheckResult | None:
    """Check a version where the move asks for it; refuse to go on with errors unless the check is the move itself."""
    if move not in _CHECKED:
        return None
    found = _check(workspace, folder, version, workspace.mappings_in_use.contents.read(version))
    if found.errors and move is not MappingMove.CHECK:
        raise Conflict(
            f"A check together with the mappings in use finds {found.errors} errors.",
            where=version.name,
            remedy="Move `check` to have the findings kept, and contribute a version without them.",
        )
    return found


def _check(workspace: Workspace, folder: MappingFolder, version: MappingVersion, content: bytes) -> CheckResult:
    checked = check_registered(folder, version, content, models=workspace.models)
    return keep_findings(workspace.objects, checked)


def _drafted(workspace: Workspace, sent: Contribution, read: ReadFile) -> MappingVersion:
    """Return the version that a contribution makes, its content not kept yet."""
    identifier, version = sent.identifier or read.identifier, sent.version or read.version
    check_names(identifier, version)
    if read.version and version != read.version:
        raise InputError(
            f"The file says that its version is {read.version}, not {version}.",
            where="version",
            remedy="Leave the version out, or change `mapping_set_version` in the file.",
        )
    licence, title = sent.licence or read.licence, sent.title.strip() or read.title or identifier
    for field, text in (("title", title), ("licence", licence), ("source", sent.source)):
        if not text.strip() or len(text) > _LONGEST_TEXT or not is_unicode(text):
            raise InputError(f"The {field} is empty or no text.", where=field, remedy="Write a few words, or an IRI.")
    iri_or_text(licence)
    iri_or_text(sent.source)
    standing = {one.identifier: one.entry for one in all_versions(workspace)}
    thing = workspace.addresses.thing("mapping", identifier).value
    return MappingVersion(
        iri=workspace.addresses.thing("mapping", f"{identifier}/version/{version}").value,
        kind=read.kind,
        identifier=identifier,
        version=version,
        title=title,
        file_name=sent.file_name,
        entry=read.entry or standing.get(identifier, thing),
        source_model=read.source_model,
        target_model=read.target_model,
        licence=licence,
        source=sent.source,
        content=_NOT_KEPT,
    )


def _refuse_taken(known: Collection[MappingVersion], draft: MappingVersion) -> None:
    for one in known:
        if one.identifier == draft.identifier:
            if one.version == draft.version:
                raise Conflict("This version is registered already.", where=one.name, remedy="Give it another version.")
            if one.kind is not draft.kind:
                raise Conflict(f"`{one.identifier}` is a {one.kind}.", where="identifier", remedy="Choose another.")
            if one.entry != draft.entry:
                raise Conflict(
                    f"`{one.identifier}` is the set <{one.entry}>.",
                    where="mapping_set_id",
                    remedy="All versions of a set have the same `mapping_set_id`.",
                )
        elif one.entry == draft.entry:
            raise Conflict(
                f"<{one.entry}> is registered as `{one.identifier}`.",
                where="identifier",
                remedy="Contribute it as a version of that, or give the set an IRI of its own.",
            )


def _require_orchestrator(workspace: Workspace) -> None:
    if not workspace.is_orchestrator:
        raise NotFound(
            "Mappings are registered at the orchestrator.",
            where=workspace.addresses.base,
            remedy=f"Ask {workspace.orchestrator}.",
        )


def _comment(text: str, *, needed: bool = False) -> str:
    if (needed and not text.strip()) or len(text) > _LONGEST_TEXT or not is_unicode(text):
        raise InputError("The decision has no reason.", where="comment", remedy="Say in a sentence why.")
    return text.strip()


def _record(workspace: Workspace, kind: str, version: MappingVersion, *, change: ChangeSet, actor: str) -> None:
    last = version.deeds[-1]
    facts: dict[str, JsonValue] = {"mappings": version.name, "status": version.status.value, "comment": last.comment}
    facts |= {"sha256": version.content.digest, "errors": last.check.errors if last.check else None}
    workspace.ledger.record(EventDraft(kind, version.iri, facts=facts, change=change, actor=actor))
