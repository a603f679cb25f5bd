"""The schema registry at the orchestrator: what its staff registers, approves, requires, deprecates and withdraws."""

import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from virtuales.assurance.schema import (
    Content,
    SchemaDecision,
    SchemaKind,
    SchemaMove,
    SchemaStatus,
    SchemaVersion,
    check_names,
    next_status,
)
from virtuales.assurance.schema_statements import profile_links, registration, revision
from virtuales.assurance.shapes import Fault
from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError, NotFound, TooLarge
from virtuales.exchange.schema_contents import content_url
from virtuales.journal.event import EventDraft
from virtuales.models.manifest import iri_or_text
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import is_unicode, parse_iri
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.workspace import Workspace

_LONGEST_TEXT = 2000
_REMEDY = "Send a shapes graph in Turtle with at least one sound shape that has a target and a constraint."


@dataclass(frozen=True)
class Proposal:
    """A new version of a shapes graph, as its editor proposes it.

    Args:
        identifier: What the schema is called, such as `cgmes-3.0/our-rules`.
        version: The version.
        title: A name for people.
        profiles: IRIs of the profile versions whose data it judges; at least one.
        licence: IRI or name of its licence.
        source: Where it comes from.
        content: The shapes graph as Turtle.
        replaces: IRIs of registered versions that it takes the place of.
        required_from: When those no longer do, with a time zone; None leaves the choice for good.
    """

    identifier: str
    version: str
    title: str
    profiles: tuple[str, ...]
    licence: str
    source: str
    content: bytes
    replaces: tuple[str, ...] = ()
    required_from: datetime | None = None


@dataclass(frozen=True)
class RegisteredSchema:
    """A version just registered, and the parts of it that are in error and will be left out when it judges."""

    version: SchemaVersion
    faults: tuple[Fault, ...]


def register(workspace: Workspace, principal: Principal, proposal: Proposal) -> RegisteredSchema:
    """Register a new version of a shapes graph as a draft.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        Conflict: the version is registered already; a registered version never changes.
        InputError: a field is wrong, or the shapes graph holds nothing to judge by.
        TooLarge: the content is over the limit.
        UnreadableInput: the content is no Turtle.
        UnknownTerm: it replaces what is not registered.
    """
    _staff(workspace, principal)
    _check(proposal, largest=workspace.limits.upload_bytes)
    faults = _faults(workspace, proposal)
    stored = workspace.objects.put(io.BytesIO(proposal.content))
    with workspace.ledger.turn():
        known = workspace.schemas.all()
        _refuse_repeated(known, proposal)
        _refuse_foreign(known, proposal)
        version = SchemaVersion(
            iri=version_iri(workspace, proposal.identifier, proposal.version),
            kind=SchemaKind.SHAPES,
            identifier=proposal.identifier,
            version=proposal.version,
            title=proposal.title.strip(),
            profiles=frozenset(proposal.profiles),
            licence=proposal.licence,
            source=proposal.source,
            registered_at=workspace.clock.now(),
            content=Content(stored.digest, stored.size),
            replaces=frozenset(proposal.replaces),
            required_from=proposal.required_from,
        )
        profiles = [one for one in known if one.kind is SchemaKind.PROFILE]
        change = registered_change(workspace, version)
        change |= profile_links(profiles, [version], graph=workspace.schemas.graph)
        facts: dict[str, str | int | None] = {"sha256": stored.digest, "faults": len(faults)}
        _record(workspace, "SchemaRegistered", version, change=change, actor=principal.client_id, facts=facts)
    return RegisteredSchema(version, faults)


def decide(
    workspace: Workspace, principal: Principal, identifier: str, version: str, *, move: SchemaMove, reason: str
) -> SchemaVersion:
    """Approve, deprecate or withdraw a version.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such version.
        Conflict: its status does not allow the move.
        InputError: no reason is given.
    """
    _staff(workspace, principal)
    said = _reason(reason)
    with workspace.ledger.turn():
        before = workspace.schemas.get(identifier, version)
        decision = SchemaDecision(next_status(before.status, move), principal.client_id, workspace.clock.now(), said)
        after = replace(before, decisions=(*before.decisions, decision))
        _revise(workspace, before, after, _DECIDED[move], principal, reason=said)
    return after


def require_from(
    workspace: Workspace,
    principal: Principal,
    identifier: str,
    version: str,
    *,
    date: datetime | None,
    reason: str,
) -> SchemaVersion:
    """Say from when on a version is required in the place of what it replaces; None takes the date back.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such version.
        Conflict: the version is neither draft nor approved.
        InputError: no reason is given, or the date has no time zone.
    """
    _staff(workspace, principal)
    said = _reason(reason)
    _refuse_zoneless(date)
    with workspace.ledger.turn():
        before = workspace.schemas.get(identifier, version)
        if before.status not in {SchemaStatus.DRAFT, SchemaStatus.APPROVED}:
            raise Conflict(
                f"A schema version that is {before.status} cannot be required.",
                where="status",
                remedy="Approve it again, or register a new version.",
            )
        after = replace(before, required_from=date)
        _revise(workspace, before, after, "SchemaRequired", principal, reason=said)
    return after


_DECIDED = {
    SchemaMove.APPROVE: "SchemaApproved",
    SchemaMove.DEPRECATE: "SchemaDeprecated",
    SchemaMove.WITHDRAW: "SchemaWithdrawn",
}


def version_iri(workspace: Workspace, identifier: str, version: str) -> str:
    """Return the IRI of a version of a schema."""
    return workspace.addresses.thing("schema", f"{identifier}/version/{version}").value


def registered_change(workspace: Workspace, version: SchemaVersion) -> ChangeSet:
    """Return the change that registers a version at this node, the orchestrator."""
    return registration(
        version,
        schema=workspace.addresses.thing("schema", version.identifier),
        content_url=content_url(workspace.addresses.base, version.identifier, version.version),
        graph=workspace.schemas.graph,
    )


def _staff(workspace: Workspace, principal: Principal) -> None:
    if not workspace.is_orchestrator:
        raise NotFound(
            "Schemas are registered at the orchestrator.",
            where=workspace.addresses.base,
            remedy=f"Ask {workspace.orchestrator}.",
        )
    workspace.hosted(principal, Scope.SCHEMAS_GOVERN)


def _check(proposal: Proposal, *, largest: int) -> None:
    if len(proposal.content) > largest:
        raise TooLarge(f"More than the {largest} bytes that are accepted here.", where="content", remedy="Split it.")
    check_names(proposal.identifier, proposal.version)
    for field in ("title", "licence", "source"):
        text = getattr(proposal, field)
        if not text.strip() or len(text) > _LONGEST_TEXT or not is_unicode(text):
            raise InputError(f"The {field} is empty or no text.", where=field, remedy="Write a few words, or an IRI.")
    iri_or_text(proposal.licence)
    iri_or_text(proposal.source)
    if not proposal.profiles:
        raise InputError("No profile is named.", where="profiles", remedy="Name the profile IRIs that it judges.")
    for field in ("profiles", "replaces"):
        for iri in getattr(proposal, field):
            parse_iri(iri, where=field)
    _refuse_zoneless(proposal.required_from)


def _faults(workspace: Workspace, proposal: Proposal) -> tuple[Fault, ...]:
    """Compile the shapes graph; return what is wrong with it, and refuse it when nothing is left."""
    name = f"{proposal.identifier} {proposal.version}"
    shapes = workspace.library.compile([proposal.content], [name], workspace.schemas.all())
    if not any(shapes.judges(shape.id) for shape in shapes.targeted):
        first = f" The first fault: {shapes.faults[0].what}" if shapes.faults else ""
        raise InputError(
            f"The shapes graph holds no shape by which data could be judged.{first}", where="content", remedy=_REMEDY
        )
    return shapes.faults


def _refuse_repeated(known: Collection[SchemaVersion], proposal: Proposal) -> None:
    for one in known:
        if one.identifier == proposal.identifier:
            if one.version == proposal.version:
                raise Conflict("This version is registered already.", where=one.name, remedy="Give it another version.")
            if one.kind is not SchemaKind.SHAPES:
                raise Conflict(f"`{one.identifier}` is a {one.kind}.", where="identifier", remedy="Choose another.")


def _refuse_foreign(known: Collection[SchemaVersion], proposal: Proposal) -> None:
    """Refuse to replace what is not there, or what judges a profile that would be left without."""
    by_iri = {one.iri: one for one in known if one.kind is SchemaKind.SHAPES}
    for iri in proposal.replaces:
        if iri not in by_iri:
            raise InputError("It replaces what is no registered shapes graph.", where=iri, remedy="List the schemas.")
        uncovered = by_iri[iri].profiles - set(proposal.profiles)
        if uncovered:
            raise InputError(
                f"It would replace {by_iri[iri].name} without judging all of its profiles.",
                where="profiles",
                remedy="Name these too: " + ", ".join(sorted(uncovered)) + ".",
            )


def _refuse_zoneless(date: datetime | None) -> None:
    if date is not None and date.tzinfo is None:
        raise InputError(
            "The date has no time zone.", where="required_from", remedy="Write `2027-01-01T00:00:00Z`, for example."
        )


def _reason(reason: str) -> str:
    if not reason.strip() or not is_unicode(reason) or len(reason) > _LONGEST_TEXT:
        raise InputError("The decision has no reason.", where="reason", remedy="Say in a sentence why.")
    return reason.strip()


def _revise(
    workspace: Workspace, before: SchemaVersion, after: SchemaVersion, kind: str, principal: Principal, *, reason: str
) -> None:
    change = revision(before, after, graph=workspace.schemas.graph)
    date = iso_instant(after.required_from) if after.required_from else None
    facts = {"reason": reason, "status": after.status.value, "requiredFrom": date}
    _record(workspace, kind, after, change=change, actor=principal.client_id, facts=facts)


def _record(
    workspace: Workspace,
    kind: str,
    version: SchemaVersion,
    *,
    change: ChangeSet,
    actor: str,
    facts: Mapping[str, str | int | None],
) -> None:
    workspace.ledger.record(
        EventDraft(kind, version.iri, facts={"schema": version.name, **facts}, change=change, actor=actor)
    )


def sha256(content: bytes) -> str:
    """Return the digest by which content is registered."""
    return hashlib.sha256(content).hexdigest()
