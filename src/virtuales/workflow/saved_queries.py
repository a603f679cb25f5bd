"""Saved queries: those that ship, and how one is asked of the catalogue or of a dataset version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from virtuales.errors import InputError
from virtuales.models.manifest import read_manifest
from virtuales.query.protocol import QueryRequest, still_waiting
from virtuales.query.saved_query import Asks, SavedQuery
from virtuales.query.saved_reading import SavedQueries, read_saved_query
from virtuales.query.streams import whole
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed
from virtuales.store.rdf_store import Answer
from virtuales.trust.tokens import Principal
from virtuales.workflow import consume
from virtuales.workflow.discover import query_catalogue
from virtuales.workflow.oversee import query_audit
from virtuales.workflow.workspace import Workspace

ABOUT: Mapping[Asks, str] = {
    "catalogue": "the catalogue",
    "data": "the data of a dataset version",
    "audit": "the audit trail",
}
"""What each kind of query is about, for people."""


@cache
def shipped_queries() -> SavedQueries:
    """Return the saved queries of the contributed folder, read once.

    Raises:
        ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
        UnreadableInput: a file is no saved query.
    """
    return SavedQueries(read_saved_query(file.path) for file in read_manifest(contributed("queries"), VES.SavedQuery))


def query_base(workspace: Workspace) -> str:
    """Return what the IRIs of this node's saved queries begin with; their names follow."""
    return workspace.addresses.thing("query", "").value


@dataclass(frozen=True)
class Question:
    """A saved query with what it is to be asked of.

    Args:
        query: The query.
        values: The values of its parameters, by their names.
        version: The dataset version to ask; None for a query about the catalogue.
    """

    query: SavedQuery
    values: Mapping[str, str]
    version: NamedNode | None = None


def ask(
    workspace: Workspace,
    asker: Principal | None,
    question: Question,
    *,
    accept: str | None,
    gone: Callable[[], bool] = still_waiting,
) -> Answer:
    """Answer a saved query, as whoever asks may.

    Args:
        workspace: The node.
        asker: Who asks; None for the public.
        question: The query, with its values and what it is asked of.
        accept: The form that the answer is wanted in.
        gone: Tells whether nobody waits for the answer any longer.

    Raises:
        InputError: the values do not fit the parameters, or a version is named where none can be, or is missing.
        Unauthenticated: the data is not open and nobody is named.
        AccessDenied: no agreement allows it; the reasons say why.
        NotFound: there is no such version.
        LimitExceeded: it takes more than a query may, or nobody waits for its answer.
    """
    query, version = question.query, question.version
    asking = asker.organisation if asker else "anybody"
    posed = QueryRequest(query.bound(question.values), accept=accept, gone=gone, asker=asking)
    if query.asks != "data":
        if version is not None:
            raise InputError(
                f"The query `{query.name}` is about {ABOUT[query.asks]}.",
                where="version",
                remedy="Name no dataset version.",
            )
        answer = query_catalogue if query.asks == "catalogue" else query_audit
        return whole(answer(workspace, asker, posed))
    if version is None:
        raise InputError(
            f"The query `{query.name}` is about the data of a dataset version.",
            where="version",
            remedy="Name the IRI of the version to ask.",
        )
    return whole(consume.query(workspace, asker, version, posed))
