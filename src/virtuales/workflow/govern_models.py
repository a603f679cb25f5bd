"""Models in the schema registry at run time: registered as drafts, with their profiles and, if wanted, their shapes.

A model's profiles are those that its own statements describe. The shapes made from it are versions of their own, to be
reviewed and approved by themselves.
"""

import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from virtuales.assurance.registered_models import read_registered
from virtuales.assurance.schema import PROFILE_WITHIN, Content, SchemaKind, SchemaVersion, check_names
from virtuales.assurance.schema_statements import profile_links
from virtuales.errors import Conflict, InputError
from virtuales.models.facts import Model, check_name
from virtuales.models.shapes import shapes_of
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import PROF
from virtuales.trust.tokens import Principal
from virtuales.workflow.govern_schemas import (
    Proposal,
    RegisteredSchema,
    check_proposal,
    proposed,
    record_schema,
    refuse_repeated,
    refuse_replacing,
    registered_change,
    require_staff,
    version_iri,
)
from virtuales.workflow.workspace import Workspace

_PROFILE = re.compile(r"^(?P<start>.*/)(?P<name>[^/]*[^/0-9.][^/]*)/(?P<version>[0-9][0-9./]*)$")


def register_model(
    workspace: Workspace, principal: Principal, proposal: Proposal, *, with_shapes: bool
) -> RegisteredSchema:
    """Register a new version of a model as a draft.

    Args:
        workspace: The orchestrator's parts.
        principal: Who proposes it.
        proposal: The model as Turtle: RDF Schema profiles, an OWL ontology, a SKOS scheme, or facts as
            `virtuales models import` writes them.
        with_shapes: Whether drafts of the shapes that its multiplicities make are registered too.

    Returns:
        The model's version, and those of its profiles and shapes.

    Raises:
        AccessDenied: the principal is not of the orchestrator's staff.
        Conflict: the version is registered already, or a profile of it is another model's.
        InputError: a field is wrong, or the content describes no term, or no profile of which shapes could be made.
        TooLarge: the content is over the limit.
        UnreadableInput: the content is no Turtle.
    """
    require_staff(workspace, principal)
    check_proposal(proposal, largest=workspace.limits.upload_bytes)
    check_name(proposal.identifier)
    draft = proposed(workspace, proposal, kind=SchemaKind.MODEL)
    model = read_registered(proposal.content, draft)
    iris = frozenset(iri for profile in model.profiles.values() for iri in profile.versions)
    _refuse_stated(proposal, iris)
    stored = workspace.objects.put(io.BytesIO(proposal.content))
    version = replace(draft, profiles=iris, content=Content(stored.digest, stored.size))
    with workspace.ledger.turn():
        known = workspace.schemas.all()
        refuse_repeated(known, proposal, SchemaKind.MODEL)
        refuse_replacing(known, version)
        _refuse_foreign_profiles(known, version)
        profiles = tuple(profiles_of(workspace, version, known))
        shapes = tuple(_shapes(workspace, model, version, known)) if with_shapes else ()
        change = _change(workspace, version, profiles, shapes, known=known)
        facts: dict[str, str | int | None] = {"sha256": stored.digest, "shapes": len(shapes)}
        record_schema(workspace, "SchemaRegistered", version, change=change, actor=principal.client_id, facts=facts)
    return RegisteredSchema(version, (), (*profiles, *shapes))


def profiles_of(
    workspace: Workspace, model: SchemaVersion, known: Collection[SchemaVersion]
) -> Iterator[SchemaVersion]:
    """Give the profile versions of a model that are not registered, under the name and version their IRIs end with."""
    taken = {(one.identifier, one.version) for one in known}
    for iri in sorted(model.profiles):
        parts = _PROFILE.match(iri)
        if parts is None:
            continue
        identifier = f"{model.identifier}{PROFILE_WITHIN}{parts['name']}"
        name = parts["version"].strip("/").replace("/", ".")
        if (identifier, name) not in taken:
            yield replace(
                model,
                iri=version_iri(workspace, identifier, name),
                kind=SchemaKind.PROFILE,
                identifier=identifier,
                version=name,
                title=f"{parts['name']} of {model.title}",
                profiles=frozenset({iri}),
                content=None,
                replaces=frozenset(),
                required_from=None,
            )


def profile_change(workspace: Workspace, profiles: Iterable[SchemaVersion]) -> ChangeSet:
    """Return the change that says of profile versions which model they are of."""
    says = Statements(workspace.schemas.graph)
    for profile in profiles:
        model = workspace.addresses.thing("schema", profile.identifier.partition(PROFILE_WITHIN)[0])
        says.say(profile.iri, PROF.isProfileOf, model)
    return ChangeSet(add=says.quads)


def _change(
    workspace: Workspace,
    version: SchemaVersion,
    profiles: Collection[SchemaVersion],
    shapes: Collection[SchemaVersion],
    *,
    known: Collection[SchemaVersion],
) -> ChangeSet:
    graph = workspace.schemas.graph
    change = profile_change(workspace, profiles)
    for one in (version, *profiles, *shapes):
        change |= registered_change(workspace, one)
    old_profiles = [one for one in known if one.kind is SchemaKind.PROFILE]
    old_shapes = [one for one in known if one.kind is SchemaKind.SHAPES]
    change |= profile_links(profiles, [*old_shapes, *shapes], graph=graph)
    return change | profile_links(old_profiles, shapes, graph=graph)


def _shapes(
    workspace: Workspace, model: Model, version: SchemaVersion, known: Collection[SchemaVersion]
) -> Iterator[SchemaVersion]:
    """Give the shapes made from a model; they replace those that were made from the versions it replaces."""
    files = list(shapes_of(model))
    if not files:
        raise InputError(
            "No shapes can be made from the model: it describes no profile that data could name.",
            where="with_shapes",
            remedy="Register the model without shapes.",
        )
    before = {one.version for one in known if one.iri in version.replaces}
    for file in files:
        identifier = f"{version.identifier}/{file.keyword}"
        check_names(identifier, version.version)
        replaced = [one for one in known if one.identifier == identifier and one.version in before]
        stored = workspace.objects.put(io.BytesIO(file.text.encode()))
        made = replace(
            version,
            iri=version_iri(workspace, identifier, version.version),
            kind=SchemaKind.SHAPES,
            identifier=identifier,
            title=f"Shapes of {version.title}, {file.keyword}",
            profiles=frozenset(file.versions),
            content=Content(stored.digest, stored.size),
            replaces=frozenset(one.iri for one in replaced),
        )
        _refuse_taken(known, made)
        refuse_replacing(known, made)
        yield made


def _refuse_taken(known: Collection[SchemaVersion], made: SchemaVersion) -> None:
    if any(one.identifier == made.identifier and one.version == made.version for one in known):
        raise Conflict(
            "Shapes are registered already under the name that the model's would have.",
            where=made.name,
            remedy="Register the model without shapes, or under another version.",
        )


def _refuse_stated(proposal: Proposal, described: frozenset[str]) -> None:
    others = set(proposal.profiles) - described
    if others:
        raise InputError(
            "The model does not describe this profile.",
            where=", ".join(sorted(others)),
            remedy="Leave the profiles out: a model's are those that its statements describe (`owl:versionIRI`).",
        )


def _refuse_foreign_profiles(known: Collection[SchemaVersion], version: SchemaVersion) -> None:
    for one in known:
        shared = one.profiles & version.profiles
        if one.kind is SchemaKind.MODEL and one.identifier != version.identifier and shared and one.is_usable:
            raise Conflict(
                f"The profile <{min(shared)}> is one of `{one.identifier}`.",
                where=version.name,
                remedy=f"Register the model as a version of `{one.identifier}`.",
            )
