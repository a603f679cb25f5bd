"""What is registered for policies beside offers: profiles with further terms, policies to inherit from, and events.

Whoever registers them does so at a node; those that the orchestrator registers hold on every node that follows it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError, NotFound, TooLarge
from virtuales.policy.check import check_policy
from virtuales.policy.compact import policy_to_json
from virtuales.policy.documents import policies_of
from virtuales.policy.odrl import Policy
from virtuales.policy.odrl_json import read_policy
from virtuales.policy.profile import CORE, Profile
from virtuales.policy.registering import read_profile
from virtuales.policy.world import Period
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.io import parse_file, serialize_quads
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import DCTERMS, OWL, PROV, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, Triple, date_time, plain
from virtuales.store.rdf_store import RdfStore

_MOST = 1 << 18
_LABEL_MOST = 200


class RegisteredKind(StrEnum):
    """What was registered."""

    PROFILE = "profile"
    POLICY = "policy"


_CLASSES = {RegisteredKind.PROFILE: VES.RegisteredProfile, RegisteredKind.POLICY: VES.RegisteredPolicy}


@dataclass(frozen=True)
class Registered:
    """A profile, or a policy to inherit from, that was registered.

    Args:
        iri: IRI of the record.
        kind: What it is.
        name: Its own IRI, by which policies name it.
        document: A profile's statements as N-Triples; a policy as compact JSON.
        registered_at: When.
        by: The organisation that registered it.
    """

    iri: NamedNode
    kind: RegisteredKind
    name: NamedNode
    document: str
    registered_at: datetime
    by: str

    @property
    def key(self) -> str:
        """The last part of the record's IRI."""
        return self.iri.value.rpartition("/")[2]


@dataclass(frozen=True)
class AnnouncedEvent:
    """An event that policies can refer to.

    Args:
        iri: IRI of the record.
        name: The event's IRI, which policies name.
        title: What it is, for people.
        period: When it takes place.
        announced_at: When that was said.
        by: Who said so.
    """

    iri: NamedNode
    name: NamedNode
    title: str
    period: Period
    announced_at: datetime
    by: str


class PolicyRegister:
    """Reads what is registered.

    Args:
        store: The RDF store.
        graphs: Where it stands: the orchestrator's graph and the node's own; what comes first goes before.
    """

    def __init__(self, store: RdfStore, graphs: Sequence[NamedNode]) -> None:
        self._store = store
        self._graphs = list(dict.fromkeys(graphs))

    def registered(self) -> list[Registered]:
        """Return the profiles and policies, each name once, in the order in which they were registered."""
        found: dict[NamedNode, Registered] = {}
        for graph in self._graphs:
            rows = self._store.select(
                f"""SELECT * WHERE {{ VALUES ?class {{ {VES.RegisteredProfile} {VES.RegisteredPolicy} }}
                    ?iri a ?class ; {VES.registeredName} ?name ;
                    {VES.registeredDocument} ?document ; {VES.registeredAt} ?at ; {VES.decidedBy} ?by }}
                    ORDER BY ?at ?iri""",
                graphs=[graph],
            )
            for row in rows:
                kind = RegisteredKind.PROFILE if row["class"] == VES.RegisteredProfile else RegisteredKind.POLICY
                name, at = NamedNode(plain(row["name"])), datetime.fromisoformat(plain(row["at"]))
                said = (NamedNode(plain(row["iri"])), kind, name, plain(row["document"]), at, plain(row["by"]))
                found.setdefault(name, Registered(*said))
        return list(found.values())

    def get(self, key: str) -> Registered:
        """Return what was registered by the last part of its record's IRI.

        Raises:
            NotFound: there is nothing of that key.
        """
        for one in self.registered():
            if one.key == key:
                return one
        raise NotFound("Nothing of that key is registered.", where=key, remedy="List what is registered.")

    def find_policy(self, name: NamedNode) -> Policy | None:
        """Return a registered policy by its IRI, or None."""
        for one in self.registered():
            if one.kind is RegisteredKind.POLICY and one.name == name:
                return read_policy(json.loads(one.document), self.vocabulary())
        return None

    def vocabulary(self) -> Profile:
        """Return the terms of the core with those of every profile.

        A profile whose terms stand for something else here is left out: policies that name it are refused.
        """
        known = CORE
        for one in self.registered():
            if one.kind is RegisteredKind.POLICY:
                continue
            try:
                known = read_profile(parse_file(one.document.encode(), N_TRIPLES), known, where=one.name.value)
            except (
                InputError
            ):  # the orchestrator and this node registered terms of one name, each in a profile of its own
                continue
        return known

    def announced(self) -> list[AnnouncedEvent]:
        """Return the events, each name once, the earliest first."""
        found: dict[NamedNode, AnnouncedEvent] = {}
        for graph in self._graphs:
            rows = self._store.select(
                f"""SELECT * WHERE {{ ?iri a {VES.AnnouncedEvent} ; {VES.eventNamed} ?name ; {DCTERMS.title} ?title ;
                    {PROV.startedAtTime} ?start ; {VES.registeredAt} ?at ; {VES.decidedBy} ?by .
                    OPTIONAL {{ ?iri {PROV.endedAtTime} ?end }} }}""",
                graphs=[graph],
            )
            for row in rows:
                end = datetime.fromisoformat(plain(row["end"])) if "end" in row else None
                period = Period(datetime.fromisoformat(plain(row["start"])), end)
                name, at = NamedNode(plain(row["name"])), datetime.fromisoformat(plain(row["at"]))
                said = (NamedNode(plain(row["iri"])), name, plain(row["title"]), period, at, plain(row["by"]))
                found.setdefault(name, AnnouncedEvent(*said))
        return sorted(found.values(), key=lambda one: (one.period.start, one.name.value))

    def events(self) -> Mapping[NamedNode, Period]:
        """Return when each event takes place."""
        return {one.name: one.period for one in self.announced()}


def new_registration(
    content: bytes, media_type: str, *, iri: NamedNode, known: PolicyRegister, at: datetime, by: str
) -> Registered:
    """Read a profile, or a policy to inherit from, that is to be registered.

    Args:
        content: The file: a profile's ontology in RDF, or one policy in RDF.
        media_type: Its syntax.
        iri: IRI of the record.
        known: What is registered.
        at: When.
        by: The organisation that registers it.

    Raises:
        UnreadableInput: it is no RDF.
        TooLarge: it is longer than a profile needs.
        UnknownTerm: a policy uses a term that is not known.
        InputError: it is neither, or several, or a term of a profile is incomplete or known already.
        Conflict: something of that name is registered already.
    """
    if len(content) > _MOST:
        raise TooLarge("The file is too large.", where="content", remedy=f"It may have {_MOST} bytes.")
    quads = list(parse_file(content, media_type, name="file"))
    profiles = {one.subject for one in quads if one.predicate == RDF.type and one.object == OWL.Ontology}
    if len(profiles) > 1:
        raise InputError("The file names several profiles.", where="file", remedy="Register each by itself.")
    if profiles:
        name, document = _profile(quads, known.vocabulary())
        kind = RegisteredKind.PROFILE
    else:
        name, document = _policy(quads, known.vocabulary())
        kind = RegisteredKind.POLICY
    if name in {one.name for one in known.registered()}:
        remedy = "Others rest on it as it is: give the new one an IRI of its own."
        raise Conflict(f"A {kind} of that name is registered already.", where=name.value, remedy=remedy)
    return Registered(iri, kind, name, document, at, by)


def _profile(quads: Sequence[Quad], known: Profile) -> tuple[NamedNode, str]:
    named = {one.subject for one in quads if one.predicate == RDF.type and one.object == OWL.Ontology}
    taken = named & known.names
    read = known if taken else read_profile(quads, known, where="file")
    (name,) = taken or read.names - known.names
    triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    return NamedNode(plain(name)), serialize_quads(triples, N_TRIPLES).decode()


def _policy(quads: Sequence[Quad], known: Profile) -> tuple[NamedNode, str]:
    found = policies_of(quads, where="file")
    if len(found) != 1:
        raise InputError("The file has several policies.", where="file", remedy="Register each by itself.")
    check_policy(found[0], known)
    return found[0].iri, json.dumps(policy_to_json(found[0]), sort_keys=True)


def keep_registration(one: Registered, graph: NamedNode) -> ChangeSet:
    """Return the change that registers a profile or a policy."""
    said = Statements(graph).say(one.iri, RDF.type, _CLASSES[one.kind])
    said.say(one.iri, VES.registeredName, one.name).say(one.iri, VES.registeredDocument, one.document)
    said.say(one.iri, VES.registeredAt, date_time(iso_instant(one.registered_at)))
    return ChangeSet(add=said.say(one.iri, VES.decidedBy, one.by).quads)


def keep_event(event: AnnouncedEvent, before: AnnouncedEvent | None, graph: NamedNode) -> ChangeSet:
    """Return the change that announces an event, or that it takes place at another time than was said before.

    Raises:
        InputError: it has no title, no time zone, or ends before it starts.
    """
    start, end = event.period.start, event.period.end
    if not event.title.strip() or len(event.title) > _LABEL_MOST or not event.title.isprintable():
        remedy = f"Say in up to {_LABEL_MOST} characters what it is."
        raise InputError("The event has no title.", where="title", remedy=remedy)
    if start.tzinfo is None or (end is not None and end.tzinfo is None):
        raise InputError("The event's time has no zone.", where="start", remedy="Write instants in UTC.")
    if end is not None and end < start:
        raise InputError("The event ends before it starts.", where="end", remedy="Give a later end, or none.")
    return ChangeSet(add=_event(event, graph), remove=_event(before, graph) if before else ())


def _event(event: AnnouncedEvent, graph: NamedNode) -> tuple[Quad, ...]:
    end = event.period.end
    said = Statements(graph).say(event.iri, RDF.type, VES.AnnouncedEvent).say(event.iri, VES.eventNamed, event.name)
    said.say(event.iri, DCTERMS.title, event.title).say(event.iri, VES.decidedBy, event.by)
    said.say(event.iri, PROV.startedAtTime, date_time(iso_instant(event.period.start)))
    said.say(event.iri, PROV.endedAtTime, date_time(iso_instant(end)) if end else None)
    return said.say(event.iri, VES.registeredAt, date_time(iso_instant(event.announced_at))).quads
