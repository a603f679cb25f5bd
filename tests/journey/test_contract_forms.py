"""The portal's forms of contracts, sent as a browser without script sends them: bargain, amend, show, judge, end."""

from collections.abc import Iterator

import httpx
import pytest
from tests.clients import Member, key_of
from tests.journey.networks import Network, asked_version
from tests.journey.small_model import small_model
from tests.nodes import eventually

BROWSER = {"Accept": "text/html"}
MOOR = "https://terms.example/moor"


@pytest.fixture(scope="module")
def north(doors: Network) -> Member:
    return doors.members["north"]


@pytest.fixture(scope="module")
def vale(doors: Network) -> Member:
    return doors.members["vale"]


class Visit:
    """A visit of somebody to the portal of the own node."""

    def __init__(self, member: Member) -> None:
        form = {"client_id": member.client_id, "client_secret": member.client_secret}
        self._home = member.home
        self._http = httpx.Client(base_url=member.home, headers=BROWSER, timeout=60)
        assert self._http.post("/sign-in", data=form).status_code == 303

    def see(self, path: str) -> str:
        """Return a page."""
        page = self._http.get(path)
        assert page.status_code == 200, page.text
        return page.text

    def send(self, path: str, status: int = 303, **form: str) -> str:
        """Send a form; return where it leads to, or the page that says what is wrong."""
        answer = self._http.post(path, data=form)
        assert answer.status_code == status, answer.text
        return str(answer.headers.get("location", answer.text))

    def close(self) -> None:
        """End the visit."""
        self._http.close()


@pytest.fixture
def visits(north: Member, vale: Member) -> Iterator[tuple[Visit, Visit]]:
    """The producer's visit and the consumer's."""
    made = Visit(north), Visit(vale)
    yield made
    for visit in made:
        visit.close()


def test_a_contract_lives_through_the_portal(north: Member, vale: Member, visits: tuple[Visit, Visit]) -> None:
    producer, consumer = visits
    version = asked_version(north, vale, "forms")
    (review,) = north.reviews(version)
    (asked,) = [one["negotiation"] for one in vale.requests() if one["version"] == version]
    there, here = (f"/negotiations/{pid}" for pid in (review["negotiation"], asked))
    assert "Nothing would change" in producer.send(f"{there}/move", 422, choice="counter", reason="Because.")
    assert "no whole number" in producer.send(f"{there}/move", 422, choice="counter", uses="few", reason="Because.")
    assert "has no reason" in producer.send(f"{there}/move", 422, choice="counter", uses="3")
    producer.send(f"{there}/move", choice="counter", uses="3", reason="For one study.")
    page = consumer.see(here)
    assert "at most 3" in page
    assert "“For one study.”" in page
    consumer.send(f"{here}/move", choice="counter", uses="5", reason="We need two more.")
    producer.send(f"{there}/move", choice="counter", uses="4", until="2037-01-31", reason="One more.")
    consumer.send(f"{here}/move", choice="accept")
    (agreement,) = eventually(lambda: vale.agreements(version))
    key = key_of(agreement["agreement"])
    eventually(lambda: north.agreements(version))
    assert "at most 4" in consumer.see("/agreements")

    duties = f"/agreements/{key}/obligations"
    rule = f"{agreement['agreement']}#obligation-1"
    assert "does not say what was done" in consumer.send(f"/agreements/{key}/evidence", 422, rule=rule)
    consumer.send(f"/agreements/{key}/evidence", rule=rule, text="The source is named on every page.")
    (shown,) = [part.partition("/")[0] for part in producer.see(duties).split(f"/agreements/{key}/evidence/")[1:]]
    judgement = f"/agreements/{key}/evidence/{shown}/judgement"
    assert "no reason" in producer.send(judgement, 422, judgement="accept")
    producer.send(judgement, judgement="accept", reason="So it is.")
    assert "fulfilled" in consumer.see(duties)

    amendment = f"/agreements/{key}/amendment"
    assert "does not say why" in producer.send(amendment, 422, until="2037-06-30", why="no")
    course = producer.send(amendment, until="2037-06-30", why="The study takes longer.")
    assert "The study takes longer." in producer.see(course)
    producer.send(f"{course.partition('?')[0]}/move", choice="withdraw", reason="It does not.")
    assert "has no reason" in consumer.send(f"/agreements/{key}/end", 422, ending="termination")
    consumer.send(f"/agreements/{key}/end", ending="termination", reason="The study is over.")
    for visit in visits:
        page = visit.see(f"/agreements/{key}")
        assert "terminated" in page
        assert "The study is over." in page


def test_requester_states_in_the_form_what_the_offer_asks_for(north: Member, visits: tuple[Visit, Visit]) -> None:
    producer, consumer = visits
    limit = {"leftOperand": "spatial", "operator": "eq", "rightOperand": {"@id": MOOR}}
    policy = {"@type": "Set", "permission": [{"action": "use", "constraint": [limit]}]}
    version = north.provide("stated", [("model.xml", small_model(7))], audience=None, purposes=[], policy=policy)
    page = producer.see(version.removeprefix(north.home).replace("/id/", "/doc/"))
    assert "How each condition of the offer stands to you" in page
    assert "Not known" in page
    assert 'name="stated_value"' in consumer.see(f"/request-access?version={version}")
    filled = {
        "version": version, "purpose": "Research", "justification": "To make a map of the moor.",
        "accept_conditions": "yes", "stated_term": "http://www.w3.org/ns/odrl/2/spatial",
    }  # fmt: skip
    assert "is not an absolute IRI" in consumer.send("/request-access", 422, **filled, stated_value="moor")
    consumer.send("/request-access", 303, **filled, stated_value=MOOR)
    assert f"The area is {MOOR}." in producer.see("/inbox")
    assert north.approve(version)["state"] == "FINALIZED"
