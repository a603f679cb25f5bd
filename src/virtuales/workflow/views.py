"""The view of a dataset version that somebody may use: the graphs that every door reads, and no other.

A view is made when it is used first, and kept as a graph of the store until no agreement needs it.
"""

import hashlib
from typing import Final

from virtuales.errors import NotFound
from virtuales.policy.templates import is_open
from virtuales.policy.views.view import View
from virtuales.rdf.terms import NamedNode
from virtuales.store.kept_views import Place
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.offers import offer_of
from virtuales.workflow.view_releases import disclose
from virtuales.workflow.view_sources import WholeVersion, maker_of
from virtuales.workflow.workspace import Workspace

_SECONDS: Final = 60
_KEY_OF: Final = b"virtuales: pseudonyms under "


def graphs_seen(workspace: Workspace, whole: WholeVersion, *, part: View | None, under: NamedNode) -> list[NamedNode]:
    """Return the graphs that somebody may read of a dataset version.

    Args:
        workspace: The provider's node.
        whole: The version.
        part: What may be used; None for all of it.
        under: The agreement, or the open offer, that allows it.

    Raises:
        InputError: the view cannot be made any longer.
        AccessDenied: it has noise, and the agreement's budget does not allow to show it.
        ConfigurationError: it has noise, and what draws it is not installed.
    """
    if part is None:
        return list(whole.graphs)
    if part.noise:
        return [disclose(workspace, whole, part, under=under)]
    key = view_key(workspace, part, under)
    told = repr((whole.content, part)).encode()
    graph = workspace.addresses.view_graph(hashlib.sha256(hashlib.sha256(told).digest() + key).hexdigest())
    workspace.views.keep(
        workspace.store,
        Place(graph, workspace.addresses.view_record(graph), whole.version),
        needed_by=under,
        make=lambda: maker_of(workspace, whole).make(part, key=key, name=graph).write,
    )
    return [graph]


def sweep_views(workspace: Workspace) -> int:
    """Drop the views that no agreement and no open offer needs any longer; return how many there were."""
    addresses = workspace.addresses
    return workspace.views.sweep(
        workspace.store,
        addresses.view_records,
        addresses.view_graphs,
        is_needed=lambda by: _lets_in(workspace, by),
    )


class ViewSweeper:
    """Drops views that nobody needs any longer: after a change of agreements, and now and then, since they end.

    Args:
        workspace: The node.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: tuple[int | None, int] | None = None

    def sweep_views(self) -> None:
        """Sweep, unless no agreement changed and no minute went by since the last time."""
        changed = self._workspace.store.changed([Desk(self._workspace).agreements_graph])
        seen = changed, int(self._workspace.clock.now().timestamp() // _SECONDS)
        if seen != self._seen:
            sweep_views(self._workspace)
            self._seen = seen


def _lets_in(workspace: Workspace, by: NamedNode) -> bool:
    """Tell whether an agreement is in force, or an offer still open."""
    version, found, _ = by.value.partition("#offer")
    try:
        if found:
            return is_open(offer_of(workspace, NamedNode(version)))
        return Desk(workspace).agreements.get(by).in_force(workspace.clock.now()).allowed
    except NotFound:
        return False


def view_key(workspace: Workspace, part: View, under: NamedNode) -> bytes:
    """Return the secret that decides the pseudonyms under an agreement: the node alone can make it, again and again.

    It is empty for a view without pseudonyms, so that agreements can share it.
    """
    if not part.is_keyed:
        return b""
    return hashlib.sha256(workspace.key.sign(_KEY_OF + under.value.encode())).digest()
