"""Names that may be used once: refused the second time, also by the next process, until they have expired."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from virtuales.clock import ManualClock
from virtuales.errors import StoreFailure, Unauthenticated
from virtuales.trust.used_once import UsedOnce

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=5)


def test_refuses_a_name_used_before_a_restart(tmp_path: Path) -> None:
    clock, file = ManualClock(NOW), tmp_path / "used.sqlite"
    first = UsedOnce.open(file, clock)
    first.use("a", until=UNTIL)
    first.close()
    second = UsedOnce.open(file, clock)
    with pytest.raises(Unauthenticated, match="used before") as refusal:
        second.use("a", until=UNTIL)
    assert refusal.value.where == "jti"
    second.use("b", until=UNTIL)
    clock.advance(timedelta(minutes=5))
    second.use("a", until=UNTIL + timedelta(minutes=5))
    second.close()
    assert file.stat().st_mode & 0o077 == 0


def test_refuses_a_file_that_is_something_else(tmp_path: Path) -> None:
    file = tmp_path / "used.sqlite"
    file.write_bytes(b"no database, but long enough to be looked at as one" * 20)
    with pytest.raises(StoreFailure, match="cannot be opened"):
        UsedOnce.open(file, ManualClock(NOW))


def test_expired_names_are_forgotten() -> None:
    clock = ManualClock(NOW)
    used = UsedOnce.in_memory(clock)
    for number in range(1_000):
        used.use(str(number), until=UNTIL)
    clock.advance(timedelta(minutes=6))
    used.use("new", until=UNTIL + timedelta(minutes=6))
    assert used.kept == 1
