"""SIGKILL at random moments of publishing and contracting: nothing that was acknowledged is lost, and all states agree.

`VIRTUALES_KILLS` sets how many processes are killed, `VIRTUALES_KILLS_SEED` at which moments.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from tests.clients import Member, ok
from tests.effort import examples
from tests.journey.killing import FILE, Notes, Work, assert_whole, copy_of
from tests.journey.networks import Network, network
from tests.journey.small_model import STATEMENTS
from tests.nodes import NodeProcess, eventually, start_together

from virtuales.contract.agreement import parse_agreement, verify_agreement
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey

KILLS = int(os.environ.get("VIRTUALES_KILLS", examples(50)))
SEED = int(os.environ.get("VIRTUALES_KILLS_SEED", "20261123"))
LONGEST_LIFE = 1.2
"""Seconds that a node lives at most after its start, before it is killed again."""
MORE_LIFE = 1.25
"""How much longer they live each time, once all are killed but some kind of deed was not acknowledged yet."""
MOST_LIFE = 60.0
"""The longest life; where even that is too short for some deed, it does not work."""
BOTH = 0.4
"""How often provider and consumer die together."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path, "north", "vale") as made:
        made.admit("north", "vale")
        yield made


def test_nothing_acknowledged_is_lost_however_often_nodes_are_killed(
    running: Network, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    north, vale = running.members["north"], running.members["vale"]
    work = Work(north, vale, pause=0.05)
    work.start()
    try:
        checks = kill_at_random(running, tmp_path, work.notes)
    finally:
        work.stop()
    notes = work.notes
    assert not notes.unforeseen, notes.unforeseen[:5]
    assert_kept(north, vale, notes)
    assert_agreed(running, north, vale, notes)
    events = [check.result() for check in checks]
    for process in running.processes:
        process.kill()
        events.append(assert_whole(process.data, process.url, running.orchestrator.url))
    counts = notes.counts()
    assert all(counts.values()), counts
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    record_property(
        "figure",
        f"SIGKILL: {len(checks)} kills (seed {SEED}), every state whole; {sum(counts.values())} acknowledged deeds all "
        f"kept: {said}; {notes.unanswered} unanswered; {sum(events[-3:])} events in the journals",
    )


def kill_at_random(running: Network, tmp_path: Path, notes: Notes) -> list[Future[int]]:
    """Kill the provider, the consumer or both, and start them again; each state left behind is checked on a copy.

    It goes on, with longer lives on a machine that needs them, until every kind of deed was acknowledged once.
    """
    moments, checks, longest = Random(SEED), list[Future[int]](), LONGEST_LIFE
    both = [running.nodes["north"], running.nodes["vale"]]
    with ThreadPoolExecutor(1) as checker:
        while len(checks) < KILLS or (longest < MOST_LIFE and not all(notes.counts().values())):
            longest *= MORE_LIFE if len(checks) >= KILLS else 1
            victims: list[NodeProcess] = both if moments.random() < BOTH else [moments.choice(both)]
            time.sleep(moments.uniform(0, longest))
            for victim in victims:
                victim.kill()
            for victim in victims:
                copy = copy_of(victim, tmp_path / f"copy-{len(checks)}")
                checks.append(checker.submit(assert_whole, copy, victim.url, running.orchestrator.url))
            start_together(victims)
    return checks


def assert_kept(north: Member, vale: Member, notes: Notes) -> None:
    """Find everything that was acknowledged on the node that acknowledged it."""
    drafts = {one["slug"]: one for one in ok(north.ask("GET", north.api("datasets")))}
    assert set(notes.described) <= set(drafts)
    for slug in set(notes.sent) - notes.tried_to_publish:
        assert [file["name"] for file in drafts[slug]["files"]] == [FILE]
    for slug in set(notes.prepared) - notes.tried_to_publish:
        assert drafts[slug]["preparation"]
    for version in notes.published:
        assert north.count(version) == STATEMENTS, version
    assert set(notes.requested) <= {one["negotiation"] for one in vale.requests()}


def assert_agreed(running: Network, north: Member, vale: Member, notes: Notes) -> None:
    """Let both sides finish, and compare every agreement."""

    def all_finished() -> bool:
        for review in ok(north.ask("GET", north.api("reviews"))):
            ok(north.decide(review["negotiation"], "approval"))
        return {one["state"] for one in vale.requests()} == {"FINALIZED"}

    eventually(all_finished, what="every request is granted on both sides")
    held = {side.home: ok(side.ask("GET", side.api("agreements"))) for side in (north, vale)}
    at_north, at_vale = ({one["agreement"]: one for one in held[side.home]} for side in (north, vale))
    assert at_north == at_vale
    assert set(notes.approved) <= set(at_north)
    assert {one["agreement"] for one in vale.requests()} == set(at_vale)
    keys = {}
    for member in (north, vale):
        did = ok(running.http.get(f"{member.home}/.well-known/did.json"))
        keys[NamedNode(member.iri)] = PublicKey.from_multikey(did["verificationMethod"][0]["publicKeyMultibase"])
    for iri in at_north:
        document = north.agreement(iri)["document"]
        assert document == vale.agreement(iri)["document"]
        assert len(verify_agreement(parse_agreement(document), keys)) == 2
