"""People sign in and out: invitations accepted, passwords shown, chosen anew, sessions begun and ended.

Nothing here tells whether a person exists: neither the words, nor the status, nor the time that an answer takes.
"""

from dataclasses import dataclass, replace
from typing import Final

from virtuales.errors import Busy, Conflict, InputError, NotFound, Unauthenticated
from virtuales.exchange.mail import Letter, Outbox
from virtuales.journal.event import EventDraft
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.trust.people import memberships
from virtuales.trust.people.accounts import Account, parse_email
from virtuales.trust.people.attempts import FREE_FROM_ONE_PLACE
from virtuales.trust.people.identity import Identity
from virtuales.trust.people.links import LASTS, LinkPurpose
from virtuales.trust.people.memberships import Membership, PersonStatus
from virtuales.trust.people.passwords import check_password
from virtuales.trust.people.sessions import Session, SessionKind
from virtuales.trust.scopes import scopes_of
from virtuales.trust.tokens import Principal
from virtuales.workflow.people_desk import PeopleDesk
from virtuales.workflow.workspace import Workspace

_WRONG: Final = "The e-mail address is not known here, or the password is wrong."


@dataclass(frozen=True)
class Begun:
    """A session that has just begun.

    Args:
        name: Its name, for the cookie.
        needs_code: Whether it opens nothing before a second factor is shown.
    """

    name: str
    needs_code: bool


@dataclass(frozen=True)
class Known:
    """Who a session belongs to.

    Args:
        principal: What they may do.
        session: The session.
        name: The person's name; None for a client.
    """

    principal: Principal
    session: Session
    name: str | None


class SignIn:
    """What people do to come in and go out.

    Args:
        workspace: The node's parts.
        identity: Its identity database.
        desk: The organisations' people.
        outbox: Where letters are put.
    """

    def __init__(self, workspace: Workspace, identity: Identity, desk: PeopleDesk, outbox: Outbox) -> None:
        self._workspace = workspace
        self._identity = identity
        self._desk = desk
        self._outbox = outbox

    def by_password(self, email: str, password: str, *, place: str) -> Begun:
        """Begin a session for whoever shows a password; it is half a session where a second factor is to follow.

        Args:
            email: The address as it was typed.
            password: The password.
            place: Whence it comes, such as a network address.

        Raises:
            Unauthenticated: the address or the password is wrong, or the person may not sign in now.
            Busy: too many tries failed.
        """
        address = _compared(email)
        attempts = self._identity.attempts
        attempts.admit(f"place {place}", free=FREE_FROM_ONE_PLACE)
        attempts.admit(f"password {address}")
        account = self._identity.accounts.find_by_email(address)
        matches = self._identity.passwords.matches(password, account.password if account else None)
        membership = self._desk.find_membership(account.person if account else "nobody")
        if account is None or not matches or membership is None or membership.status is not PersonStatus.ACTIVE:
            raise Unauthenticated(_WRONG, where="email", remedy="Check both, or have the password reset.")
        attempts.forget(f"password {address}")
        attempts.forget(f"place {place}")
        kind = SessionKind.HALF if account.totp_secret else SessionKind.PERSON
        return Begun(self._begin(account.person, membership, kind), kind is SessionKind.HALF)

    def for_client(self, principal: Principal) -> str:
        """Begin a session for a client that has shown its secret; it ends with the client's token."""
        return self._identity.sessions.begin(
            principal.client_id,
            principal.organisation,
            kind=SessionKind.CLIENT,
            scopes=principal.scopes,
            lasts=principal.expires - self._workspace.clock.now(),
        )

    def find(self, name: str) -> Known | None:
        """Return whom a session belongs to and what they may do now; None when it has ended or is half a one."""
        session = self._identity.sessions.find(name)
        if session is None or session.kind is SessionKind.HALF:
            return None
        if session.kind is SessionKind.CLIENT:
            principal = Principal(
                session.subject, session.organisation, session.scopes, session.ends, session.digest[:16]
            )
            return Known(principal, session, None)
        membership = self._desk.find_membership(session.subject)
        account = self._identity.accounts.find(session.subject)
        if membership is None or account is None or membership.status is not PersonStatus.ACTIVE:
            return None
        scopes = frozenset(scope.value for scope in scopes_of(membership.roles))
        organisation = membership.organisation.value
        principal = Principal(membership.person.value, organisation, scopes, session.ends, session.digest[:16])
        return Known(principal, session, account.name)

    def sign_out(self, name: str) -> None:
        """End a session."""
        self._identity.sessions.end(name)

    def sign_out_everywhere(self, known: Known) -> int:
        """End every session of whoever a session belongs to; return how many there were."""
        return self._identity.sessions.end_all(known.session.subject)

    def invited(self, token: str) -> Account:
        """Return the account that an invitation is for.

        Raises:
            NotFound: the link opens nothing any more.
        """
        return self._identity.accounts.get(self._identity.links.get(token, LinkPurpose.INVITATION))

    def accept(self, token: str, password: str) -> str:
        """Accept an invitation: the address is confirmed, the password chosen, the person active and signed in.

        Raises:
            NotFound: the link opens nothing any more.
            InputError: the password is easily guessed.
            Conflict: the person is no longer invited.
        """
        account = self.invited(token)
        check_password(password, email=account.email, name=account.name)
        digest = self._identity.passwords.digest(password)
        self._identity.links.take(token, LinkPurpose.INVITATION)
        with self._workspace.ledger.turn():
            membership = self._desk.find_membership(account.person)
            if membership is None or membership.status is not PersonStatus.INVITED:
                raise Conflict("This invitation is no longer open.", where="token", remedy="Ask for a new one.")
            graph = self._workspace.addresses.graph("people")
            change = memberships.change(membership, graph, status=PersonStatus.ACTIVE)
            self._identity.accounts.set_password(account.person, digest)
            self._record("PersonJoined", membership.person, change)
        return self._begin(account.person, replace(membership, status=PersonStatus.ACTIVE), SessionKind.PERSON)

    def ask_reset(self, email: str, *, place: str) -> None:
        """Send a link for a new password if the address is an active person's; nobody is told whether it was.

        Raises:
            Busy: too many were asked for.
        """
        address = _compared(email)
        self._identity.attempts.admit(f"reset from {place}", free=FREE_FROM_ONE_PLACE)
        try:
            self._identity.attempts.admit(f"reset {address}")
        except Busy:
            return
        account = self._identity.accounts.find_by_email(address)
        membership = self._desk.find_membership(account.person) if account else None
        if account is None or membership is None or membership.status is not PersonStatus.ACTIVE:
            return
        token = self._identity.links.make(account.person, LinkPurpose.RESET)
        minutes = int(LASTS[LinkPurpose.RESET].total_seconds() // 60)
        text = (
            f"Dear {account.name},\n\nsomebody, hopefully you, wants a new password for your account at\n"
            f"{self._workspace.addresses.base}. Open this page to choose one:\n\n"
            f"{self._workspace.addresses.base}/new-password?token={token}\n\n"
            f"The link works once and for {minutes} minutes. If it was not you, leave it alone: nothing has changed.\n"
        )
        self._outbox.put(Letter(account.email, "A new password", text))

    def resetting(self, token: str) -> Account:
        """Return the account that a link for a new password is for; raises NotFound when it opens nothing."""
        return self._identity.accounts.get(self._identity.links.get(token, LinkPurpose.RESET))

    def reset(self, token: str, password: str) -> None:
        """Choose a new password by a link; every session ends, and a second factor is asked for as before.

        Raises:
            NotFound: the link opens nothing any more.
            InputError: the password is easily guessed.
        """
        account = self.resetting(token)
        check_password(password, email=account.email, name=account.name)
        digest = self._identity.passwords.digest(password)
        self._identity.links.take(token, LinkPurpose.RESET)
        self._identity.accounts.set_password(account.person, digest)
        self._identity.attempts.forget(f"password {account.email}")
        self._record("PersonPasswordReset", self._workspace.addresses.thing("person", account.person), ChangeSet())

    def change_password(self, known: Known, *, old: str, new: str) -> str:
        """Change the password of whoever has signed in; other sessions end, and a new one begins.

        Raises:
            Unauthenticated: the old password is wrong.
            InputError: the new one is easily guessed.
            Busy: too many tries failed.
        """
        account = self.confirmed(known, old)
        check_password(new, email=account.email, name=account.name)
        self._identity.accounts.set_password(account.person, self._identity.passwords.digest(new))
        membership = self._desk.find_membership(account.person)
        if membership is None:
            raise NotFound("There is no such person.", where=account.person)
        self._record("PersonPasswordChanged", membership.person, ChangeSet())
        return self._begin(account.person, membership, SessionKind.PERSON)

    def confirmed(self, known: Known, password: str) -> Account:
        """Return the account of whoever has signed in, once they have shown the password again.

        Raises:
            Unauthenticated: it is wrong, or a client has signed in.
            Busy: too many tries failed.
        """
        account = self._identity.accounts.find(known.session.subject)
        if account is None:
            raise Unauthenticated("This is for people.", where="password", remedy="Sign in with an e-mail address.")
        self._identity.attempts.admit(f"password {account.email}")
        if not self._identity.passwords.matches(password, account.password):
            raise Unauthenticated("The password is wrong.", where="password", remedy="Try again.")
        self._identity.attempts.forget(f"password {account.email}")
        return account

    def _begin(self, person: str, membership: Membership, kind: SessionKind) -> str:
        return self._identity.sessions.begin(person, membership.organisation.value, kind=kind)

    def _record(self, kind: str, person: NamedNode, change: ChangeSet) -> None:
        self._workspace.ledger.record(EventDraft(kind, person.value, change=change, actor=person.value))


def _compared(email: str) -> str:
    """Return an address in the form in which it is compared; what is no address is compared as it is."""
    try:
        return parse_email(email)
    except InputError:
        return email.strip().lower()[:320]
