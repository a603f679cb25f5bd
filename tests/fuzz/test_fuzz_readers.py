"""The short form of the fuzzers: some seconds of documents made and damaged at random, the same each time."""

from pathlib import Path

import pytest
from tests.fuzz.readers import CANARY, READERS, Fetched, Maker, judge, no_network
from tests.shared_data import SHARED

INPUTS = {"model": 600, "difference": 600, "zip": 300, "turtle": 800, "shapes": 400}


def samples() -> dict[str, list[bytes]]:
    """Return official shapes to damage, where they lie beside the checkout."""
    files = sorted((SHARED / "suites/shacl").rglob("*.ttl"))[:40]
    found = [file.read_bytes() for file in files]
    return {"turtle": found, "shapes": found}


@pytest.mark.parametrize("reader", sorted(READERS))
def test_a_reader_refuses_or_reads_whatever_it_is_given(reader: str, tmp_path: Path) -> None:
    (tmp_path / "canary").write_bytes(CANARY)
    maker = Maker(1, tmp_path / "canary", samples())
    with no_network():
        for number in range(INPUTS[reader]):
            data = maker.make(reader)
            try:
                judge(reader, data)
            except Exception:
                (tmp_path / f"{reader}-{number}").write_bytes(data)
                raise


def test_the_watch_on_the_network_bites() -> None:
    import socket  # noqa: PLC0415  (only this test opens a connection)

    with no_network(), pytest.raises(Fetched):
        socket.create_connection(("127.0.0.1", 9), timeout=1)
