"""A draft's graphs: statements that a steward writes by SPARQL before a version is prepared of them.

They are one of the draft's received files, an RDF dataset in N-Quads, so they are prepared, judged and published as
every file is, and published versions never change. Each change is one event, which names the dataset before and after
and the difference between them, all by the digests of objects.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from virtuales.catalogue.drafts import Draft
from virtuales.catalogue.records import PreparedFile
from virtuales.errors import Conflict, NotFound, PreconditionFailed
from virtuales.journal.event import EventDraft
from virtuales.query.changing import Change, Changed
from virtuales.query.description import Described, count_graphs_of_file, describe
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import AnswerStream, whole
from virtuales.query.worker import Order
from virtuales.rdf.io import parse_file, serialize_quads
from virtuales.rdf.media import N_QUADS, RESULTS_JSON
from virtuales.rdf.terms import NamedNode, Quad
from virtuales.store.object_store import StoredObject
from virtuales.trust.tokens import Principal
from virtuales.workflow.prepare import own_draft
from virtuales.workflow.workspace import Workspace

FILE: Final = "graphs.nq"
"""What the file is called among those of the draft."""
_ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Expected:
    """What a change expects to find (RFC 9110, sections 13.1.1 and 13.1.2).

    Args:
        states: The states of the dataset in which it may be made; None for any.
        present: Whether the graph must be there.
        absent: Whether it must not be there.
    """

    states: frozenset[str] | None = None
    present: bool = False
    absent: bool = False


ANYTHING: Final = Expected()


@dataclass(frozen=True)
class DraftGraphs:
    """A draft's graphs at one moment.

    Args:
        draft: The draft.
        digest: The object with them, which also names their state; None when there are none.
    """

    draft: Draft
    digest: str | None

    @property
    def state(self) -> str:
        """What names the state of the graphs."""
        return self.digest or "empty"


def draft_graphs(workspace: Workspace, principal: Principal, slug: str) -> DraftGraphs:
    """Return a draft's graphs.

    Raises:
        AccessDenied: the principal may not publish here, or the dataset is another organisation's.
        NotFound: nobody described such a dataset here.
    """
    return _graphs_of(own_draft(workspace, principal, slug))


def query_draft(workspace: Workspace, principal: Principal, slug: str, request: QueryRequest) -> AnswerStream:
    """Answer a SPARQL query over a draft's graphs.

    Raises:
        AccessDenied, NotFound: as for `draft_graphs`.
        VirtualesError: the query is not answered, as `Queries.stream` says.
    """
    graphs = draft_graphs(workspace, principal, slug)
    request = workspace.services.resolved(request)
    with _file(workspace, graphs) as file:
        return workspace.queries.stream(request.over_file(file), request)


def describe_draft(workspace: Workspace, principal: Principal, slug: str, request: QueryRequest) -> tuple[Quad, ...]:
    """Describe the endpoint of a draft's graphs; raises what `query_draft` raises."""
    graphs = draft_graphs(workspace, principal, slug)
    endpoint = f"{workspace.addresses.base}/sparql/drafts/{slug}"
    with _file(workspace, graphs) as file:
        counts = count_graphs_of_file(workspace.queries, file, request)
    return describe(Described(endpoint, counts, (), f"{endpoint}/update"))


def read_graph(
    workspace: Workspace, graphs: DraftGraphs, graph: NamedNode | None, request: QueryRequest
) -> AnswerStream:
    """Return the statements of one of a draft's graphs; None is the default graph, which is always there.

    Raises:
        NotFound: there is no such graph.
        VirtualesError: it is not answered, as `Queries.stream` says.
    """
    pattern = "{ ?s ?p ?o }" if graph is None else f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    with _file(workspace, graphs) as file:
        if graph is not None:
            ask = replace(request, text=f"ASK {pattern}", accept=RESULTS_JSON)
            if b"true" not in whole(workspace.queries.stream(ask.over_file(file), ask)).body:
                raise _no_graph(graph)
        read = replace(request, text=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}")
        return workspace.queries.stream(read.over_file(file), read)


def whole_dataset(workspace: Workspace, principal: Principal, slug: str, media_type: str) -> tuple[str, bytes]:
    """Return the state of a draft's graphs, and all of them in a form of quads; raises what `draft_graphs` raises."""
    graphs = draft_graphs(workspace, principal, slug)
    if graphs.digest is None:
        return graphs.state, b""
    with workspace.objects.local_copy(graphs.digest) as file:
        if media_type == N_QUADS:
            return graphs.state, file.read_bytes()
        return graphs.state, serialize_quads(parse_file(file, N_QUADS), media_type)


def change_graphs(
    workspace: Workspace,
    principal: Principal,
    slug: str,
    change: Change,
    *,
    asking: QueryRequest,
    expected: Expected = ANYTHING,
) -> Changed:
    """Change a draft's graphs; when this returns, the change is durable.

    Args:
        workspace: The node's parts.
        principal: Who changes them.
        slug: The dataset's short name.
        change: What is to be done.
        asking: How it was asked.
        expected: What it expects to find.

    Raises:
        AccessDenied, NotFound: as for `draft_graphs`; also for a graph to be deleted that is not there.
        UnreadableInput, InputError: the change cannot be made.
        PreconditionFailed: the graphs are not as expected.
        Conflict: others changed them again and again meanwhile.
        TooLarge: the changed graphs are larger than a file may be.
        LimitExceeded, Busy: it takes more than a query may, or too much waits.
    """
    for _ in range(_ATTEMPTS):
        before = draft_graphs(workspace, principal, slug)
        if expected.states is not None and before.state not in expected.states:
            raise _not_as_expected("The graphs were changed since.")
        with _file(workspace, before) as file, tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
            after, patch = Path(scratch, "after.nq"), Path(scratch, "change.patch")
            changed = workspace.queries.change(Order(change, file, after, patch), asking)
            if (expected.absent and changed.existed) or (expected.present and not changed.existed):
                raise _not_as_expected("The graph is there already." if changed.existed else "There is no such graph.")
            if change.kind == "delete" and change.graph is not None and not changed.existed:
                raise _no_graph(NamedNode(change.graph))
            if not (changed.added or changed.removed) or _recorded(workspace, before, (after, patch), changed):
                return changed
    raise Conflict("Others changed the graphs meanwhile.", where=slug, remedy="Try again.")


def _recorded(workspace: Workspace, before: DraftGraphs, files: tuple[Path, Path], changed: Changed) -> bool:
    """Record a change, unless another was recorded since it was begun."""
    after, patch = (_put(workspace, file) for file in files)
    with workspace.ledger.turn():
        now = _graphs_of(workspace.drafts.get(before.draft.dataset))
        if now.digest != before.digest:
            return False
        others = tuple(file for file in now.draft.files if file.name != FILE)
        kept = (PreparedFile(FILE, N_QUADS, after.digest, after.size),) if after.size else ()
        draft = replace(now.draft, files=(*others, *kept), preparation=None)
        facts = {
            "before": before.digest,
            "after": after.digest if kept else None,
            "change": patch.digest,
            "added": changed.added,
            "removed": changed.removed,
        }
        workspace.ledger.record(
            EventDraft(
                "GraphsChanged",
                draft.dataset.value,
                facts=facts,
                change=workspace.drafts.save(draft),
                actor=draft.description.publisher,
            )
        )
    return True


def _put(workspace: Workspace, file: Path) -> StoredObject:
    with file.open("rb") as source:
        return workspace.objects.put(source, limit=workspace.limits.upload_bytes)


def _graphs_of(draft: Draft) -> DraftGraphs:
    return DraftGraphs(draft, next((file.digest for file in draft.files if file.name == FILE), None))


@contextmanager
def _file(workspace: Workspace, graphs: DraftGraphs) -> Iterator[Path | None]:
    if graphs.digest is None:
        yield None
        return
    with workspace.objects.local_copy(graphs.digest) as file:
        yield file


def _no_graph(graph: NamedNode) -> NotFound:
    return NotFound("The draft has no such graph.", where=graph.value, remedy="Put it there first.")


def _not_as_expected(what: str) -> PreconditionFailed:
    return PreconditionFailed(what, where="If-Match, If-None-Match", remedy="Read it again, and decide anew.")
