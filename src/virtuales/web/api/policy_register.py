"""What is registered for policies by REST: profiles, policies to inherit from, events."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, Field

from virtuales.policy.compact import constraint_json
from virtuales.policy.register import AnnouncedEvent, Registered, RegisteredKind
from virtuales.policy.registered_facts import RegisteredFact
from virtuales.rdf.media import N_TRIPLES, TURTLE
from virtuales.rdf.terms import parse_iri
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import govern_policies

router = APIRouter(prefix="/api/v1", tags=["Policies"])


class RegistrationIn(RequestBody):
    """A profile, or a policy that offers can inherit from."""

    content: str = Field(description="The file: a profile's ontology, or one policy, in RDF.")
    media_type: str = Field(TURTLE, description="Its syntax.")


class RegisteredOut(BaseModel):
    """Something that was registered for policies."""

    key: str
    kind: str = Field(description="`profile` or `policy`.")
    name: str = Field(description="Its IRI, by which policies name it.")
    registered_at: datetime
    by: str = Field(description="IRI of the organisation that registered it.")


class EventIn(RequestBody):
    """An event that policies can refer to."""

    event: str = Field(description="The event's IRI, which policies name.")
    title: str
    start: datetime
    end: datetime | None = Field(None, description="When it ends; by default it is a moment.")


class EventOut(BaseModel):
    """An event that was announced."""

    event: str
    title: str
    start: datetime
    end: datetime | None
    announced_at: datetime
    by: str = Field(description="IRI of the organisation that announced it.")


class FactIn(RequestBody):
    """A value for a left operand that is put on record."""

    about: str = Field(description="IRI of the organisation, or of the node's dataset or version.")
    said: dict[str, Any] = Field(
        description="A constraint with `eq`, in compact JSON.",
        examples=[{"leftOperand": "payAmount", "operator": "eq", "rightOperand": 100}],
    )
    until: datetime | None = Field(None, description="When it ends; by default it has no end.")


class FactOut(BaseModel):
    """A fact on record."""

    about: str
    said: dict[str, Any]
    registered_at: datetime
    by: str = Field(description="IRI of the organisation that recorded it.")
    until: datetime | None


@router.get("/policy-registrations", summary="What is registered for policies")
def list_registered(workspace: WorkspaceHere) -> list[RegisteredOut]:
    """List the profiles and the policies to inherit from that this node knows, those of the orchestrator first."""
    return [_registered(one) for one in workspace.policy_register.registered()]


@router.post("/policy-registrations", status_code=201, summary="Register a profile or a policy")
def register(workspace: WorkspaceHere, asker: KnownAsker, given: RegistrationIn) -> RegisteredOut:
    """Register a profile, whose terms offers can then use, or a policy that they can inherit from."""
    return _registered(govern_policies.register(workspace, asker, given.content.encode(), given.media_type))


@router.get(
    "/policy-registrations/{key}/document",
    summary="The document of what was registered",
    response_class=Response,
    responses={
        200: {"content": {N_TRIPLES: {}, "application/json": {}}, "description": "It, to be registered elsewhere."}
    },
)
def document(workspace: WorkspaceHere, key: Annotated[str, Path(description="Its key, from the list.")]) -> Response:
    """Give a profile as N-Triples, or a policy as compact JSON, so that others can register it at their nodes."""
    one = workspace.policy_register.get(key)
    return Response(one.document, media_type=N_TRIPLES if one.kind is RegisteredKind.PROFILE else "application/json")


@router.get("/policy-events", summary="The events that policies can refer to")
def list_events(workspace: WorkspaceHere) -> list[EventOut]:
    """List the events that were announced, the earliest first."""
    return [_event(one) for one in workspace.policy_register.announced()]


@router.post("/policy-events", status_code=201, summary="Announce an event")
def announce(workspace: WorkspaceHere, asker: KnownAsker, event: EventIn) -> EventOut:
    """Announce when an event takes place, or that it takes place at another time than was said before."""
    name = parse_iri(event.event, where="event")
    announced = govern_policies.announce(workspace, asker, name, title=event.title, start=event.start, end=event.end)
    return _event(announced)


@router.get("/policy-facts", summary="The facts on record that policies look at")
def list_facts(workspace: WorkspaceHere, asker: KnownAsker) -> list[FactOut]:
    """List what your node has on record for left operands, of organisations and of its own data."""
    return [_fact(one) for one in govern_policies.recorded_facts(workspace, asker)]


@router.post("/policy-facts", status_code=201, summary="Put a fact on record")
def record_fact(workspace: WorkspaceHere, asker: KnownAsker, fact: FactIn) -> FactOut:
    """Put a value for a left operand on record, in the place of an earlier one; it goes before what askers state."""
    about = parse_iri(fact.about, where="about")
    return _fact(govern_policies.record_fact(workspace, asker, about, fact.said, until=fact.until))


def _fact(one: RegisteredFact) -> FactOut:
    return FactOut(
        about=one.about.value,
        said=constraint_json(one.said),
        registered_at=one.registered_at,
        by=one.by,
        until=one.until,
    )


def _registered(one: Registered) -> RegisteredOut:
    return RegisteredOut(key=one.key, kind=one.kind, name=one.name.value, registered_at=one.registered_at, by=one.by)


def _event(one: AnnouncedEvent) -> EventOut:
    return EventOut(
        event=one.name.value,
        title=one.title,
        start=one.period.start,
        end=one.period.end,
        announced_at=one.announced_at,
        by=one.by,
    )
