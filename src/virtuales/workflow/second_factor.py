"""The second factor at sign-in: taken up, asked for, and given up."""

from dataclasses import dataclass

from virtuales.errors import InputError, Unauthenticated
from virtuales.journal.event import EventDraft
from virtuales.trust.people.identity import Identity
from virtuales.trust.people.memberships import PersonStatus
from virtuales.trust.people.sessions import SessionKind
from virtuales.trust.people.totp import key_uri, written
from virtuales.workflow.people_desk import PeopleDesk
from virtuales.workflow.sign_in import Known, SignIn
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Proposal:
    """A secret to be put into an authenticator app.

    Args:
        text: As it is typed.
        uri: As apps open it.
    """

    text: str
    uri: str


class SecondFactor:
    """What people do with their second factor.

    Args:
        workspace: The node's parts.
        identity: Its identity database.
        desk: The organisations' people.
        sign_in: What compares passwords.
    """

    def __init__(self, workspace: Workspace, identity: Identity, desk: PeopleDesk, sign_in: SignIn) -> None:
        self._workspace = workspace
        self._identity = identity
        self._desk = desk
        self._sign_in = sign_in

    def propose(self, known: Known, password: str) -> None:
        """Make a secret for whoever has signed in and shows the password again.

        Raises:
            Unauthenticated: the password is wrong, or a client has signed in.
            Busy: too many tries failed.
        """
        self._identity.factors.propose(self._sign_in.confirmed(known, password).person)

    def find_proposal(self, known: Known) -> Proposal | None:
        """Return the secret that waits for its first code, or None."""
        account = self._identity.accounts.find(known.session.subject)
        secret = self._identity.factors.find_proposed(account.person) if account else None
        if account is None or secret is None:
            return None
        issuer = self._workspace.addresses.base.partition("://")[2]
        return Proposal(written(secret), key_uri(secret, issuer=issuer, account=account.email))

    def confirm(self, known: Known, code: str) -> list[str]:
        """Put the proposed secret to use by a first code; return the recovery codes, which are shown this once.

        Raises:
            InputError: the code is wrong.
            Busy: too many tries failed.
        """
        person = known.session.subject
        self._identity.attempts.admit(f"code {person}")
        codes = self._identity.factors.confirm(person, code)
        if codes is None:
            raise InputError("The code is wrong.", where="code", remedy="Type the one that the app shows now.")
        self._identity.attempts.forget(f"code {person}")
        self._record("PersonSecondFactorSet", person)
        return codes

    def drop(self, known: Known, password: str) -> None:
        """Give the second factor up, for whoever has signed in and shows the password again; raises as `propose`."""
        person = self._sign_in.confirmed(known, password).person
        self._identity.factors.drop(person)
        self._record("PersonSecondFactorDropped", person)

    def show(self, name: str, code: str) -> str:
        """Turn half a session into a whole one, under a new name, by a code of the app or a recovery code.

        Raises:
            Unauthenticated: the code is wrong, or the password was shown too long ago.
            Busy: too many tries failed.
        """
        half = self._identity.sessions.find(name)
        if half is None or half.kind is not SessionKind.HALF:
            raise Unauthenticated(
                "Too much time has gone by.", where="session", remedy="Begin with the password again."
            )
        self._identity.attempts.admit(f"code {half.subject}")
        membership = self._desk.find_membership(half.subject)
        right = self._identity.factors.take(half.subject, code)
        if not right or membership is None or membership.status is not PersonStatus.ACTIVE:
            raise Unauthenticated("The code is wrong.", where="code", remedy="Type the one that the app shows now.")
        self._identity.attempts.forget(f"code {half.subject}")
        self._identity.sessions.end(name)
        return self._identity.sessions.begin(half.subject, half.organisation, kind=SessionKind.PERSON)

    def _record(self, kind: str, person: str) -> None:
        iri = self._workspace.addresses.thing("person", person).value
        self._workspace.ledger.record(EventDraft(kind, iri, actor=iri))
