"""What happens by itself under an agreement as time passes: it ends, and its obligations become due and overdue.

Nothing here decides about access, which looks at the clock each time. What has come is noted once, told to the
organisation that is at home here, and announced as an event; a node that slept notes it when it wakes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.obligations import Obligation, ObligationState
from virtuales.journal.event import EventDraft
from virtuales.policy.profile import short
from virtuales.policy.sentences import duty_sentence
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.obligations import obligations
from virtuales.workflow.workspace import Workspace

ENDS_SOON: Final = timedelta(days=14)
"""How long before its end the parties of an agreement are reminded."""
DUE_SOON: Final = timedelta(days=7)
"""How long before it is due they are reminded of an obligation."""
_TO_DO = frozenset({ObligationState.OPEN, ObligationState.OVERDUE})


@dataclass(frozen=True)
class Date:
    """A moment at which something is to be noted.

    Args:
        at: The moment.
        key: What tells it from the other dates of the agreement.
        event: The kind of event that it is.
        text: What the organisation is told.
    """

    at: datetime
    key: str
    event: str
    text: str


class DateWatch:
    """Looks at the dates of agreements when one of them comes, or when an agreement has changed.

    Args:
        workspace: The node.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._next: datetime | None = None
        self._state = -1

    def watch_dates(self) -> None:
        """Note what has come, if anything can have come since it was looked last."""
        workspace = self._workspace
        changed = workspace.store.changed([Desk(workspace).agreements_graph])
        state = workspace.ledger.journal.head.sequence if changed is None else changed
        due = self._next is not None and self._next <= workspace.clock.now()
        if due or state != self._state:
            self._next = note_dates(workspace)
            self._state = state


def note_dates(workspace: Workspace) -> datetime | None:
    """Note what has come since it was looked last, and return the next moment at which something comes.

    Of dates that have passed together only the latest is told: who hears that an agreement has ended need not hear that
    it ends soon.
    """
    desk, now = Desk(workspace), workspace.clock.now()
    noted, ahead = _noted(workspace), list[datetime]()
    for record in desk.agreements.all():
        for dates in _dates(workspace, record):
            passed = [date for date in dates if date.at <= now]
            ahead += [date.at for date in dates if date.at > now]
            if passed and f"{record.iri.value} {passed[-1].key}" not in noted:
                _note(workspace, record, passed)
    return min(ahead, default=None)


def _dates(workspace: Workspace, record: AgreementRecord) -> Iterator[list[Date]]:
    """Give the dates of an agreement, those that belong together in order."""
    end = record.signed.validity.end
    if end is not None and record.ending is None:
        start = record.signed.validity.start
        yield [
            Date(
                max(end - ENDS_SOON, start), "ends-soon", "AgreementEndsSoon", f"An agreement ends on {end:%Y-%m-%d}."
            ),
            Date(end, "expired", "AgreementExpired", "An agreement has ended."),
        ]
    for obligation in obligations(workspace, record):
        if obligation.due is not None and obligation.state in _TO_DO:
            yield _due(record, obligation, obligation.due)


def _due(record: AgreementRecord, obligation: Obligation, due: datetime) -> list[Date]:
    name, what = short(obligation.duty.iri), duty_sentence(obligation.duty)
    soon = max(due - DUE_SOON, record.signed.validity.start)
    closed = " The data is closed until it is done." if obligation.closes else ""
    return [
        Date(soon, f"due {name}", "ObligationDue", f"To be done by {due:%Y-%m-%d}: {what}"),
        Date(due, f"overdue {name}", "ObligationOverdue", f"Overdue since {due:%Y-%m-%d}: {what}{closed}"),
    ]


def _note(workspace: Workspace, record: AgreementRecord, passed: list[Date]) -> None:
    """Note dates that have passed, unless that was done meanwhile, and tell who is at home here of the last."""
    desk = Desk(workspace)
    with workspace.ledger.turn():
        known, latest = _noted(workspace), passed[-1]
        if f"{record.iri.value} {latest.key}" in known:
            return
        statements = Statements(desk.agreements_graph)
        statements.say_all(record.iri, VES.noted, [date.key for date in passed])
        change = ChangeSet(add=statements.quads)
        for party in (record.signed.agreement.assigner, record.signed.request.assignee):
            participant = workspace.participants.find(party)
            if participant is not None and participant.node_url == workspace.addresses.base:
                change |= desk.tell(party, record.iri, latest.text)
        facts = {"at": latest.at.isoformat()}
        workspace.ledger.record(EventDraft(latest.event, record.iri.value, facts=facts, change=change))


def _noted(workspace: Workspace) -> set[str]:
    query = f"SELECT ?a ?key WHERE {{ ?a {VES.noted} ?key }}"
    rows = workspace.store.select(query, graphs=[Desk(workspace).agreements_graph])
    return {f"{plain(row['a'])} {plain(row['key'])}" for row in rows if isinstance(row["a"], NamedNode)}
