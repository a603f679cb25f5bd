"""A ledger for tests: a real journal and object store in a directory, an RDF store in memory, a clock that is moved."""

from datetime import UTC, datetime
from pathlib import Path

from virtuales.clock import ManualClock
from virtuales.journal.ledger import Ledger
from virtuales.journal.log import Journal
from virtuales.store.object_store import LocalObjectStore
from virtuales.store.oxigraph_store import OxigraphStore

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ledger(place: Path, base: str, clock: ManualClock | None = None) -> Ledger:
    """Open a ledger of the node `base` in a directory."""
    place.mkdir(parents=True, exist_ok=True)
    return Ledger(
        base,
        journal=Journal(place / "journal.sqlite"),
        store=OxigraphStore.in_memory(),
        objects=LocalObjectStore(place / "objects"),
        clock=clock or ManualClock(NOON),
    )
