"""What a page of the portal costs a node: the search page over many entries, and a dataset's page."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.in_process import browser_of
from tests.workflow.test_search import OPEN, publish

from searching.entries import SUBJECTS, entries
from virtuales.catalogue.index.index import SearchIndex
from virtuales.node import Node
from virtuales.policy.templates import Audience
from virtuales.settings import read_settings
from virtuales.web.app import create_app

BASE = "http://localhost:8498"
_TIMES = 40


def pages(index: SearchIndex, place: Path, number: int) -> dict[str, list[float]]:
    """Return the CPU milliseconds of pages over so many entries, all of which the public may see."""
    settings = read_settings(data_dir=place / "node", base_url=BASE, role="orchestrator")
    node = Node(settings)
    publish(node.workspace, OPEN, audience=Audience.OPEN)
    public = node.workspace.addresses.graph("catalogue/public").value
    index.fill((replace(one, graph=public) for one in entries(number)), sequence=node.workspace.ledger.recorded)
    node.workspace = replace(node.workspace, search_index=index)
    browser = browser_of(create_app(node), BASE)

    def get(address: str) -> None:
        answer = browser.get(address)
        if answer.status_code != 200:  # noqa: PLR2004  # HTTP's own
            raise RuntimeError(f"{address} answered {answer.status_code}")

    measured = {
        f"search_page_{number}": _measure(lambda turn: get(f"/catalogue?q={SUBJECTS[turn % len(SUBJECTS)]}")),
        f"search_page_{number}_without_words": _measure(lambda turn: get(f"/catalogue?page={1 + turn}")),
        "dataset_page": _measure(lambda _: get("/doc/dataset/places/version/1")),
    }
    node.close()
    return measured


def _measure(get: Callable[[int], None]) -> list[float]:
    get(0)
    taken = []
    for turn in range(_TIMES):
        before = time.process_time()
        get(turn)
        taken.append((time.process_time() - before) * 1000)
    return taken
