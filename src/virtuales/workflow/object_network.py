"""Looking up one object across producers: every node that may know of it is asked at once, and named in the answer.

A node is asked with the asker's own rights, for what it holds itself, so that a question never goes round. Who does
not answer in time is named as a source that failed; a missing source never looks like one that has nothing to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final
from urllib.parse import quote

from pydantic import ValidationError

from virtuales.catalogue.object_statements import object_statements
from virtuales.catalogue.object_view import ObjectView, Source, merged, object_key
from virtuales.errors import AccessDenied, InputError, PeerFailure, Unauthenticated, VirtualesError
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import known_nodes
from virtuales.workflow.object_lookup import look_up_here
from virtuales.workflow.workspace import Workspace

DEADLINE_SECONDS: Final = 10.0
"""How long other nodes are waited for."""
_AT_A_TIME: Final = 16
TokenFor = Callable[[str], str | None]
"""Gives a token of the asker's for a node; None where there is none, so that only what is open is asked for."""
Ask = Callable[[str], Mapping[str, object]]
"""Asks a node, by its base URL, for what it says of an object."""


def look_up(
    workspace: Workspace,
    asker: Principal | None,
    iri: NamedNode,
    *,
    token_for: TokenFor,
    seconds: float = DEADLINE_SECONDS,
) -> ObjectView:
    """Return what this node and every other one in reach say of an object, as far as the asker may use it.

    Args:
        workspace: The node.
        asker: Who asks; None for the public.
        iri: The object.
        token_for: Gives the asker's token for another node.
        seconds: How long other nodes are waited for.

    Raises:
        AccessDenied: the asker's organisation is not approved, or its token does not cover data.
    """
    own = look_up_here(workspace, asker, iri)
    path = f"/api/v1/objects/{quote(object_key(iri.value), safe='')}?everywhere=false"

    def ask(node: str) -> Mapping[str, object]:
        return workspace.peers.ask(node, path, token=token_for(node) if asker else None, seconds=seconds)

    others = [node for node in known_nodes(workspace) if node != workspace.addresses.base]
    return merged(iri.value, [own, *ask_all(others, iri, ask=ask, seconds=seconds)])


def ask_all(nodes: Sequence[str], iri: NamedNode, *, ask: Ask, seconds: float) -> list[ObjectView]:
    """Ask nodes for an object, all at once, and return what each said, or what came of asking it.

    Args:
        nodes: Base URLs of the nodes.
        iri: The object.
        ask: Asks a node and returns its JSON; what it raises of our errors is what came of it.
        seconds: How long they are waited for; who is still asked then is no longer listened to.
    """
    if not nodes:
        return []
    pool = ThreadPoolExecutor(max_workers=min(_AT_A_TIME, len(nodes)), thread_name_prefix="object")
    asked = {pool.submit(_asked, ask, node, iri): node for node in nodes}
    wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    return list(_outcomes(asked, iri, seconds))


def _asked(ask: Ask, node: str, iri: NamedNode) -> ObjectView:
    return _view(ask(node), node, iri)


def _outcomes(asked: dict[Future[ObjectView], str], iri: NamedNode, seconds: float) -> Iterator[ObjectView]:
    """Give what each node said, or what came of asking it."""
    for future, node in asked.items():
        if not future.done() or future.cancelled():
            late = PeerFailure(f"It did not answer within {seconds:g} seconds.", remedy="Try again later.")
            yield _nothing(iri, node, late)
            continue
        error = future.exception()
        if isinstance(error, VirtualesError):
            yield _nothing(iri, node, error)
        elif error is not None:
            raise error
        else:
            yield future.result()


def _nothing(iri: NamedNode, node: str, error: VirtualesError) -> ObjectView:
    refused = isinstance(error, AccessDenied | Unauthenticated)
    reasons = error.reasons if isinstance(error, AccessDenied) else (error.what,)
    source = Source(
        node=node, state="refused" if refused else "failed", reasons=reasons, remedy=error.remedy or "Try again later."
    )
    return ObjectView(iri=iri.value, key=object_key(iri.value), sources=(source,))


def _view(document: Mapping[str, object], node: str, iri: NamedNode) -> ObjectView:
    """Read what a node answered; it speaks of this object, and for its own dataset versions alone.

    Raises:
        PeerFailure: it does not.
    """
    try:
        view = ObjectView.model_validate(document)
        object_statements(view, thing=iri, document=iri)
    except (ValidationError, InputError) as error:
        raise PeerFailure("The node's answer does not describe an object.", where=node) from error
    owns = Addresses(node).owns
    versions = {one.iri for one in view.versions}
    said = [*view.attributes, *view.relations, *view.referred_by, *view.identities]
    if (
        view.iri != iri.value
        or not all(map(owns, versions))
        or any(source.node != node for source in view.sources)
        or any(not versions.issuperset(one.versions) for one in said)
    ):
        raise PeerFailure("The node's answer speaks of another object, or for other nodes.", where=node)
    return view
