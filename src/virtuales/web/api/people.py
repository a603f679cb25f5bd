"""People: an organisation invites them, gives and takes roles, suspends and removes them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from virtuales.trust.scopes import ROLES_OF_PEOPLE, scopes_of
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, NodeHere
from virtuales.workflow.people_desk import Person

router = APIRouter(prefix="/api/v1/people", tags=["People"])

Key = Annotated[str, Path(description="The person's key, as the list has it.")]


class InvitationIn(RequestBody):
    """Whom to invite."""

    email: str = Field(examples=["ada.reed@vale.example"])
    name: str = Field(examples=["Ada Reed"])
    roles: list[str] = Field(description="At least one; see `GET /api/v1/people/roles`.", examples=[["steward"]])


class RolesIn(RequestBody):
    """The roles that a person has from now on."""

    roles: list[str] = Field(examples=[["steward", "reviewer"]])


class PersonOut(BaseModel):
    """A person of the organisation."""

    person: str
    key: str
    name: str
    email: str
    status: str
    roles: list[str]
    second_factor: bool
    invited_at: datetime


class RoleOut(BaseModel):
    """A role that a person can have."""

    role: str
    meaning: str
    scopes: list[str]


@router.get("", summary="List the organisation's people")
def list_people(node: NodeHere, asker: KnownAsker) -> list[PersonOut]:
    """List the people of your organisation; needs the role administrator."""
    return [_shown(person) for person in node.people.desk.list(asker)]


@router.get("/roles", summary="List the roles that people can have")
def list_roles() -> list[RoleOut]:
    """List the roles with what each is for and which scopes it gives."""
    return [
        RoleOut(role=role.value, meaning=text, scopes=sorted(scope.value for scope in scopes_of([role])))
        for role, text in ROLES_OF_PEOPLE.items()
    ]


@router.post("", status_code=201, summary="Invite a person")
def invite(node: NodeHere, asker: KnownAsker, invitation: InvitationIn) -> PersonOut:
    """Invite a person by a letter with a link that works once; needs the role administrator."""
    said = invitation.model_dump()
    return _shown(node.people.desk.invite(asker, email=said["email"], name=said["name"], roles=said["roles"]))


@router.post("/{key}/invitation", summary="Invite a person again")
def invite_again(node: NodeHere, asker: KnownAsker, key: Key) -> PersonOut:
    """Send an invited person a new link in place of the earlier one; needs the role administrator."""
    return _shown(node.people.desk.invite_again(asker, key))


@router.put("/{key}/roles", summary="Change a person's roles")
def change_roles(node: NodeHere, asker: KnownAsker, key: Key, roles: RolesIn) -> PersonOut:
    """Give a person these roles instead of those they have; needs the role administrator."""
    return _shown(node.people.desk.change_roles(asker, key, roles.roles))


@router.post("/{key}/suspension", summary="Suspend a person")
def suspend(node: NodeHere, asker: KnownAsker, key: Key) -> PersonOut:
    """Suspend a person; their sessions end. Needs the role administrator."""
    return _shown(node.people.desk.suspend(asker, key))


@router.post("/{key}/reinstatement", summary="Reinstate a person")
def reinstate(node: NodeHere, asker: KnownAsker, key: Key) -> PersonOut:
    """Let a suspended person sign in again; needs the role administrator."""
    return _shown(node.people.desk.reinstate(asker, key))


@router.delete("/{key}", summary="Remove a person")
def remove(node: NodeHere, asker: KnownAsker, key: Key) -> dict[str, str]:
    """Remove a person and erase their name, address and credentials; needs the role administrator."""
    node.people.desk.remove(asker, key)
    return {"removed": key}


def _shown(person: Person) -> PersonOut:
    membership = person.membership
    return PersonOut(
        person=membership.person.value,
        key=membership.key,
        name=person.name,
        email=person.email,
        status=membership.status.value,
        roles=membership.role_names,
        second_factor=person.has_second_factor,
        invited_at=membership.since,
    )
