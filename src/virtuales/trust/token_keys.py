"""The keys that sign access tokens, as the registry lists them: public halves, from when and until when.

As long as none was ever rotated, the issuer signs with its node's own key and the registry lists none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import RDF, VES
from virtuales.rdf.terms import NamedNode, date_time, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.trust.keys import PublicKey


@dataclass(frozen=True)
class TokenKey:
    """A key that signs tokens, or did.

    Args:
        iri: Its IRI.
        public: Its public half.
        since: From when it signs.
        until: From when on it verifies no token any more; None while it signs.
    """

    iri: NamedNode
    public: PublicKey
    since: datetime
    until: datetime | None = None

    def verifies_at(self, now: datetime) -> bool:
        """Tell whether tokens that it signed may be good at an instant."""
        return self.until is None or now < self.until


def registered_token_keys(store: RdfStore, registry: NamedNode) -> list[TokenKey]:
    """Return every key that the registry lists, the one that signs first and then the latest."""
    rows = store.select(
        f"""SELECT ?key ?public ?since ?until WHERE {{
            ?key a {VES.TokenKey} ; {VES.publicKey} ?public ; {VES.validFrom} ?since .
            OPTIONAL {{ ?key {VES.validUntil} ?until }}
        }} ORDER BY DESC(?since)""",
        graphs=[registry],
    )
    keys = [
        TokenKey(
            iri=NamedNode(plain(row["key"])),
            public=PublicKey.from_multikey(plain(row["public"])),
            since=datetime.fromisoformat(plain(row["since"])),
            until=datetime.fromisoformat(plain(row["until"])) if row.get("until") is not None else None,
        )
        for row in rows
    ]
    return sorted(keys, key=lambda key: key.until is not None)


def rotate_token_key(new: TokenKey, *, listed: Sequence[TokenKey], until: datetime, registry: NamedNode) -> ChangeSet:
    """Return the change that lists a new key, and says of those that sign until when they verify.

    Args:
        new: The new key.
        listed: The keys that may sign now; the node's own is among them before the first rotation.
        until: When the last token that they signed has ended.
        registry: The registry's graph.
    """
    added, removed = Statements(registry), Statements(registry)
    added.say(new.iri, RDF.type, VES.TokenKey).say(new.iri, VES.publicKey, new.public.multikey)
    added.say(new.iri, VES.validFrom, date_time(iso_instant(new.since)))
    for key in listed:
        if key.until is not None and key.until <= until:
            continue
        added.say(key.iri, RDF.type, VES.TokenKey).say(key.iri, VES.publicKey, key.public.multikey)
        added.say(key.iri, VES.validFrom, date_time(iso_instant(key.since)))
        added.say(key.iri, VES.validUntil, date_time(iso_instant(until)))
        if key.until is not None:
            removed.say(key.iri, VES.validUntil, date_time(iso_instant(key.until)))
    return ChangeSet(add=added.quads, remove=removed.quads)
