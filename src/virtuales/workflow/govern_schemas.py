"""The schema registry at the orchestrator: what its staff registers, approves, requires, deprecates and withdraws."""

import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from virtuales.assurance.schema import (
    PROFILE_WITHIN,
    TRANSITIONS,
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
_KIND_NAMES = {SchemaKind.SHAPES: "shapes graph", SchemaKind.MODEL: "model", SchemaKind.PROFILE: "profile"}
_REMEDY = "Send a shapes graph in Turtle with at least one sound shape that has a target and a constraint."


@dataclass(frozen=True)
class Proposal:
    """A new version of a shapes graph or of a model, as its editor proposes it.

    Args:
        identifier: What the schema is called, such as `cgmes-3.0/our-rules`; of a model its registered name.
        version: The version.
        title: A name for people.
        profiles: IRIs of the profile versions whose data a shapes graph judges, at least one; a model names its own.
        licence: IRI or name of its licence.
        source: Where it comes from.
        content: The shapes graph or the model as Turtle.
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
    """A version just registered.

    Args:
        version: The version.
        faults: Parts of a shapes graph that are in error and will be left out when it judges.
        further: Versions that were registered with it: a model's profiles, and shapes made from it.
    """

    version: SchemaVersion
    faults: tuple[Fault, ...]
    further: tuple[SchemaVersion, ...] = ()


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
    require_staff(workspace, principal)
    check_proposal(proposal, largest=workspace.limits.upload_bytes)
    if not proposal.profiles:
        raise InputError("No profile is named.", where="profiles", remedy="Name the profile IRIs that it judges.")
    faults = _faults(workspace, proposal)
    stored = workspace.objects.put(io.BytesIO(proposal.content))
    with workspace.ledger.turn():
        known = workspace.schemas.all()
        refuse_repeated(known, proposal, SchemaKind.SHAPES)
        draft = proposed(workspace, proposal, kind=SchemaKind.SHAPES)
        version = replace(draft, content=Content(stored.digest, stored.size))
        refuse_replacing(known, version)
        profiles = [one for one in known if one.kind is SchemaKind.PROFILE]
        change = registered_change(workspace, version)
        change |= profile_links(profiles, [version], graph=workspace.schemas.graph)
        facts: dict[str, str | int | None] = {"sha256": stored.digest, "faults": len(faults)}
        record_schema(workspace, "SchemaRegistered", version, change=change, actor=principal.client_id, facts=facts)
    return RegisteredSchema(version, faults)


def proposed(workspace: Workspace, proposal: Proposal, *, kind: SchemaKind) -> SchemaVersion:
    """Return the version that a proposal makes, without content."""
    return SchemaVersion(
        iri=version_iri(workspace, proposal.identifier, proposal.version),
        kind=kind,
        identifier=proposal.identifier,
        version=proposal.version,
        title=proposal.title.strip(),
        profiles=frozenset(proposal.profiles),
        licence=proposal.licence,
        source=proposal.source,
        registered_at=workspace.clock.now(),
        replaces=frozenset(proposal.replaces),
        required_from=proposal.required_from,
    )


def decide(
    workspace: Workspace, principal: Principal, identifier: str, version: str, *, move: SchemaMove, reason: str
) -> SchemaVersion:
    """Approve, deprecate or withdraw a version; what is decided of a model holds for its profiles too.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        NotFound: there is no such version.
        Conflict: its status does not allow the move.
        InputError: no reason is given.
    """
    require_staff(workspace, principal)
    said = _reason(reason)
    with workspace.ledger.turn():
        before = workspace.schemas.get(identifier, version)
        next_status(before.status, move)
        after, change = before, ChangeSet()
        for one in (before, *_own_profiles(workspace.schemas.all(), before, move)):
            decision = SchemaDecision(next_status(one.status, move), principal.client_id, workspace.clock.now(), said)
            revised = replace(one, decisions=(*one.decisions, decision))
            change |= revision(one, revised, graph=workspace.schemas.graph)
            after = revised if one is before else after
        facts = {"reason": said, "status": after.status.value, "requiredFrom": _date(after)}
        record_schema(workspace, _DECIDED[move], after, change=change, actor=principal.client_id, facts=facts)
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
    require_staff(workspace, principal)
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
        change = revision(before, after, graph=workspace.schemas.graph)
        facts = {"reason": said, "status": after.status.value, "requiredFrom": _date(after)}
        record_schema(workspace, "SchemaRequired", after, change=change, actor=principal.client_id, facts=facts)
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


def require_staff(workspace: Workspace, principal: Principal) -> None:
    """Refuse whoever may not govern schemas here.

    Raises:
        NotFound: this node is not the orchestrator.
        AccessDenied: the principal is not of its staff.
    """
    if not workspace.is_orchestrator:
        raise NotFound(
            "Schemas are registered at the orchestrator.",
            where=workspace.addresses.base,
            remedy=f"Ask {workspace.orchestrator}.",
        )
    workspace.hosted(principal, Scope.SCHEMAS_GOVERN)


def check_proposal(proposal: Proposal, *, largest: int) -> None:
    """Refuse a proposal with a wrong field.

    Raises:
        TooLarge: the content is over the limit.
        InputError: names the field.
    """
    if len(proposal.content) > largest:
        raise TooLarge(f"More than the {largest} bytes that are accepted here.", where="content", remedy="Split it.")
    check_names(proposal.identifier, proposal.version)
    for field in ("title", "licence", "source"):
        text = getattr(proposal, field)
        if not text.strip() or len(text) > _LONGEST_TEXT or not is_unicode(text):
            raise InputError(f"The {field} is empty or no text.", where=field, remedy="Write a few words, or an IRI.")
    iri_or_text(proposal.licence)
    iri_or_text(proposal.source)
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


def refuse_repeated(known: Collection[SchemaVersion], proposal: Proposal, kind: SchemaKind) -> None:
    """Refuse a version that is there already, or an identifier of another kind.

    Raises:
        Conflict: says which.
    """
    for one in known:
        if one.identifier == proposal.identifier:
            if one.version == proposal.version:
                raise Conflict("This version is registered already.", where=one.name, remedy="Give it another version.")
            if one.kind is not kind:
                raise Conflict(f"`{one.identifier}` is a {one.kind}.", where="identifier", remedy="Choose another.")


def refuse_replacing(known: Collection[SchemaVersion], version: SchemaVersion) -> None:
    """Refuse to replace what is not there, or what has a profile that would be left without.

    Raises:
        InputError: names the version or the profiles.
    """
    by_iri = {one.iri: one for one in known if one.kind is version.kind}
    for iri in version.replaces:
        if iri not in by_iri:
            raise InputError(
                f"It replaces what is no registered {_KIND_NAMES[version.kind]}.",
                where=iri,
                remedy="List the schemas.",
            )
        uncovered = by_iri[iri].profiles - version.profiles
        if uncovered:
            raise InputError(
                f"It would replace {by_iri[iri].name} without judging all of its profiles."
                if version.kind is SchemaKind.SHAPES
                else f"It would replace {by_iri[iri].name} without having all of its profiles.",
                where="profiles",
                remedy="Name these too: " + ", ".join(sorted(uncovered)) + ".",
            )


def _own_profiles(known: Collection[SchemaVersion], model: SchemaVersion, move: SchemaMove) -> list[SchemaVersion]:
    """Return the profile versions that a decision about a model holds for: only its own where it ends their use."""
    if model.kind is not SchemaKind.MODEL:
        return []
    others = [one for one in known if one.kind is SchemaKind.MODEL and one.is_usable and one.iri != model.iri]
    held = frozenset(iri for one in others for iri in one.profiles) if move is not SchemaMove.APPROVE else frozenset()
    return [
        one
        for one in known
        if one.kind is SchemaKind.PROFILE
        and one.identifier.startswith(model.identifier + PROFILE_WITHIN)
        and one.profiles <= model.profiles - held
        and (one.status, move) in TRANSITIONS
    ]


def _refuse_zoneless(date: datetime | None) -> None:
    if date is not None and date.tzinfo is None:
        raise InputError(
            "The date has no time zone.", where="required_from", remedy="Write `2027-01-01T00:00:00Z`, for example."
        )


def _reason(reason: str) -> str:
    if not reason.strip() or not is_unicode(reason) or len(reason) > _LONGEST_TEXT:
        raise InputError("The decision has no reason.", where="reason", remedy="Say in a sentence why.")
    return reason.strip()


def _date(version: SchemaVersion) -> str | None:
    return iso_instant(version.required_from) if version.required_from else None


def record_schema(
    workspace: Workspace,
    kind: str,
    version: SchemaVersion,
    *,
    change: ChangeSet,
    actor: str,
    facts: Mapping[str, str | int | None],
) -> None:
    """Record an event about a version; the caller has the writer's turn."""
    workspace.ledger.record(
        EventDraft(kind, version.iri, facts={"schema": version.name, **facts}, change=change, actor=actor)
    )


def sha256(content: bytes) -> str:
    """Return the digest by which content is registered."""
    return hashlib.sha256(content).hexdigest()
