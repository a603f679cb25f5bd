"""Taking the files that a provider puts here, for transfers that are pushed to this node's own door.

The token of the data address opens the door while the transfer is under way and its agreement holds. What came is kept
until the organisation discards it.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from urllib.parse import quote

from virtuales.errors import Conflict, InputError, NotFound, TooLarge, Unauthenticated
from virtuales.exchange.transfer import TransferRole, TransferState
from virtuales.exchange.transfers import Transfer
from virtuales.journal.event import EventDraft, JsonValue
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCAT, DCTERMS, SPDX, XSD
from virtuales.rdf.terms import Literal, NamedNode, parse_iri, plain
from virtuales.store.object_store import StoredObject
from virtuales.trust.tokens import Principal
from virtuales.workflow.dataspace.catalogue import PUSH
from virtuales.workflow.dataspace.data_addresses import receiving_endpoint, require_token
from virtuales.workflow.dataspace.transfer import in_force, own_transfer
from virtuales.workflow.dataspace.transfer_letters import TransferDesk
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.prepare import refuse_path
from virtuales.workflow.workspace import Workspace

MOST_FILES: Final = 1000
"""How many files a transfer may bring."""
_SHA_256: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}")
_UNKNOWN: Final = "application/octet-stream"


@dataclass(frozen=True)
class ReceivedFile:
    """A file that a provider put here.

    Args:
        name: Its name.
        media_type: Of what kind the provider says that it is.
        digest: SHA-256 of its bytes, in hexadecimal.
        size: Its length in bytes.
    """

    name: str
    media_type: str
    digest: str
    size: int


def opened(workspace: Workspace, pid: str, token: str) -> Transfer:
    """Return the transfer for which a token opens the door now.

    Raises:
        Unauthenticated: the token is not one of this node's for this transfer.
        Conflict: no file is awaited now.
        AccessDenied: the agreement does not hold now.
    """
    transfer = TransferDesk(workspace).transfers.find(parse_iri(pid, where="pid"))
    if transfer is None or transfer.role is not TransferRole.CONSUMER or transfer.format != PUSH:
        raise Unauthenticated("The token opens nothing here.", where="Authorization")
    require_token(workspace, token, receiving_endpoint(workspace, transfer.iri))
    if transfer.state not in (TransferState.REQUESTED, TransferState.STARTED):
        raise Conflict("The transfer takes no files now.", where=pid, remedy=f"It is {transfer.state}.")
    in_force(workspace, Desk(workspace).agreements.get(transfer.agreement))
    return transfer


@dataclass(frozen=True)
class Announced:
    """What a provider says of a file that it puts here.

    Args:
        name: Its name.
        media_type: Of what kind it is; what is no media type counts as bytes.
        digest: `Repr-Digest`, where it is sent.
    """

    name: str
    media_type: str
    digest: str | None = None


def take_file(workspace: Workspace, pid: str, token: str, *, said: Announced, source: BinaryIO) -> ReceivedFile:
    """Keep a file of a transfer; one of the same name is replaced, and the same file changes nothing.

    Args:
        workspace: The consumer's node.
        pid: The transfer.
        token: What opens the door.
        said: What the provider says of the file.
        source: Its bytes.

    Raises:
        Unauthenticated, AccessDenied, Conflict: as for `opened`.
        InputError: the name is no plain file name, or the bytes are not those of the digest.
        TooLarge: the transfer brings more than is taken.
    """
    transfer = opened(workspace, pid, token)
    refuse_path(said.name)
    stored = workspace.received.keep(_folder(transfer), source)
    try:
        _check_digest(stored, said)
        with workspace.ledger.turn():
            transfer = opened(workspace, pid, token)
            kind = said.media_type.partition(";")[0].strip()
            kind = kind if _MEDIA_TYPE.fullmatch(kind) else _UNKNOWN
            return _recorded(workspace, transfer, ReceivedFile(said.name, kind, stored.digest, stored.size))
    finally:
        if all(one.digest != stored.digest for one in received_files(workspace, transfer)):
            workspace.received.discard(_folder(transfer), stored.digest)


def received_files(workspace: Workspace, transfer: Transfer) -> list[ReceivedFile]:
    """Return what a transfer brought and is kept, by name."""
    rows = workspace.store.select(
        f"SELECT ?name ?kind ?size ?digest WHERE {{ {transfer.iri} {DCTERMS.hasPart} ?f . ?f {DCTERMS.title} ?name ; "
        f"{DCAT.mediaType} ?kind ; {DCAT.byteSize} ?size ; {SPDX.checksumValue} ?digest }} ORDER BY ?name",
        graphs=[TransferDesk(workspace).graph],
    )
    return [
        ReceivedFile(plain(row["name"]), plain(row["kind"]), plain(row["digest"]), int(plain(row["size"])))
        for row in rows
    ]


def read_file(
    workspace: Workspace, principal: Principal, iri: NamedNode, name: str
) -> tuple[ReceivedFile, Iterator[bytes]]:
    """Return a file that a transfer of the principal's organisation brought, and its bytes.

    Raises:
        AccessDenied: the principal may not read data.
        NotFound: its organisation has no such transfer, or that brought no such file or it was discarded.
    """
    transfer = own_transfer(workspace, principal, iri)
    file = _named(workspace, transfer, name)
    return file, workspace.received.read(_folder(transfer), file.digest)


def discard_file(workspace: Workspace, principal: Principal, iri: NamedNode, name: str) -> None:
    """Take a file that a transfer brought away for good; that it was here stays in the journal.

    Raises:
        AccessDenied: the principal may not read data.
        NotFound: its organisation has no such transfer, or that brought no such file.
    """
    with workspace.ledger.turn():
        transfer = own_transfer(workspace, principal, iri)
        file = _named(workspace, transfer, name)
        change = ChangeSet(remove=_said(workspace, transfer, file).quads)
        facts = {"name": name, "sha256": file.digest}
        draft = EventDraft("TransferFileDiscarded", iri.value, facts=facts, change=change, actor=principal.client_id)
        workspace.ledger.record(draft)
        if all(one.digest != file.digest for one in received_files(workspace, transfer)):
            workspace.received.discard(_folder(transfer), file.digest)


def sweep_received(workspace: Workspace) -> None:
    """Take away received files of which no record tells, of a node that ended between keeping one and recording it.

    Only before the node takes files: what is just coming has no record yet.
    """
    desk = TransferDesk(workspace)
    workspace.ledger.catch_up()
    for folder, digest in workspace.received.all():
        transfer = desk.transfers.find(NamedNode(f"urn:uuid:{folder}"))
        if transfer is None or all(one.digest != digest for one in received_files(workspace, transfer)):
            workspace.received.discard(folder, digest)


def _recorded(workspace: Workspace, transfer: Transfer, file: ReceivedFile) -> ReceivedFile:
    known = received_files(workspace, transfer)
    if file in known:
        return file
    before = [one for one in known if one.name == file.name]
    if len(known) - len(before) >= MOST_FILES:
        raise TooLarge(f"The transfer brings more than {MOST_FILES} files.", where=file.name)
    most = workspace.limits.unpacked_bytes
    if sum(one.size for one in known if one not in before) + file.size > most:
        raise TooLarge(f"The transfer brings more than {most} bytes.", where=file.name)
    change = ChangeSet(add=_said(workspace, transfer, file).quads)
    for one in before:
        change = ChangeSet(remove=_said(workspace, transfer, one).quads) | change
    facts: dict[str, JsonValue] = {"name": file.name, "sha256": file.digest, "bytes": file.size}
    draft = EventDraft(
        "TransferFileReceived", transfer.iri.value, facts=facts, change=change, actor=transfer.other.value
    )
    workspace.ledger.record(draft)
    for one in before:
        if one.digest != file.digest and all(each.digest != one.digest for each in known if each.name != one.name):
            workspace.received.discard(_folder(transfer), one.digest)
    return file


def _said(workspace: Workspace, transfer: Transfer, file: ReceivedFile) -> Statements:
    node = NamedNode(f"{receiving_endpoint(workspace, transfer.iri)}/{quote(file.name, safe='')}")
    said = Statements(TransferDesk(workspace).graph).say(transfer.iri, DCTERMS.hasPart, node)
    said.say(node, DCTERMS.title, file.name).say(node, DCAT.mediaType, file.media_type)
    said.say(node, DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger))
    return said.say(node, SPDX.checksumValue, Literal(file.digest, datatype=XSD.hexBinary))


def _named(workspace: Workspace, transfer: Transfer, name: str) -> ReceivedFile:
    found = next((one for one in received_files(workspace, transfer) if one.name == name), None)
    if found is None:
        raise NotFound("The transfer brought no such file.", where=name, remedy="The transfer lists what it brought.")
    return found


def _check_digest(stored: StoredObject, said: Announced) -> None:
    """Compare what came with `Repr-Digest`, RFC 9530; other algorithms than SHA-256 are passed over."""
    found = _SHA_256.search(said.digest or "")
    if found is not None and base64.b64decode(found[1]).hex() != stored.digest:
        raise InputError("The file is not what its digest says.", where=said.name, remedy="Send it again.")


def _folder(transfer: Transfer) -> str:
    return transfer.iri.value.removeprefix("urn:uuid:")
