"""An organisation's people: it invites them, gives and takes roles, suspends and removes them.

People are kept where they sign in: at their organisation's own node, or at the orchestrator. Events name a person by an
IRI that says nothing about them; names, addresses and credentials are in the identity database alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from virtuales.errors import AccessDenied, Conflict, InputError, NotFound
from virtuales.exchange.mail import Letter, Outbox
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust.participants import Participant
from virtuales.trust.people import memberships
from virtuales.trust.people.accounts import parse_email, parse_name
from virtuales.trust.people.identity import Identity
from virtuales.trust.people.links import LASTS, LinkPurpose
from virtuales.trust.people.memberships import Membership, Memberships, PersonStatus
from virtuales.trust.scopes import ROLES_OF_PEOPLE, Role, Scope, parse_roles
from virtuales.trust.tokens import Principal
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Person:
    """A person as their organisation sees them.

    Args:
        membership: Status and roles.
        name: The name.
        email: The address.
        has_second_factor: Whether codes are asked for at sign-in.
    """

    membership: Membership
    name: str
    email: str
    has_second_factor: bool


class PeopleDesk:
    """What an organisation's administrators do.

    Args:
        workspace: The node's parts.
        identity: Its identity database.
        outbox: Where letters are put.
    """

    def __init__(self, workspace: Workspace, identity: Identity, outbox: Outbox) -> None:
        self._workspace = workspace
        self._identity = identity
        self._outbox = outbox

    @property
    def _graph(self) -> NamedNode:
        return self._workspace.addresses.graph("people")

    @property
    def memberships(self) -> Memberships:
        """The memberships that this node knows of."""
        return Memberships(self._workspace.store, self._graph)

    def find_membership(self, key: str) -> Membership | None:
        """Return a person's membership as it stands now, or None."""
        person = self._workspace.addresses.thing("person", key)
        return self._workspace.kept(("person", key), [self._graph], lambda: self.memberships.find(person))

    def list(self, principal: Principal) -> list[Person]:
        """Return the people of the principal's organisation.

        Raises:
            AccessDenied: the principal does not administer an organisation here.
        """
        organisation = self._administered(principal)
        return [self._person(one) for one in self.memberships.of(organisation.iri)]

    def get(self, principal: Principal, key: str) -> Person:
        """Return a person of the principal's organisation.

        Raises:
            AccessDenied: the principal does not administer an organisation here.
            NotFound: the organisation has no such person.
        """
        return self._person(self._theirs(principal, key)[1])

    def invite(self, principal: Principal, *, email: str, name: str, roles: Iterable[str]) -> Person:
        """Invite a person to act for the principal's organisation; a letter brings them a link.

        Raises:
            AccessDenied: the principal does not administer an organisation here, or a role is not its people's.
            InputError: the address, the name or a role is wrong.
            Conflict: the address belongs to a person of this node.
        """
        organisation = self._administered(principal)
        address, called, given = parse_email(email), parse_name(name), self._roles(organisation, roles)
        key, now = uuid4().hex, self._workspace.clock.now()
        membership = Membership(
            self._workspace.addresses.thing("person", key), organisation.iri, PersonStatus.INVITED, given, now
        )
        self._identity.accounts.add(key, email=address, name=called, at=now)
        try:
            self._record("PersonInvited", membership, memberships.add(membership, self._graph), principal)
        except BaseException:
            self._identity.accounts.erase(key)
            raise
        self._send_invitation(key, organisation)
        return self._person(membership)

    def invite_again(self, principal: Principal, key: str) -> Person:
        """Send an invited person a new link; the earlier one opens nothing any more.

        Raises:
            Conflict: the person has accepted already.
        """
        organisation, membership = self._theirs(principal, key)
        if membership.status is not PersonStatus.INVITED:
            raise Conflict(f"The person is {membership.status}, not waiting for an invitation.", where=key)
        self._send_invitation(key, organisation)
        return self._person(membership)

    def change_roles(self, principal: Principal, key: str, roles: Iterable[str]) -> Person:
        """Give a person other roles instead of those they have; it holds from their next request on.

        Raises:
            Conflict: the organisation would be left without an administrator.
        """
        with self._workspace.ledger.turn():
            organisation, membership = self._theirs(principal, key)
            given = self._roles(organisation, roles)
            if membership.roles & _ADMINISTRATORS and not given & _ADMINISTRATORS:
                self._refuse_lone(membership)
            change = memberships.change(membership, self._graph, roles=given)
            self._record("PersonRolesChanged", membership, change, principal, roles=given)
        return self._person(self._get(key))

    def suspend(self, principal: Principal, key: str) -> Person:
        """Suspend a person: their sessions end, and they cannot sign in.

        Raises:
            Conflict: they are not active, or the organisation's last administrator.
        """
        with self._workspace.ledger.turn():
            _, membership = self._theirs(principal, key)
            self._refuse_lone(membership)
            change = memberships.change(membership, self._graph, status=PersonStatus.SUSPENDED)
            self._record("PersonSuspended", membership, change, principal)
        self._identity.sessions.end_all(key)
        return self._person(self._get(key))

    def reinstate(self, principal: Principal, key: str) -> Person:
        """Let a suspended person sign in again.

        Raises:
            Conflict: they are not suspended.
        """
        with self._workspace.ledger.turn():
            _, membership = self._theirs(principal, key)
            if membership.status is not PersonStatus.SUSPENDED:
                raise Conflict(f"The person is {membership.status}, not Suspended.", where=key)
            change = memberships.change(membership, self._graph, status=PersonStatus.ACTIVE)
            self._record("PersonReinstated", membership, change, principal)
        return self._person(self._get(key))

    def remove(self, principal: Principal, key: str) -> None:
        """Remove a person; their name, address and credentials are erased, their IRI stays in the journal.

        Raises:
            Conflict: they are the organisation's last administrator.
        """
        with self._workspace.ledger.turn():
            _, membership = self._theirs(principal, key)
            self._refuse_lone(membership)
            self._record("PersonRemoved", membership, memberships.remove(membership, self._graph), principal)
        self._identity.accounts.erase(key)

    def _administered(self, principal: Principal) -> Participant:
        organisation = self._workspace.approved(principal, Scope.ORGANISATION_MANAGE)
        if not self._workspace.is_orchestrator and organisation.node_url != self._workspace.addresses.base:
            self._workspace.hosted(principal, Scope.ORGANISATION_MANAGE)
        return organisation

    def _theirs(self, principal: Principal, key: str) -> tuple[Participant, Membership]:
        organisation = self._administered(principal)
        membership = self.find_membership(key)
        if membership is None or membership.organisation != organisation.iri:
            raise NotFound(
                "Your organisation has no such person.", where=key, remedy="List your organisation's people."
            )
        return organisation, membership

    def _get(self, key: str) -> Membership:
        membership = self.find_membership(key)
        if membership is None:
            raise NotFound("There is no such person.", where=key)
        return membership

    def _roles(self, organisation: Participant, names: Iterable[str]) -> frozenset[Role]:
        given = parse_roles(names)
        if not given or given - set(ROLES_OF_PEOPLE):
            names_known = ", ".join(role.value for role in ROLES_OF_PEOPLE)
            raise InputError("A person needs roles of people.", where="roles", remedy=f"Use: {names_known}.")
        if Role.OPERATOR in given and organisation.node_url != self._workspace.orchestrator:
            raise AccessDenied(
                "Operators are the orchestrator's own staff.",
                reasons=[f"{organisation.legal_name} is not the orchestrator."],
                where="roles",
                remedy="Give the role administrator to whoever looks after your people.",
            )
        return given

    def _refuse_lone(self, membership: Membership) -> None:
        """Refuse to lose the last active administrator, after whom nobody could let anybody in by the portal."""
        others = [
            one
            for one in self.memberships.of(membership.organisation)
            if one.person != membership.person and one.status is PersonStatus.ACTIVE and one.roles & _ADMINISTRATORS
        ]
        if membership.status is PersonStatus.ACTIVE and membership.roles & _ADMINISTRATORS and not others:
            raise Conflict(
                "This is the organisation's last active administrator.",
                where=membership.key,
                remedy="Give somebody else the role administrator first.",
            )

    def _send_invitation(self, key: str, organisation: Participant) -> None:
        account, base = self._identity.accounts.get(key), self._workspace.addresses.base
        token = self._identity.links.make(key, LinkPurpose.INVITATION)
        text = (
            f"Dear {account.name},\n\n{organisation.legal_name} invites you to its node of the Virtual Energy System.\n"
            f"Open this page to confirm your address and choose a password:\n\n{base}/invitation?token={token}\n\n"
            f"The link works once and for {LASTS[LinkPurpose.INVITATION].days} days. If you do not know what this is "
            "about, leave it alone.\n"
        )
        self._outbox.put(Letter(account.email, f"Your invitation by {organisation.legal_name}", text))

    def _record(
        self,
        kind: str,
        membership: Membership,
        change: ChangeSet,
        principal: Principal,
        roles: Iterable[Role] | None = None,
    ) -> None:
        names = sorted(role.value for role in (membership.roles if roles is None else roles))
        facts = {"organisation": membership.organisation.value, "roles": " ".join(names)}
        draft = EventDraft(kind, membership.person.value, facts=facts, change=change, actor=principal.client_id)
        self._workspace.ledger.record(draft)

    def _person(self, membership: Membership) -> Person:
        account = self._identity.accounts.find(membership.key)
        if account is None:
            return Person(membership, "(erased)", "", has_second_factor=False)
        return Person(membership, account.name, account.email, has_second_factor=account.totp_secret is not None)


_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR, Role.OPERATOR})
"""Roles that may let others in."""
