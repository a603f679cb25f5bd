"""The clients of participants: who may ask for tokens, with which roles; kept in the orchestrator's private graph."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import Unauthenticated
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import RDF, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.trust.credentials import NewClient, digest_secret, secret_matches
from virtuales.trust.scopes import Role

_NOBODY = digest_secret("nobody", lambda length: b"\0" * length)


@dataclass(frozen=True)
class Client:
    """A person's or machine's client.

    Args:
        iri: Its IRI, under its organisation's.
        client_id: Its identifier.
        organisation: The organisation it acts for.
        label: Who or what it is for.
        roles: Its roles.
        digest: What is kept of its secret.
    """

    iri: NamedNode
    client_id: str
    organisation: NamedNode
    label: str
    roles: frozenset[Role]
    digest: str = field(repr=False)


class Clients:
    """Reads clients and checks their secrets.

    Args:
        store: The RDF store.
        private: The orchestrator's private graph.
    """

    def __init__(self, store: RdfStore, private: NamedNode) -> None:
        self._store = store
        self._private = private

    def find(self, client_id: str) -> Client | None:
        """Return a client, or None when there is none of that identifier."""
        return next(iter(self._select(f"?client {VES.clientId} {Literal(client_id)} .")), None)

    def of(self, organisation: NamedNode) -> list[Client]:
        """Return an organisation's clients, sorted by label."""
        return sorted(self._select(f"?client {VES.clientOf} {organisation} ."), key=lambda client: client.label)

    def authenticate(self, client_id: str, secret: str) -> Client:
        """Return the client whose secret this is.

        Raises:
            Unauthenticated: there is no such client, or the secret is another; the error does not say which.
        """
        client = self.find(client_id)
        matches = secret_matches(secret, client.digest if client else _NOBODY)
        if client is None or not matches:
            raise Unauthenticated(
                "The client is not known, or its secret is wrong.", remedy="Check the client id and secret."
            )
        return client

    def _select(self, pattern: str) -> list[Client]:
        rows = self._store.select(
            f"""SELECT ?client ?id ?organisation ?label ?digest (GROUP_CONCAT(?r) AS ?roles) WHERE {{
                {pattern}
                ?client {VES.clientId} ?id ; {VES.clientOf} ?organisation ; {RDFS.label} ?label ;
                    {VES.secretDigest} ?digest ; {VES.role} ?r .
            }} GROUP BY ?client ?id ?organisation ?label ?digest""",
            graphs=[self._private],
        )
        return [
            Client(
                iri=NamedNode(plain(row["client"])),
                client_id=plain(row["id"]),
                organisation=NamedNode(plain(row["organisation"])),
                label=plain(row["label"]),
                roles=frozenset(Role(name) for name in plain(row["roles"]).split()),
                digest=plain(row["digest"]),
            )
            for row in rows
        ]


def add_client(
    client: NewClient, *, organisation: NamedNode, label: str, roles: Iterable[Role], at: datetime, private: NamedNode
) -> ChangeSet:
    """Return the change that gives an organisation a client.

    Args:
        client: The new identifier and secret, of which the digest alone is kept.
        organisation: The organisation.
        label: Who or what the client is for.
        roles: Its roles; at least one, or it could never be read back.
        at: When.
        private: The orchestrator's private graph.
    """
    names = sorted(role.value for role in roles)
    if not names:
        raise ValueError("a client without a role is a bug of the caller")
    statements = Statements(private)
    iri = NamedNode(f"{organisation.value}#{client.client_id}")
    statements.say(iri, RDF.type, VES.ClientCredential).say(iri, VES.clientId, client.client_id)
    statements.say(iri, VES.clientOf, organisation).say(iri, RDFS.label, label)
    statements.say(iri, VES.secretDigest, client.digest).say_all(iri, VES.role, names)
    statements.say(iri, VES.registeredAt, date_time(iso_instant(at)))
    return ChangeSet(add=statements.quads)


def remove_client(client: Client, private: NamedNode) -> ChangeSet:
    """Return the change that takes a client's right to ask for tokens; only its label and registration stay."""
    statements = Statements(private).say(client.iri, VES.clientId, client.client_id)
    statements.say(client.iri, VES.secretDigest, client.digest)
    statements.say_all(client.iri, VES.role, sorted(role.value for role in client.roles))
    return ChangeSet(remove=statements.quads)
