"""All that a node does for people, made from its settings and parts."""

from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher

from virtuales.exchange.mail import MailSender, Outbox, SmtpSender
from virtuales.settings import Settings
from virtuales.trust.people.identity import Identity, open_identity
from virtuales.trust.people.sessions import Lifetimes
from virtuales.workflow.passkey_use import PasskeyUse
from virtuales.workflow.people_desk import PeopleDesk
from virtuales.workflow.second_factor import SecondFactor
from virtuales.workflow.sign_in import SignIn
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class People:
    """What a node does for people.

    Args:
        identity: Accounts, sessions and what else is kept of people.
        outbox: Letters to them.
        desk: What administrators of organisations do.
        sign_in: What people do to come in and go out.
        second_factor: What they do with codes.
        passkeys: What they do with passkeys.
    """

    identity: Identity
    outbox: Outbox
    desk: PeopleDesk
    sign_in: SignIn
    second_factor: SecondFactor
    passkeys: PasskeyUse

    def deliver_letters(self) -> None:
        """Hand the letters that wait to the mail server, where one is set."""
        self.outbox.deliver()

    def close(self) -> None:
        """Release the files."""
        self.identity.database.close()


def open_people(settings: Settings, workspace: Workspace, *, hasher: PasswordHasher | None = None) -> People:
    """Open what a node does for people.

    Args:
        settings: The node's settings.
        workspace: Its parts.
        hasher: What digests passwords, with its costs.

    Raises:
        StoreFailure: the identity database cannot be opened.
    """
    clock = workspace.clock
    lifetimes = Lifetimes(
        idle=timedelta(seconds=settings.session_idle_seconds), absolute=timedelta(seconds=settings.session_seconds)
    )
    identity = open_identity(settings.data_dir / "identity.sqlite", clock=clock, lifetimes=lifetimes, hasher=hasher)
    outbox = Outbox(
        settings.data_dir / "outbox",
        settings.base_url,
        clock=clock,
        sender=_sender(settings),
        address=settings.mail_from,
    )
    desk = PeopleDesk(workspace, identity, outbox)
    sign_in = SignIn(workspace, identity, desk, outbox)
    return People(
        identity,
        outbox,
        desk,
        sign_in,
        second_factor=SecondFactor(workspace, identity, desk, sign_in),
        passkeys=PasskeyUse(workspace, identity, desk, sign_in),
    )


def _sender(settings: Settings) -> MailSender | None:
    if settings.smtp_host is None:
        return None
    password = settings.smtp_password
    return SmtpSender(
        settings.smtp_host,
        settings.smtp_port,
        sender=str(settings.mail_from),
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
    )
