"""Letters by e-mail: written to an outbox first, and delivered from there when a mail server is set.

The outbox is a folder that only its owner may read, since letters hold links that open something. A letter that could
not be delivered stays and is tried again; without a mail server the node's operator hands the letters on.
"""

import logging
import os
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from virtuales.clock import Clock

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 30.0
_OWNER_ONLY: Final = 0o600
MailSecurity = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class Letter:
    """A letter to one person.

    Args:
        to: The e-mail address.
        subject: What it is about.
        text: What it says, in plain text.
    """

    to: str
    subject: str
    text: str = field(repr=False)


class MailSender(Protocol):
    """Sends what stands in the outbox."""

    def send(self, message: bytes, *, to: str) -> None:
        """Hand a message over.

        Raises:
            OSError: the server did not take it; smtplib's errors are such.
        """
        ...


@dataclass(frozen=True)
class SmtpSender:
    """Sends by SMTP.

    Args:
        host: The mail server.
        port: Its port.
        sender: The address in `From`.
        security: TLS from the start, by STARTTLS, or none.
        user: The user's name; None for a server that asks for none.
        password: The user's password.
    """

    host: str
    port: int
    sender: str
    security: MailSecurity = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def send(self, message: bytes, *, to: str) -> None:
        """Hand a message to the server; raises what smtplib raises, all of it OSError."""
        context = ssl.create_default_context()
        kind = partial(smtplib.SMTP_SSL, context=context) if self.security == "tls" else smtplib.SMTP
        with kind(self.host, self.port, timeout=_SECONDS) as server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None:
                server.login(self.user, self.password or "")
            server.sendmail(self.sender, [to], message)


class Outbox:
    """Letters that wait to be delivered, a file each.

    Args:
        folder: Where they are; made when it is missing.
        base_url: The node's address, in whose name they are written.
        clock: What time it is.
        sender: What delivers them; None leaves them in the folder.
        address: The address in `From`; by default one at the node's host.
    """

    def __init__(
        self, folder: Path, base_url: str, *, clock: Clock, sender: MailSender | None = None, address: str | None = None
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._host = urlsplit(base_url).hostname or "localhost"
        self._clock = clock
        self._sender = sender
        self._address = address or f"virtuales@{self._host}"

    def put(self, letter: Letter) -> Path:
        """Write a letter to the folder, whole or not at all, and return its file."""
        now = self._clock.now()
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._address, letter.to, letter.subject
        message["Date"], message["Message-ID"] = format_datetime(now), make_msgid(domain=self._host)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="8bit")  # so that links can be read in the file, too
        file = self.folder / f"{now:%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"
        fresh = file.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as out:
            out.write(message.as_bytes())
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
        return file

    def deliver(self) -> int:
        """Deliver what waits, the oldest first, and return how many letters went out; failures are tried again."""
        if self._sender is None:
            return 0
        delivered = 0
        for file in sorted(self.folder.glob("*.eml")):
            message = file.read_bytes()
            try:
                self._sender.send(message, to=_recipient(message))
            except smtplib.SMTPRecipientsRefused:
                _LOG.warning("the mail server refuses the recipient of %s", file.name)
                file.replace(file.with_suffix(".refused"))
                continue
            except OSError as error:
                _LOG.warning("a letter waits in the outbox: %s", type(error).__name__)
                break
            file.unlink()
            delivered += 1
        return delivered


def _recipient(message: bytes) -> str:
    lines = message.partition(b"\n\n")[0].decode().splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("to:"))
