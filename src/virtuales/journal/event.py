"""Events: one change of state each, in the form of CloudEvents 1.0 with an RDF change set in their data.

Specification: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md. Extension attributes: `sequence`
(https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md), and `previoushash` and `hash`, which
chain the events.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from virtuales.errors import InputError
from virtuales.journal.canonical import canonical_json
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode

TYPE_PREFIX = "energy.virtuales."
FIRST_PREVIOUS_HASH = "0" * 64

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


@dataclass(frozen=True)
class GraphLoad:
    """A graph to be filled from the object store when an event is applied.

    Args:
        graph: The new graph; no earlier event wrote to it.
        digest: The object with its statements, as N-Triples.
    """

    graph: NamedNode
    digest: str


@dataclass(frozen=True)
class EventDraft:
    """What is to be recorded, before it has a place in the journal.

    Args:
        kind: What happened, in the past tense: `DatasetPublished`.
        subject: IRI of the thing it happened to.
        facts: What a reader of the journal wants to know, as JSON.
        change: What it changes in the RDF store.
        loads: Graphs it fills from the object store.
        actor: IRI of the organisation, or identifier of the client, that caused it; None for the node itself.
    """

    kind: str
    subject: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    change: ChangeSet = field(default_factory=ChangeSet)
    loads: tuple[GraphLoad, ...] = ()
    actor: str | None = None


@dataclass(frozen=True)
class Event:
    """A recorded event.

    Args:
        sequence: Its place in the journal, from 1.
        identifier: Unique within the source.
        source: Base IRI of the node that recorded it.
        time: When, as ISO 8601 in UTC.
        draft: What was recorded.
        previous_hash: The hash of the event before it; 64 zeros for the first.
    """

    sequence: int
    identifier: str
    source: str
    time: str
    draft: EventDraft
    previous_hash: str

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical form (RFC 8785) of the event without its own hash, in hexadecimal."""
        return self._sealed[0]

    @property
    def body(self) -> bytes:
        """The canonical form of the event with its hash."""
        return self._sealed[1]

    @cached_property
    def _sealed(self) -> tuple[str, bytes]:
        """The hash and the body, of which the former needs almost all of the latter: it is written once for both."""
        members = self._unhashed()
        before, after = (
            canonical_json({name: value for name, value in members.items() if (name < "hash") == earlier})
            for earlier in (True, False)
        )
        digest = hashlib.sha256(before[:-1] + b"," + after[1:]).hexdigest()
        return digest, before[:-1] + f',"hash":"{digest}",'.encode() + after[1:]

    def to_cloudevent(self) -> dict[str, JsonValue]:
        """Return the event in the JSON event format of CloudEvents."""
        return {**self._unhashed(), "hash": self.hash}

    def _unhashed(self) -> dict[str, JsonValue]:
        draft = self.draft
        event: dict[str, JsonValue] = {
            "specversion": "1.0",
            "id": self.identifier,
            "source": self.source,
            "type": TYPE_PREFIX + draft.kind,
            "subject": draft.subject,
            "time": self.time,
            "datacontenttype": "application/json",
            "sequence": f"{self.sequence:020d}",
            "previoushash": self.previous_hash,
            "data": {
                "facts": dict(draft.facts),
                "change": cast("dict[str, JsonValue]", draft.change.to_json()),
                "loads": [{"graph": load.graph.value, "digest": load.digest} for load in draft.loads],
            },
        }
        if draft.actor is not None:
            event["actor"] = draft.actor
        return event


def parse_event(text: str | bytes) -> Event:
    """Read an event from its JSON form.

    Raises:
        InputError: the text is not such an event, or its hash does not fit its content.
    """
    try:
        document = json.loads(text)
        event = _from_document(document)
        if event.body == text:  # so the hash that it states is the one that was just computed
            return event
        stated = document.pop("hash")
        actual = hashlib.sha256(canonical_json(document)).hexdigest()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"This is not an event of the journal: {error!r}.") from error
    if not stated == actual == event.hash:
        raise InputError("The event's hash does not fit its content.", where=f"event {event.sequence}")
    return event


def _from_document(document: Mapping[str, object]) -> Event:
    data = cast("Mapping[str, object]", document["data"])
    loads = cast("list[dict[str, str]]", data["loads"])
    draft = EventDraft(
        kind=str(document["type"]).removeprefix(TYPE_PREFIX),
        subject=str(document["subject"]),
        facts=cast("Mapping[str, JsonValue]", data["facts"]),
        change=ChangeSet.from_json(cast("Mapping[str, str]", data["change"])),
        loads=tuple(GraphLoad(NamedNode(load["graph"]), load["digest"]) for load in loads),
        actor=cast("str | None", document.get("actor")),
    )
    return Event(
        sequence=int(str(document["sequence"])),
        identifier=str(document["id"]),
        source=str(document["source"]),
        time=str(document["time"]),
        draft=draft,
        previous_hash=str(document["previoushash"]),
    )
