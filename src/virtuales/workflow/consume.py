"""Step 6, consume: query and download what an agreement, or an open offer, allows; every access is on the audit trail.

The decision is made anew for each access, from the state of this very moment: a revoked agreement or a suspended
organisation closes the door with the next request.
"""

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from virtuales.catalogue.entry import download_url
from virtuales.catalogue.search import Catalogue, FileEntry, VersionEntry
from virtuales.errors import AccessDenied, LimitExceeded, NotFound, Unauthenticated
from virtuales.governance.audit import Access, record_access
from virtuales.policy.decision import Decision, Reason
from virtuales.query.description import Described, count_graphs, describe
from virtuales.query.protocol import QueryRequest
from virtuales.query.request import check_length, check_query
from virtuales.query.streams import AnswerStream, FlowingBytes, WatchedAnswer, WholeAnswer
from virtuales.rdf.terms import NamedNode, Quad
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.admit import Admission, Leave, admission, agreements_with, published_entry, refuse_use
from virtuales.workflow.keep_record import undisturbed
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.view_files import FileOfView, view_file, view_files
from virtuales.workflow.view_sources import whole_version
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a dataset version: may use it now, may ask for it, and why.

    On another node than the provider's only the offer is known, so use is then decided by the provider.
    """

    may_use: bool
    may_ask: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Delivery:
    """A file on its way out, which is cut once who takes it may no longer have it.

    Args:
        answer: Its bytes.
        digest: The SHA-256 of all of them, in hexadecimal.
    """

    answer: AnswerStream
    digest: str

    @property
    def body(self) -> Iterator[bytes]:
        """Its bytes in pieces; raises why, where it is cut."""
        return self.answer.pieces()

    @property
    def media_type(self) -> str:
        """What it is."""
        return self.answer.media_type

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.answer.size or 0

    @property
    def digest_base64(self) -> str:
        """The SHA-256 of the bytes as `Repr-Digest` wants it."""
        return base64.b64encode(bytes.fromhex(self.digest)).decode()


def query(workspace: Workspace, asker: Principal | None, version: NamedNode, request: QueryRequest) -> AnswerStream:
    """Answer a SPARQL query over the models of a dataset version.

    Raises:
        Unauthenticated: the data is not open and nobody is named.
        AccessDenied: no agreement allows it; the reasons say why.
        NotFound: there is no such version, or it has no models.
        InputError: the text is no SPARQL query that is answered here.
        LimitExceeded: it takes more than a query may, or nobody waits for its answer.
        Busy: too many queries wait already.
        PeerFailure: an endpoint that it names with SERVICE did not answer.
    """
    if not workspace.services.allowed:
        check_query(request.text)
    check_length(request.text)
    entry, admitted = _query_admission(workspace, asker, version, detail=request.text)
    graphs = admitted.graphs(workspace, whole_version(entry))
    leave = Leave(workspace, asker, entry, admitted)
    request = leave.watched(workspace.services.resolved(request))
    try:
        answer = workspace.queries.stream(request.over(graphs), request)
    except LimitExceeded:
        leave.require()
        raise
    leave.require()
    return answer if isinstance(answer, WholeAnswer) else WatchedAnswer(answer, leave.refusal)


def describe_endpoint(
    workspace: Workspace, asker: Principal | None, version: NamedNode, request: QueryRequest
) -> tuple[Quad, ...]:
    """Describe the endpoint of a dataset version, with counts of its data; raises what `query` raises."""
    graphs = readable_graphs(workspace, asker, version, detail="service description")
    counts = workspace.counts.of(graphs, lambda missing: count_graphs(workspace.queries, missing, request))
    endpoint = version.value.replace("/id/", "/sparql/", 1)
    return describe(Described(endpoint, counts, [graph.value for graph in graphs]))


def readable_graphs(
    workspace: Workspace, asker: Principal | None, version: NamedNode, *, detail: str
) -> list[NamedNode]:
    """Decide whether somebody may query a dataset version now, record it, and return the graphs that it may read.

    Raises:
        Unauthenticated: the data is not open and nobody is named.
        AccessDenied: no agreement allows it; the reasons say why.
        NotFound: there is no such version, or it has no models.
    """
    entry, admitted = _query_admission(workspace, asker, version, detail=detail)
    return admitted.graphs(workspace, whole_version(entry))


def _query_admission(
    workspace: Workspace, asker: Principal | None, version: NamedNode, *, detail: str
) -> tuple[VersionEntry, Admission]:
    entry = _known_entry(workspace, asker, version)
    if not entry.models:
        raise NotFound("This version has no data to query.", where=version.value, remedy="Download its files.")
    return entry, _admit(workspace, asker, entry, door="sparql", detail=detail)


def download(workspace: Workspace, asker: Principal | None, version: NamedNode, name: str) -> Delivery:
    """Deliver a file of a dataset version as it was published, or a file of the view that the asker may use.

    Raises:
        Unauthenticated: the data is not open and nobody is named.
        AccessDenied: no agreement allows it; the reasons say why.
        NotFound: there is no such version or file.
    """
    entry = _known_entry(workspace, asker, version)
    admitted = _admit(workspace, asker, entry, door="download", detail=name)
    if admitted.part is not None:
        file = view_file(view_files(workspace, entry, admitted.part, under=admitted.under), name)
        made = file.made()
        content, digest = FlowingBytes(made, file.media_type, made.size), made.digest
    else:
        published = _file(entry, name)
        kind, encoding = published.media_type, published.encoding
        media_type = f"{kind}; charset={encoding}" if encoding else kind
        content = FlowingBytes(workspace.objects.read(published.digest), media_type, published.size)
        digest = published.digest
    return Delivery(WatchedAnswer(content, Leave(workspace, asker, entry, admitted).refusal), digest)


def files_for(workspace: Workspace, asker: Principal | None, version: NamedNode) -> list[FileEntry]:
    """Return the files of a dataset version that somebody may download now.

    Raises:
        Unauthenticated: the data is not open and nobody is named.
        AccessDenied: no agreement allows it; the reasons say why.
        NotFound: there is no such version.
    """
    entry = _known_entry(workspace, asker, version)
    participant = workspace.approved(asker, Scope.DATA_READ) if asker else None
    admitted = admission(workspace, participant, version)
    refuse_use(entry, admitted.decision, known=asker is not None)
    if admitted.part is None:
        return list(entry.files)
    return [_listed(file, version) for file in view_files(workspace, entry, admitted.part, under=admitted.under)]


def _listed(file: FileOfView, version: NamedNode) -> FileEntry:
    with closing(file.made()) as made:
        return FileEntry(file.name, file.media_type, made.size, made.digest, download_url(version, file.name))


def standing(workspace: Workspace, asker: Principal | None, entry: VersionEntry) -> Standing:
    """Tell how somebody stands to a version in the catalogue, whoever's node it is on."""
    version = NamedNode(entry.iri)
    participant = workspace.participants.find(NamedNode(asker.organisation)) if asker else None
    known = participant if participant and participant.is_approved else None
    if workspace.addresses.owns(entry.iri):
        decision = admission(workspace, known, version).decision
        return Standing(decision.allowed, known is not None and not decision.allowed, decision.reasons)
    if entry.sensitivity == "O":
        decision = Decision.allow("open", "The data is open.")
    elif Desk(workspace).agreements.active(known.iri, version, workspace.clock.now()) if known else False:
        decision = Decision.allow("agreement-active", "Your organisation has an agreement about this version.")
    else:
        why = "The provider decides about a request for access."
        decision = Decision.deny("ask", why, remedy="Request access through your own node.")
    return Standing(decision.allowed, known is not None and not decision.allowed, decision.reasons)


def _admit(workspace: Workspace, asker: Principal | None, entry: VersionEntry, *, door: str, detail: str) -> Admission:
    """Decide, put the decision on the audit trail, and refuse when it is a refusal."""
    version = NamedNode(entry.iri)
    attempt = partial(
        Access,
        version=version,
        organisation=asker.organisation if asker else None,
        client=asker.client_id if asker else None,
        door=door,
        detail=detail,
    )
    try:
        participant = workspace.approved(asker, Scope.DATA_READ) if asker else None
    except AccessDenied as error:
        record_access(workspace.ledger, attempt(allowed=False, reasons=error.reasons))
        raise
    with undisturbed(workspace, agreements_with(workspace, participant, version) if participant else []):
        admitted = admission(workspace, participant, version)
        if asker is None:
            refuse_use(entry, admitted.decision, known=False)
        reasons = tuple(reason.message for reason in admitted.decision.reasons)
        allowed, agreement = admitted.decision.allowed, admitted.agreement
        record_access(workspace.ledger, attempt(allowed=allowed, reasons=reasons, agreement=agreement))
    refuse_use(entry, admitted.decision, known=True)
    return admitted


def _known_entry(workspace: Workspace, asker: Principal | None, version: NamedNode) -> VersionEntry:
    """Return a version's entry; who names nobody learns only of public ones, not even that others exist."""
    if asker is not None:
        return published_entry(workspace, version)
    try:
        public = [workspace.addresses.graph("catalogue/public")]
        catalogue = Catalogue(workspace.store, public)
        return workspace.kept(("public entry", version), public, lambda: catalogue.version(version))
    except NotFound as error:
        raise Unauthenticated(
            "There is no such open dataset; others need an access token.",
            remedy="Request access, then use a token of your organisation.",
        ) from error


def _file(entry: VersionEntry, name: str) -> FileEntry:
    for file in entry.files:
        if file.name == name:
            return file
    known = ", ".join(file.name for file in entry.files)
    raise NotFound("This version has no such file.", where=name, remedy=f"It has: {known}.")
