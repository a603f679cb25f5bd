"""Versions of the terms and conditions as the orchestrator publishes them, and who has accepted which.

The version that ships is in force until another is published. A published version stands in the registry with its text,
which every node follows; so does who accepted it and when. By whom, the orchestrator alone knows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.trust.participants import Participant, RegistryGraphs
from virtuales.trust.terms_and_conditions import CURRENT_VERSION, clauses, get_terms, known_versions

_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}")
_LONGEST = 100_000


@dataclass(frozen=True)
class TermsVersion:
    """One version of the terms.

    Args:
        version: The version, such as `2.0`.
        text: The terms in Markdown: a heading and numbered clauses.
        published_at: When it was published; None for those that ship.
        required_from: The instant from which whoever has not accepted it makes no new commitments; None for those that
            ship, which are accepted on registering.
    """

    version: str
    text: str
    published_at: datetime | None = None
    required_from: datetime | None = None


@dataclass(frozen=True)
class TermsDue:
    """What an organisation has still to accept.

    Args:
        version: The version in force.
        accepted: The version that it accepted last.
        required_from: The instant from which it makes no new commitments without; None where there is no such instant.
    """

    version: str
    accepted: str
    required_from: datetime | None

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether the time to accept has passed."""
        return self.required_from is not None and at >= self.required_from


@dataclass(frozen=True)
class TermsAcceptance:
    """That an organisation accepted a version.

    Args:
        version: The version.
        accepted_at: When.
        accepted_by: Client or IRI of whoever accepted it; known to the orchestrator alone.
    """

    version: str
    accepted_at: datetime
    accepted_by: str | None = None


class TermsOnRecord:
    """Reads the terms and their acceptances from the registry.

    Args:
        store: The RDF store.
        registry: The registry's graph, or a followed copy of it.
        private: The orchestrator's private graph; None on other nodes.
    """

    def __init__(self, store: RdfStore, registry: NamedNode, *, private: NamedNode | None = None) -> None:
        self._store = store
        self._registry = registry
        self._private = private

    def all(self) -> list[TermsVersion]:
        """Return every version, in the order in which they came into force."""
        shipped = [TermsVersion(one, get_terms(one).text) for one in known_versions() if one != CURRENT_VERSION]
        shipped.append(TermsVersion(CURRENT_VERSION, get_terms().text))
        rows = self._store.select(
            f"SELECT ?version ?text ?at ?from WHERE {{ ?t a {VES.TermsAndConditions} ; {VES.termsVersion} ?version ; "
            f"{VES.termsText} ?text ; {DCTERMS.issued} ?at ; {VES.requiredFrom} ?from }}",
            graphs=[self._registry],
        )
        published = [
            TermsVersion(plain(row["version"]), plain(row["text"]), _moment(row["at"]), _moment(row["from"]))
            for row in rows
        ]
        return shipped + sorted(published, key=lambda one: (one.published_at, one.version))

    @property
    def in_force(self) -> TermsVersion:
        """The version that is to be accepted."""
        return self.all()[-1]

    def get(self, version: str) -> TermsVersion:
        """Return a version.

        Raises:
            NotFound: there is no such version.
        """
        known = self.all()
        for one in known:
            if one.version == version:
                return one
        raise NotFound(
            f"There is no version `{version}` of the terms and conditions.",
            where="version",
            remedy=f"The version in force is {known[-1].version}.",
        )

    def acceptances(self, organisation: NamedNode) -> list[TermsAcceptance]:
        """Return what an organisation has accepted, the oldest first."""
        rows = self._store.select(
            f"SELECT ?one ?version ?at WHERE {{ {organisation} {VES.termsAcceptance} ?one . "
            f"?one {VES.termsVersion} ?version ; {VES.acceptedAt} ?at }}",
            graphs=[self._registry],
        )
        found = [
            TermsAcceptance(plain(row["version"]), _moment(row["at"]), self._by(plain(row["one"]))) for row in rows
        ]
        order = {one.version: place for place, one in enumerate(self.all())}
        return sorted(found, key=lambda one: (one.accepted_at, order.get(one.version, 0)))

    def _by(self, acceptance: str) -> str | None:
        if self._private is None:
            return None
        query = f"SELECT ?by WHERE {{ {NamedNode(acceptance)} {VES.acceptedBy} ?by }}"
        rows = self._store.select(query, graphs=[self._private])
        return plain(rows[0]["by"]) if rows else None


def due_of(versions: Sequence[TermsVersion], participant: Participant) -> TermsDue | None:
    """Return what an organisation has still to accept of versions in the order in which they came into force, or None.

    Whoever skipped a version is bound by its date, and accepts the latest.
    """
    names = [one.version for one in versions]
    accepted = participant.accepted_terms
    later = versions[names.index(accepted) + 1 :] if accepted in names else versions
    if not later:
        return None
    dates = [one.required_from for one in later if one.required_from is not None]
    return TermsDue(later[-1].version, accepted, min(dates, default=None))


def publish_terms(
    terms: TermsVersion, known: Sequence[TermsVersion], *, iri: NamedNode, registry: NamedNode
) -> ChangeSet:
    """Return the change that publishes a version of the terms.

    Raises:
        InputError: version or text cannot be used, or there is no time to accept it.
        Conflict: there is a version of that name.
    """
    if not _VERSION.fullmatch(terms.version):
        raise InputError("The version is no number.", where="version", remedy="Write it as `2.0`.")
    if terms.version in {one.version for one in known}:
        raise Conflict(f"There is a version {terms.version} already.", where="version", remedy="Give it a new number.")
    heading, found = clauses(terms.text)
    if not heading or not found or len(terms.text) > _LONGEST:
        raise InputError(
            "The text is not one of terms.",
            where="text",
            remedy=f"Write a heading (`# …`) and numbered clauses (`1. …`), at most {_LONGEST} characters together.",
        )
    published, required = terms.published_at, terms.required_from
    if published is None or required is None or required <= published:
        raise InputError(
            "There is no time to accept the terms.", where="required_from", remedy="Give a moment that is to come."
        )
    statements = Statements(registry).say(iri, RDF.type, VES.TermsAndConditions)
    statements.say(iri, VES.termsVersion, terms.version).say(iri, VES.termsText, terms.text)
    statements.say(iri, DCTERMS.issued, _instant(published)).say(iri, VES.requiredFrom, _instant(required))
    return ChangeSet(add=statements.quads)


def accept_terms(participant: Participant, acceptance: TermsAcceptance, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that an organisation accepted a version; what it accepted before stays on record."""
    iri = participant.iri
    before, after = Statements(graphs.registry), Statements(graphs.registry)
    before.say(iri, VES.acceptedTerms, participant.accepted_terms)
    after.say(iri, VES.acceptedTerms, acceptance.version)
    noted = acceptance_statements(iri, acceptance, graphs)
    return ChangeSet(add=after.quads + noted.add, remove=before.quads)


def acceptance_statements(iri: NamedNode, acceptance: TermsAcceptance, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that keeps an acceptance: version and time for everybody, by whom for the orchestrator."""
    name = NamedNode(f"{iri.value}#terms-{acceptance.version}")
    known, private = Statements(graphs.registry), Statements(graphs.private)
    known.say(iri, VES.termsAcceptance, name).say(name, RDF.type, VES.TermsAcceptance)
    known.say(name, VES.termsVersion, acceptance.version).say(name, VES.acceptedAt, _instant(acceptance.accepted_at))
    private.say(name, VES.acceptedBy, acceptance.accepted_by)
    return ChangeSet(add=known.quads + private.quads)


def _instant(moment: datetime) -> Literal:
    return date_time(iso_instant(moment))


def _moment(term: object) -> datetime:
    return datetime.fromisoformat(plain(term))
