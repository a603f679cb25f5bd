"""Letters wait in the outbox until a mail server takes them, and stay there while it does not."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from virtuales.clock import ManualClock
from virtuales.exchange.mail import Letter, Outbox, SmtpSender

LETTER = Letter("ada@vale.example", "Your invitation", "Dear Zoë,\nhttps://node.example/invitation?token=a=b\n")


class MailServer(socketserver.ThreadingTCPServer):
    """Takes messages, save for those to `nobody@…`, as far as SMTP is needed for that (RFC 5321)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.messages: list[bytes] = []


class _Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, MailServer)
        self.wfile.write(b"220 mail.example\r\n")
        for line in self.rfile:
            command = line.strip().upper()
            if command.startswith(b"RCPT TO:<NOBODY@"):
                self.wfile.write(b"550 no such mailbox\r\n")
            elif command == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.messages.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 taken\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as started:
        threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield started
        started.shutdown()


def outbox(folder: Path, port: int | None) -> Outbox:
    sender = SmtpSender("127.0.0.1", port, sender="node@vale.example", security="none") if port else None
    clock = ManualClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    return Outbox(folder / "outbox", "https://node.example", clock=clock, sender=sender, address="node@vale.example")


def test_without_a_mail_server_letters_stay_readable_for_their_owner_alone(tmp_path: Path) -> None:
    box = outbox(tmp_path, None)
    file = box.put(LETTER)
    assert box.deliver() == 0
    assert "https://node.example/invitation?token=a=b" in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0
    assert box.folder.stat().st_mode & 0o077 == 0


def test_delivers_what_waits_and_sets_aside_what_is_refused_for_good(tmp_path: Path, server: MailServer) -> None:
    box = outbox(tmp_path, server.server_address[1])
    refused = box.put(Letter("nobody@vale.example", "Your invitation", "Nobody reads this."))
    box.put(LETTER)
    assert box.deliver() == 1
    (message,) = map(message_from_bytes, server.messages)
    assert (message["To"], message["From"]) == ("ada@vale.example", "node@vale.example")
    assert "Zoë" in bytes(message.get_payload(decode=True) or b"").decode()
    assert [file.name for file in box.folder.iterdir()] == [refused.with_suffix(".refused").name]


def test_what_a_server_that_is_away_did_not_take_waits(tmp_path: Path, server: MailServer) -> None:
    away = outbox(tmp_path, 9)
    away.put(LETTER)
    assert away.deliver() == 0
    assert outbox(tmp_path, server.server_address[1]).deliver() == 1
    assert list(away.folder.iterdir()) == []
