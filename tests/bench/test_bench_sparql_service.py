"""The bench of the SPARQL service: its doors hold the same, and what it counts is what was used."""

import time
from pathlib import Path

import psutil
import pytest

from service.asking import TINY, Client, Kind, many
from service.serving import Door, floor, oxigraph, statements


def test_oxigraph_answers_both_kinds_and_its_time_is_counted(tmp_path: Path) -> None:
    with oxigraph(tmp_path / "store", statements(3)) as door:
        client, before = Client(door), door.cpu()
        for number in range(3):
            assert client.ask(TINY, number) > 0
        until = time.monotonic() + 60
        while door.cpu() == before and time.monotonic() < until:
            client.ask(many(30), 0)
        assert door.cpu() > before
        assert door.memory()[0] > 0
        with pytest.raises(SystemExit, match="30 rows instead of 31"):
            client.ask(Kind("wrong", many(30).text, 31), 0)
        client.close()


def test_the_floor_sends_the_rows_of_a_look_up() -> None:
    with floor() as door:
        client = Client(door)
        assert client.ask(TINY, 1) > 0
        client.close()


def test_children_count_for_the_door_of_their_parent() -> None:
    me = psutil.Process()
    assert Door("me", "http://a", me.pid).cpu() >= me.cpu_times().user - 1


def test_a_token_is_sent_and_not_shown() -> None:
    door = Door("agreed", "http://a", 1, "secret")
    assert door.headers["Authorization"] == "Bearer secret"
    assert "secret" not in repr(door)
