"""What is due to other nodes: every step that sends messages, and what it has left to send."""

import logging

from virtuales.errors import VirtualesError
from virtuales.workflow import end_agreement, end_negotiation, obligations, request_access, review_access
from virtuales.workflow.dataspace import pushing
from virtuales.workflow.workspace import Workspace

_LOG = logging.getLogger(__name__)
_PARTS = (request_access, review_access, end_negotiation, end_agreement, obligations, pushing)


def carry_on(workspace: Workspace) -> bool:
    """Send again what other nodes did not take; a peer that is away does not hold up what is due to others.

    Returns:
        Whether anything was left to send, so that it is to be looked at again.
    """
    left = False
    for part in _PARTS:
        try:
            left |= part.carry_on(workspace)
        except VirtualesError as error:
            left = True
            _LOG.info("%s: %s", part.__name__.rpartition(".")[2], error)
    return left
