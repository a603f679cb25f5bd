"""What ends an agreement, or a right under it, cuts the answers that are on their way, to fast and to slow readers."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from starlette.types import Message
from tests.books import NOON
from tests.workflow.agreements import AGREEMENT, ASKER, CONSUMER, agreed
from tests.workflow.registry_node import OPERATOR
from tests.workflow.test_policies_at_doors import CERTIFIED, PARTICIPANTS, certify, clock, limited, node, published

from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.query.streams import AnswerStream, GrowingAnswer, WatchedAnswer
from virtuales.rdf.terms import NamedNode
from virtuales.trust.verification import Move
from virtuales.web.answers import AnswerResponse
from virtuales.workflow.consume import Delivery, download
from virtuales.workflow.end_agreement import revoke
from virtuales.workflow.register import decide
from virtuales.workflow.workspace import Workspace

_ = (clock, node)
PIECES = [b"1" * 1000, b"2" * 1000]


def sent(answer: AnswerStream, *, taken: int = 100, then: Callable[[], object] = lambda: None) -> list[Message]:
    """Send an answer to a reader that takes some messages, does something, and takes nothing more."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        if len(messages) == taken:
            await anyio.to_thread.run_sync(then)
            await anyio.sleep_forever()
        messages.append(message)

    async def receive() -> Message:
        await anyio.sleep_forever()
        return {}

    async def run() -> None:
        with anyio.fail_after(60):
            response = AnswerResponse(answer, {}, anyio.CapacityLimiter(4))
            await response({"type": "http", "method": "GET"}, receive, send)

    anyio.run(run)
    return messages


def is_whole(messages: list[Message]) -> bool:
    return messages[-1]["type"] == "http.response.body" and not messages[-1].get("more_body", False)


@pytest.fixture
def growing(tmp_path: Path) -> GrowingAnswer:
    """An answer of which two pieces are there, and more will come."""
    answer = GrowingAnswer("text/csv", tmp_path)
    for piece in PIECES:
        answer.add(piece)
    return answer


def test_answer_under_way_is_cut_for_a_reader_who_takes_nothing(growing: GrowingAnswer) -> None:
    ended = threading.Event()
    answer = WatchedAnswer(growing, lambda: AccessDenied("It ended.", reasons=["So."]) if ended.is_set() else None)
    messages = sent(answer, taken=1, then=ended.set)
    assert len(messages) == 1
    assert not is_whole(messages)
    assert growing.is_closed()


def test_answer_is_cut_while_more_of_it_is_waited_for(growing: GrowingAnswer) -> None:
    since = iter([None, None])
    answer = WatchedAnswer(growing, lambda: next(since, AccessDenied("It ended.", reasons=["So."])))
    messages = sent(answer)
    assert not is_whole(messages)


def test_answer_that_may_be_given_is_given_whole(growing: GrowingAnswer) -> None:
    growing.end()
    messages = sent(WatchedAnswer(growing, lambda: None))
    assert is_whole(messages)
    assert b"".join(message.get("body", b"") for message in messages) == b"".join(PIECES)


def test_whatever_ends_the_right_cuts_a_download_under_way(node: Workspace, clock: ManualClock) -> None:
    until = NOON + timedelta(days=90)
    begun = {}
    for name, terms in (
        ("revoked", OfferTerms(Audience.PARTICIPANTS)),
        ("counted", OfferTerms(Audience.PARTICIPANTS, uses=1)),
        ("expired", limited(PARTICIPANTS, CERTIFIED)),
        ("until", OfferTerms(Audience.PARTICIPANTS, until=until)),
        ("suspended", OfferTerms(Audience.PARTICIPANTS)),
    ):
        certify(node) if name == "expired" else None
        offer = agreed(node, published(node, terms), name=f"-{name}")
        begun[name] = download(node, ASKER, offer.target, "sites.csv")
    assert is_whole(sent(begun["counted"].answer))
    revoke(node, OPERATOR, NamedNode(f"{AGREEMENT.value}-revoked"), reason="Misused.")
    assert "Misused." in cut(begun["revoked"])
    clock.advance(timedelta(days=60))
    assert "expired: its last day was 2026-06-30" in cut(begun["expired"])
    clock.advance(timedelta(days=60))
    assert "must be `lteq`" in cut(begun["until"])
    decide(node, OPERATOR, CONSUMER, move=Move.SUSPEND, reason="For now.")
    assert "is Suspended, not Approved" in cut(begun["suspended"])


def cut(delivery: Delivery) -> str:
    """Take a download that began before; return why it is cut."""
    assert not is_whole(sent(delivery.answer))
    refusal = delivery.answer.refusal() if isinstance(delivery.answer, WatchedAnswer) else None
    return " ".join(refusal.reasons) if isinstance(refusal, AccessDenied) else ""
