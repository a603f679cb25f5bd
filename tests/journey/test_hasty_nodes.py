"""Messages that cross: nodes that send again at once, and a reviewer who decides before the request is answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.clients import Member, ok
from tests.effort import examples
from tests.journey.networks import Network, network
from tests.journey.small_model import FILE, small_model
from tests.nodes import eventually

DATASETS = examples(20)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("hasty"), "north", "vale", settings={"FOLLOW_SECONDS": "0.01"}) as made:
        made.admit("north", "vale")
        yield made


@pytest.mark.parametrize("audience", ["participants", "organisations"])
def test_every_request_ends_in_one_agreement_however_messages_cross(running: Network, audience: str) -> None:
    north, vale = running.members["north"], running.members["vale"]
    named = [vale.iri] if audience == "organisations" else []
    heads = {name: node.head() for name, node in running.nodes.items()}
    versions = [
        north.provide(f"{audience}-{number}", [(FILE, small_model(number))], audience=audience, organisations=named)
        for number in range(DATASETS)
    ]
    with hasty_reviewer(north) as answers:
        asked = [vale.request(version)["negotiation"] for version in versions]
        eventually(lambda: finalised(vale) >= set(asked), what="every request is granted")
    already = {409} if named else set()
    assert set(answers) <= {200} | already, "an offer that names the organisation may decide before the reviewer"
    for version in versions:
        at_north, at_vale = north.agreements(version), vale.agreements(version)
        assert len(at_north) == 1
        assert at_north == at_vale
    for name, node in running.nodes.items():
        kinds = node.events(after=heads[name])
        assert not {"AgreementDeclined", "NegotiationTerminated"} & set(kinds)
        assert kinds.count("AgreementInForce" if name == "north" else "AgreementSigned") == DATASETS


def finalised(member: Member) -> set[str]:
    """Return the requests that led to an agreement."""
    return {str(one["negotiation"]) for one in member.requests() if one["state"] == "FINALIZED"}


@contextmanager
def hasty_reviewer(north: Member) -> Iterator[list[int]]:
    """Approve every request the moment it is seen; give the statuses of the answers."""
    answers: list[int] = []
    stopped = threading.Event()

    def work() -> None:
        while not stopped.is_set():
            for review in ok(north.ask("GET", north.api("reviews"))):
                answer = north.decide(review["negotiation"], "approval")
                answers.append(answer.status_code)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield answers
    finally:
        stopped.set()
        thread.join()
