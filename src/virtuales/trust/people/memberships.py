"""Memberships: which person belongs to which organisation, with which roles; changed through the journal.

A person is an IRI here, with neither name nor address: what the journal holds can never be erased.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from virtuales.clock import iso_instant
from virtuales.errors import Conflict, StoreFailure
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import FOAF, ORG, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.trust.scopes import Role


class PersonStatus(StrEnum):
    """Where a person stands."""

    INVITED = "Invited"
    ACTIVE = "Active"
    SUSPENDED = "Suspended"


@dataclass(frozen=True)
class Membership:
    """A person's belonging to an organisation.

    Args:
        person: The person's IRI.
        organisation: The organisation's.
        status: Where the person stands.
        roles: What the person is for, at least one.
        since: When the person was invited.
    """

    person: NamedNode
    organisation: NamedNode
    status: PersonStatus
    roles: frozenset[Role]
    since: datetime

    @property
    def key(self) -> str:
        """The person's key: the last part of the IRI."""
        return self.person.value.rpartition("/")[2]

    @property
    def role_names(self) -> list[str]:
        """The names of the roles, sorted."""
        return sorted(role.value for role in self.roles)


class Memberships:
    """Reads memberships.

    Args:
        store: The RDF store.
        graph: The node's graph of people, which never leaves it.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def find(self, person: NamedNode) -> Membership | None:
        """Return a person's membership, or None."""
        return next(iter(self._select(f"BIND ({person} AS ?person)")), None)

    def of(self, organisation: NamedNode) -> list[Membership]:
        """Return the memberships of an organisation, the oldest first."""
        return sorted(
            self._select(f"?person {ORG.memberOf} {organisation} ."), key=lambda one: (one.since, one.person.value)
        )

    def _select(self, pattern: str) -> list[Membership]:
        rows = self._store.select(
            f"""SELECT ?person ?organisation ?status ?since (GROUP_CONCAT(?r) AS ?roles) WHERE {{
                {pattern}
                ?person {ORG.memberOf} ?organisation ; {VES.personStatus} ?status ; {VES.invitedAt} ?since ;
                    {VES.role} ?r .
            }} GROUP BY ?person ?organisation ?status ?since""",
            graphs=[self._graph],
        )
        return [
            Membership(
                NamedNode(plain(row["person"])),
                NamedNode(plain(row["organisation"])),
                PersonStatus(plain(row["status"])),
                frozenset(Role(name) for name in plain(row["roles"]).split()),
                datetime.fromisoformat(plain(row["since"])),
            )
            for row in rows
        ]


def add(membership: Membership, graph: NamedNode) -> ChangeSet:
    """Return the change that records a membership."""
    return ChangeSet(add=_quads(membership, graph))


def remove(membership: Membership, graph: NamedNode) -> ChangeSet:
    """Return the change that ends a membership."""
    return ChangeSet(remove=_quads(membership, graph))


def change(
    membership: Membership,
    graph: NamedNode,
    *,
    status: PersonStatus | None = None,
    roles: Iterable[Role] | None = None,
) -> ChangeSet:
    """Return the change that gives a membership another status or other roles.

    Raises:
        Conflict: it has that status already, or an invited person would be suspended.
    """
    after = replace(
        membership, status=status or membership.status, roles=frozenset(membership.roles if roles is None else roles)
    )
    if status is not None and (status is membership.status or (status, membership.status) in _IMPOSSIBLE):
        raise Conflict(
            f"The person is {membership.status} and cannot become {status}.",
            where=membership.person.value,
            remedy="An invited person accepts the invitation or is removed; an active one can be suspended.",
        )
    if not after.roles:
        raise StoreFailure("A membership without a role could not be read back.", where=membership.person.value)
    return ChangeSet(add=_quads(after, graph), remove=_quads(membership, graph))


_IMPOSSIBLE = frozenset({(PersonStatus.SUSPENDED, PersonStatus.INVITED), (PersonStatus.INVITED, PersonStatus.ACTIVE)})
"""Pairs of a status and one that it cannot follow."""


def _quads(one: Membership, graph: NamedNode) -> tuple[Quad, ...]:
    statements = Statements(graph).say(one.person, RDF.type, FOAF.Person)
    statements.say(one.person, ORG.memberOf, one.organisation)
    statements.say(one.person, VES.personStatus, one.status.value).say_all(one.person, VES.role, one.role_names)
    statements.say(one.person, VES.invitedAt, date_time(iso_instant(one.since)))
    return statements.quads
