"""What people do with passkeys: add, remove, and sign in with one."""

from virtuales.errors import NotFound
from virtuales.journal.event import EventDraft
from virtuales.trust.people.attempts import FREE_FROM_ONE_PLACE
from virtuales.trust.people.identity import Identity
from virtuales.trust.people.memberships import PersonStatus
from virtuales.trust.people.passkeys import Passkey, Passkeys, refusal
from virtuales.trust.people.sessions import SessionKind
from virtuales.workflow.people_desk import PeopleDesk
from virtuales.workflow.sign_in import Known, SignIn
from virtuales.workflow.workspace import Workspace


class PasskeyUse:
    """What people do with passkeys.

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
        self._passkeys = Passkeys(identity.database, workspace.clock, workspace.addresses.base)

    @property
    def are_possible(self) -> bool:
        """Whether browsers make passkeys for this node."""
        return self._passkeys.are_possible

    def of(self, known: Known) -> list[Passkey]:
        """Return the passkeys of whoever has signed in."""
        return self._passkeys.of(known.session.subject)

    def propose(self, known: Known, password: str) -> str:
        """Return what a browser needs to make a passkey, once the password was shown again.

        Raises:
            Unauthenticated: the password is wrong, or a client has signed in.
            Busy: too many tries failed.
            Conflict: the person has as many as one can have.
        """
        return self._passkeys.propose(self._sign_in.confirmed(known, password))

    def add(self, known: Known, credential: str, label: str) -> None:
        """Keep a passkey that the browser made.

        Raises:
            Unauthenticated: it does not answer a challenge to this person.
        """
        self._passkeys.add(known.session.subject, credential, label)
        self._record("PersonPasskeyAdded", known.session.subject)

    def remove(self, known: Known, key: str) -> None:
        """Forget a passkey.

        Raises:
            NotFound: whoever has signed in has no such passkey.
        """
        if not self._passkeys.remove(known.session.subject, key):
            raise NotFound("You have no such passkey.", where="passkey", remedy="See the list on your account's page.")
        self._record("PersonPasskeyRemoved", known.session.subject)

    def ask(self) -> str:
        """Return what a browser needs to show a passkey of anybody."""
        return self._passkeys.ask()

    def show(self, credential: str, *, place: str) -> str:
        """Begin a session for whoever shows a passkey, which stands for both factors.

        Args:
            credential: What the browser gave.
            place: Whence it comes.

        Raises:
            Unauthenticated: it is unknown or wrong, or its owner may not sign in now.
            Busy: too many tries failed.
        """
        self._identity.attempts.admit(f"place {place}", free=FREE_FROM_ONE_PLACE)
        person = self._passkeys.find_owner(credential)
        membership = self._desk.find_membership(person)
        if membership is None or membership.status is not PersonStatus.ACTIVE:
            raise refusal()
        self._identity.attempts.forget(f"place {place}")
        return self._identity.sessions.begin(person, membership.organisation.value, kind=SessionKind.PERSON)

    def _record(self, kind: str, person: str) -> None:
        iri = self._workspace.addresses.thing("person", person).value
        self._workspace.ledger.record(EventDraft(kind, iri, actor=iri))
