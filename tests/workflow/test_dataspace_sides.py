"""Two nodes that speak the Dataspace Protocol alone with each other, over a wire that loses and doubles messages."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import cast
from uuid import UUID

import httpx
import pytest
from tests.workflow.registry_node import BASE, OPERATOR
from tests.workflow.two_sides import (
    ANALYST,
    CONSUMER,
    PROVIDER,
    PURPOSE,
    STEWARD,
    THERE,
    WHY,
    Fate,
    Names,
    Sides,
    two_sides,
)

from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.dataspace.shapes import new_message
from virtuales.contract.negotiation import State
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, Unauthenticated
from virtuales.exchange.peers import Peers
from virtuales.exchange.transfer import (
    TRANSFER_TRANSITIONS,
    TransferMove,
    TransferRole,
    TransferState,
    next_transfer_state,
)
from virtuales.exchange.transfers import Transfer
from virtuales.policy.changing import TermChanges
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.trust.tokens import Principal
from virtuales.workflow import review_access
from virtuales.workflow.admit import admission
from virtuales.workflow.bargain import accept, counter
from virtuales.workflow.dataspace import catalogue, opening, pulling, pushing, receiving, transfer
from virtuales.workflow.dataspace.data_addresses import receiving_endpoint, token_for
from virtuales.workflow.dataspace.transfer_letters import TransferDesk
from virtuales.workflow.due import carry_on
from virtuales.workflow.end_agreement import revoke
from virtuales.workflow.end_negotiation import give_up
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.workspace import ConnectorChoices


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Sides]:
    def made(terms: OfferTerms | None = None, **choices: bool) -> Sides:
        sides = two_sides(tmp_path_factory.mktemp("sides"), terms)
        for base in (BASE, THERE):
            chosen = ConnectorChoices(**{"unsigned": True, **choices})
            sides.wire.nodes[base] = replace(sides.wire.nodes[base], connectors=chosen)
        return sides

    return made


@pytest.fixture
def sides(make: Callable[..., Sides]) -> Sides:
    return make()


def ask(sides: Sides, **said: str) -> Negotiation:
    wanted = opening.Wanted(PROVIDER, sides.version.value, PURPOSE, WHY, **said)  # type: ignore[arg-type]  # texts
    return opening.request(sides.consumer, ANALYST, wanted, accepted=True)


def settle_all(sides: Sides) -> None:
    """Let both nodes do what is due, again and again, until nothing is left to do; what fails is tried again."""
    for _ in range(4):
        for workspace in (sides.provider, sides.consumer):
            carry_on(workspace)


def there(sides: Sides) -> Negotiation:
    """Return the one negotiation as the provider has it."""
    (found,) = Desk(sides.provider).negotiations.all()
    return found


def states(sides: Sides) -> list[State]:
    return [one.state for node in (sides.provider, sides.consumer) for one in Desk(node).negotiations.all()]


def agreed(sides: Sides) -> AgreementRecord:
    ask(sides)
    review_access.approve(sides.provider, STEWARD, there(sides).iri, reason="Very well.")
    settle_all(sides)
    (record,) = Desk(sides.consumer).agreements.all()
    return record


def test_an_agreement_opens_the_data_when_both_sides_have_given_their_word(sides: Sides) -> None:
    record = agreed(sides)
    assert states(sides) == [State.FINALIZED, State.FINALIZED]
    assert there(sides).opening.connector == f"{THERE}/dsp/2025-1"
    (kept,) = Desk(sides.provider).agreements.all()
    assert (kept.iri, kept.signed.agreement) == (record.iri, record.signed.agreement)
    participant = sides.provider.participants.get(CONSUMER)
    assert admission(sides.provider, participant, sides.version).decision.allowed


def test_terms_go_to_and_fro_in_the_protocols_form(make: Callable[..., Sides]) -> None:
    sides = make(by_hand=True)
    asked = ask(sides)
    pid = there(sides).iri
    counter(sides.provider, STEWARD, pid, TermChanges(uses=3), reason="For this study alone.")
    settle_all(sides)
    counter(sides.consumer, ANALYST, asked.iri, TermChanges(uses=5), reason="Three are too few.")
    settle_all(sides)
    counter(sides.provider, STEWARD, pid, TermChanges(uses=4), reason="Let us meet in the middle.")
    settle_all(sides)
    accept(sides.consumer, ANALYST, asked.iri)
    settle_all(sides)
    assert states(sides) == [State.ACCEPTED, State.ACCEPTED], "people take each step"
    give_up(sides.provider, STEWARD, pid, reason="We thought better of it.")
    settle_all(sides)
    assert states(sides) == [State.TERMINATED, State.TERMINATED]


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.ANSWER_LOST, Fate.TWICE])
@pytest.mark.parametrize(
    "unlucky", [pytest.param(4, marks=pytest.mark.long), 5, pytest.param(6, marks=pytest.mark.long)]
)
def test_both_sides_end_alike_whatever_becomes_of_a_message(
    make: Callable[..., Sides], fate: Fate, unlucky: int
) -> None:
    sides, numbers = make(), count(1)
    sides.wire.fate = lambda: fate if next(numbers) == unlucky else Fate.ARRIVES
    ask(sides)
    settle_all(sides)
    for base in (BASE, THERE):
        sides.restart(base)
    review_access.approve(sides.provider, STEWARD, there(sides).iri, reason="Very well.")
    for base in (BASE, THERE):
        settle_all(sides)
        sides.restart(base)
    settle_all(sides)
    assert states(sides) == [State.FINALIZED, State.FINALIZED]


def test_makes_no_unsigned_agreement_unless_the_operator_chose_so(sides: Sides) -> None:
    careful, wanted = ConnectorChoices(), opening.Wanted(PROVIDER, sides.version.value, PURPOSE, WHY)
    with pytest.raises(AccessDenied, match="without signatures"):
        opening.request(replace(sides.consumer, connectors=careful), ANALYST, wanted, accepted=True)
    sides.wire.nodes[BASE] = replace(sides.provider, connectors=careful)
    ask(sides)
    settle_all(sides)
    assert states(sides) == [State.TERMINATED], "the provider refused it before it opened anything"


def test_ends_on_both_sides_what_the_operator_ceased_to_accept(sides: Sides) -> None:
    ask(sides)
    sides.wire.nodes[THERE] = replace(sides.consumer, connectors=ConnectorChoices())
    review_access.approve(sides.provider, STEWARD, there(sides).iri, reason="Very well.")
    settle_all(sides)
    assert states(sides) == [State.TERMINATED, State.TERMINATED]
    assert not Desk(sides.consumer).agreements.all()


def test_grants_without_review_what_the_offer_grants_to_the_organisation_by_name(
    make: Callable[..., Sides],
) -> None:
    sides = make(OfferTerms(Audience.ORGANISATIONS, organisations=(CONSUMER,)))
    ask(sides)
    settle_all(sides)
    assert states(sides) == [State.FINALIZED, State.FINALIZED]


@pytest.mark.parametrize(
    "connector", ["https://elsewhere.example/dsp", f"{BASE}.evil.example", f"{BASE}@evil.example", f"{BASE}/x?y"]
)
def test_sends_nothing_to_an_address_that_is_not_on_the_registered_node(sides: Sides, connector: str) -> None:
    with pytest.raises(InputError, match=r"registered node|base URL"):
        ask(sides, connector=connector)


def test_a_transfer_lets_data_out_while_it_is_started(sides: Sides) -> None:
    record = agreed(sides)
    asked = transfer.request(sides.consumer, ANALYST, record.iri.value, how="HttpData-PULL")
    settle_all(sides)
    mine, theirs = both(sides)
    token = token_of(mine)
    found = pulling.opened(sides.provider, theirs.iri.value, token)
    (file,) = found.files
    assert b"".join(pulling.deliver_file(sides.provider, found, file.name).body) == b"Name,Town\nVale,Moor\n"
    with pytest.raises(Unauthenticated):
        pulling.opened(sides.provider, asked.iri.value, token)
    transfer.make_move(sides.consumer, ANALYST, asked.iri, TransferMove.SUSPEND, reason="It is night.")
    with pytest.raises(AccessDenied):
        pulling.opened(sides.provider, theirs.iri.value, token)
    transfer.make_move(sides.consumer, ANALYST, asked.iri, TransferMove.START)
    assert pulling.opened(sides.provider, theirs.iri.value, token).files == found.files
    transfer.make_move(sides.provider, STEWARD, theirs.iri, TransferMove.COMPLETE)
    assert [one.state for one in both(sides)] == [TransferState.COMPLETED] * 2
    with pytest.raises(AccessDenied):
        pulling.opened(sides.provider, theirs.iri.value, token)
    with pytest.raises(Conflict):
        transfer.make_move(sides.provider, STEWARD, theirs.iri, TransferMove.TERMINATE, reason="Once more.")


def test_a_transfer_ends_with_its_agreement(sides: Sides) -> None:
    record = agreed(sides)
    transfer.request(sides.consumer, ANALYST, record.iri.value, how="HttpData-PULL")
    settle_all(sides)
    revoke(sides.provider, STEWARD, record.iri, reason="The data was passed on.")
    mine, theirs = both(sides)
    with pytest.raises(AccessDenied, match="does not hold now"):
        pulling.opened(sides.provider, theirs.iri.value, token_of(mine))
    settle_all(sides)
    assert [one.state for one in both(sides)] == [TransferState.TERMINATED] * 2
    assert "passed on" in (both(sides)[0].reason or "")


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.ANSWER_LOST, Fate.TWICE])
def test_a_transfer_stands_alike_on_both_sides_whatever_becomes_of_a_message(sides: Sides, fate: Fate) -> None:
    record, numbers = agreed(sides), count(1)
    sides.wire.fate = lambda: fate if next(numbers) in {2, 4} else Fate.ARRIVES
    asked = transfer.request(sides.consumer, ANALYST, record.iri.value, how="HttpData-PULL")
    settle_all(sides)
    sides.restart(BASE)
    transfer.make_move(sides.consumer, ANALYST, asked.iri, TransferMove.SUSPEND, reason="It is night.")
    sides.restart(THERE)
    settle_all(sides)
    assert [one.state for one in both(sides)] == [TransferState.SUSPENDED] * 2


def test_a_push_puts_every_file_on_the_consumers_node_and_completes(sides: Sides) -> None:
    record = agreed(sides)
    with pytest.raises(InputError, match="registered node"):
        transfer.request(
            sides.consumer, ANALYST, record.iri.value, how="HttpData-PUSH", endpoint="https://elsewhere.example/in"
        )
    transfer.request(sides.consumer, ANALYST, record.iri.value, how="HttpData-PUSH", endpoint=f"{THERE}/in")
    put: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        if request.method != "PUT":
            return sides.wire.handle_request(request)
        put.append(request)
        return httpx.Response(201)

    pushing.carry_on(replace(sides.provider, peers=Peers(httpx.Client(transport=httpx.MockTransport(take)), Names())))
    assert [(str(one.url), one.read()) for one in put] == [(f"{THERE}/in/sites.csv", b"Name,Town\nVale,Moor\n")]
    settle_all(sides)
    assert [one.state for one in both(sides)] == [TransferState.COMPLETED] * 2


def pushed(sides: Sides, put: Callable[[httpx.Request], None]) -> Transfer:
    """Let the provider push a transfer to the consumer's own door; return it as the consumer then has it."""
    record = agreed(sides)
    asked = transfer.request(sides.consumer, ANALYST, record.iri.value, how="HttpData-PUSH")

    def door(request: httpx.Request) -> httpx.Response:
        if request.method != "PUT":
            return sides.wire.handle_request(request)
        put(request)
        return httpx.Response(204)

    peers = Peers(httpx.Client(transport=httpx.MockTransport(door)), Names())
    pushing.carry_on(replace(sides.provider, peers=peers))
    settle_all(sides)
    return TransferDesk(sides.consumer).transfers.get(asked.iri)


def take(sides: Sides, request: httpx.Request, *, name: str = "", body: bytes | None = None) -> receiving.ReceivedFile:
    """Hand what the provider puts to the consumer's door."""
    pid, named = request.url.path.split("/")[-2:]
    said = receiving.Announced(name or named, request.headers["content-type"], request.headers["repr-digest"])
    token = request.headers["authorization"].removeprefix("Bearer ")
    source = io.BytesIO(request.read() if body is None else body)
    return receiving.take_file(sides.consumer, pid, token, said=said, source=source)


def test_what_is_pushed_to_the_nodes_own_door_is_kept_until_it_is_discarded(sides: Sides) -> None:
    taken: list[receiving.ReceivedFile] = []
    done = pushed(sides, lambda request: taken.extend([take(sides, request), take(sides, request)]))
    assert done.state is TransferState.COMPLETED
    assert [one.name for one in taken] == ["sites.csv"] * 2
    sides.restart(THERE)
    receiving.sweep_received(sides.consumer)
    (kept,) = receiving.received_files(sides.consumer, done)
    assert (kept.name, kept.media_type, kept.size) == ("sites.csv", "text/csv", 20)
    _, body = receiving.read_file(sides.consumer, ANALYST, done.iri, "sites.csv")
    assert b"".join(body) == b"Name,Town\nVale,Moor\n"
    receiving.discard_file(sides.consumer, ANALYST, done.iri, "sites.csv")
    assert list(sides.consumer.received.all()) == []
    sides.restart(THERE)
    with pytest.raises(NotFound):
        receiving.read_file(sides.consumer, ANALYST, done.iri, "sites.csv")


def test_the_door_for_files_takes_nothing_else(sides: Sides) -> None:
    asked: list[httpx.Request] = []

    def put(request: httpx.Request) -> None:
        asked.append(request)
        with pytest.raises(InputError, match="digest"):
            take(sides, request, body=b"Name,Town\nVale,Sea\n")
        with pytest.raises(InputError, match="plain file name"):
            take(sides, request, name="../../keys/node.pem")
        request.headers["authorization"] = "Bearer " + "e30.e30.e30"
        with pytest.raises(Unauthenticated):
            take(sides, request)

    done = pushed(sides, put)
    assert receiving.received_files(sides.consumer, done) == []
    assert list(sides.consumer.received.all()) == []
    token = token_for(sides.consumer, receiving_endpoint(sides.consumer, done.iri), party=PROVIDER)
    asked[0].headers["authorization"] = f"Bearer {token}"
    with pytest.raises(Conflict, match="no files now"):
        take(sides, asked[0])


def test_a_file_that_nothing_tells_of_is_swept_away(sides: Sides) -> None:
    sides.consumer.received.keep(str(UUID(int=7, version=4)), io.BytesIO(b"half a transfer"))
    assert list(sides.consumer.received.all())
    receiving.sweep_received(sides.consumer)
    assert list(sides.consumer.received.all()) == []


def test_the_catalogue_comes_page_by_page(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    node = Principal("node", CONSUMER.value, OPERATOR.scopes, OPERATOR.expires, "t")
    message = new_message("CatalogRequestMessage")
    known = [(f"{sides.version.value}", "Sites")] * 5
    monkeypatch.setattr(catalogue, "versions_here", lambda *_: known)
    monkeypatch.setattr(catalogue, "PAGE", 2)
    pages = [catalogue.show_catalogue(sides.provider, node, message, first=first) for first in (0, 2, 4)]
    assert [(page.before, page.after) for page in pages] == [(None, 2), (0, 4), (2, None)]
    assert [len(cast("list[object]", page.message["dataset"])) for page in pages] == [2, 2, 1]


def test_refuses_transfers_that_no_agreement_allows(sides: Sides) -> None:
    record = agreed(sides)
    with pytest.raises(NotFound):
        transfer.request(sides.consumer, ANALYST, "urn:uuid:unheard-of", how="HttpData-PULL")
    with pytest.raises(InputError):
        transfer.request(sides.consumer, ANALYST, record.iri.value, how="Pigeon-POST")


def test_the_states_are_those_of_the_protocol() -> None:
    assert len(TRANSFER_TRANSITIONS) == 13
    for state in (TransferState.COMPLETED, TransferState.TERMINATED):
        assert state.is_final
        for role in TransferRole:
            for move in TransferMove:
                with pytest.raises(Conflict):
                    next_transfer_state(state, role, move)
    with pytest.raises(Conflict, match="does not allow the consumer to start"):
        next_transfer_state(TransferState.REQUESTED, TransferRole.CONSUMER, TransferMove.START)


def both(sides: Sides) -> tuple[Transfer, Transfer]:
    """Return the one transfer as the consumer and as the provider have it."""
    mine, theirs = (_only(TransferDesk(node).transfers.of_party(CONSUMER)) for node in (sides.consumer, sides.provider))
    return mine, theirs


def _only(found: list[Transfer]) -> Transfer:
    (one,) = found
    return one


def token_of(found: Transfer) -> str:
    assert found.address is not None
    properties = found.address["endpointProperties"]
    assert isinstance(properties, list)
    return next(str(one["value"]) for one in properties if one["name"] == "authorization")
