"""Between the steps: what an organisation's people were told, until they have read it."""

from virtuales.governance.notifications import Notification, mark_read
from virtuales.journal.event import EventDraft
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import Workspace


def notifications(workspace: Workspace, principal: Principal) -> list[Notification]:
    """Return what the principal's organisation was told, the newest first.

    Raises:
        AccessDenied: the organisation is not at home here.
    """
    organisation = workspace.hosted(principal, Scope.CATALOGUE_READ)
    return Desk(workspace).notifications.of(organisation.iri)


def read_notification(workspace: Workspace, principal: Principal, key: str) -> Notification:
    """Mark a notification as read and return it; reading it again changes nothing.

    Raises:
        AccessDenied: the organisation is not at home here.
        NotFound: it has no notification of that key.
    """
    organisation = workspace.hosted(principal, Scope.CATALOGUE_READ)
    reader = Desk(workspace).notifications
    with workspace.ledger.turn():
        notification = reader.get(organisation.iri, key)
        if not notification.is_read:
            change = mark_read(notification, workspace.addresses.graph("notifications"))
            workspace.ledger.record(
                EventDraft("NotificationRead", notification.iri.value, change=change, actor=principal.client_id)
            )
        return reader.get(organisation.iri, key)
