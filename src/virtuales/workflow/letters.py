"""Delivering letters to the other party of a contract, again and again until its node has taken them or refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from virtuales.contract.letters import Letter, LetterKind, taken, waiting_letters
from virtuales.errors import Conflict, NotFound, VirtualesError
from virtuales.journal.event import EventDraft
from virtuales.workflow.dataspace.delivery import claimed, hand_over
from virtuales.workflow.negotiate import Desk, post
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Refusal:
    """A letter that the other side did not take, and never will.

    Args:
        letter: The letter.
        error: What the other side answered.
    """

    letter: Letter
    error: VirtualesError


OnRefusal = Callable[[Workspace, Refusal], None]
"""Makes of a refusal what it means; the letter waits no longer once it returns."""


def deliver(workspace: Workspace, letter: Letter, on_refusal: OnRefusal) -> None:
    """Deliver a letter; one to a connector of another maker, which may not know it again, by one thread alone.

    Raises:
        VirtualesError: the other side did not answer, or takes nothing now; the letter waits on.
    """
    negotiation = Desk(workspace).negotiations.find(letter.about)
    if negotiation is None or negotiation.opening.connector is None:
        node = workspace.participants.get(letter.recipient).node_url
        _deliver(
            workspace, letter, on_refusal, partial(post, workspace, node, letter.path, letter.message, by=letter.sender)
        )
        return
    with claimed(letter) as is_ours:
        if is_ours and letter in _waiting(workspace, letter.kind):
            _deliver(workspace, letter, on_refusal, partial(hand_over, workspace, negotiation, letter))


def _deliver(workspace: Workspace, letter: Letter, on_refusal: OnRefusal, send: Callable[[], object]) -> None:
    try:
        send()
    except (Conflict, NotFound) as error:
        on_refusal(workspace, Refusal(letter, error))
        _forget(workspace, letter, "LetterRefused")
    else:
        _forget(workspace, letter, "LetterTaken")


def try_to_deliver(workspace: Workspace, letter: Letter, on_refusal: OnRefusal) -> None:
    """Deliver a letter now if the other side takes it; otherwise it waits."""
    try:
        deliver_waiting(workspace, letter.kind, on_refusal, about=letter.about.value)
    except VirtualesError:
        # What was decided stands; the letter is delivered when the other side is back.
        return


def deliver_waiting(workspace: Workspace, kind: LetterKind, on_refusal: OnRefusal, *, about: str | None = None) -> bool:
    """Deliver the letters of a kind that wait, those about one thing one after the other.

    Args:
        workspace: The node.
        kind: Which letters.
        on_refusal: What a refusal means.
        about: The negotiation or agreement that they are about; None for all.

    Returns:
        Whether there was one, so that it is to be looked at again.

    Raises:
        VirtualesError: the first failure; the letters about other things are tried first.
    """
    letters = [one for one in _waiting(workspace, kind) if about in (None, one.about.value)]
    failed: dict[str, VirtualesError] = {}
    for letter in letters:
        if letter.about.value in failed:
            continue
        try:
            deliver(workspace, letter, on_refusal)
        except VirtualesError as error:
            failed[letter.about.value] = error
    if failed:
        raise next(iter(failed.values()))
    return bool(letters)


def _waiting(workspace: Workspace, kind: LetterKind) -> Iterable[Letter]:
    return waiting_letters(workspace.store, Desk(workspace).graph, kind)


def _forget(workspace: Workspace, letter: Letter, event: str) -> None:
    """Record that a letter waits no longer, unless that was recorded by another thread meanwhile."""
    desk = Desk(workspace)
    with workspace.ledger.turn():
        if letter in waiting_letters(workspace.store, desk.graph, letter.kind):
            facts = {"path": letter.path}
            workspace.ledger.record(
                EventDraft(event, letter.about.value, facts=facts, change=taken(letter, desk.graph))
            )
