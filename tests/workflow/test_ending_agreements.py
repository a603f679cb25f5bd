"""Either party ends an agreement with a signed notice; both sides then hold the same, whoever was away meanwhile."""

import json
from dataclasses import replace

import pytest
from tests.workflow.two_sides import ANALYST, CONSUMER, PROVIDER, STEWARD, Fate, Sides, agree, settle, two_sides

from virtuales.contract.agreements import AgreementRecord, AgreementStatus
from virtuales.contract.notices import (
    NoticeKind,
    draft_notice,
    parse_notice,
    readable_notice,
    sign_notice,
    verify_notice,
)
from virtuales.errors import AccessDenied, Conflict, InputError, IntegrityFailure, NotFound
from virtuales.trust.keys import SigningKey
from virtuales.workflow.admit import admission
from virtuales.workflow.end_agreement import revoke, take_notice, terminate
from virtuales.workflow.negotiate import Desk


@pytest.fixture
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    return two_sides(tmp_path_factory.mktemp("sides"))


def both(sides: Sides, agreed: AgreementRecord) -> list[AgreementRecord]:
    return [Desk(workspace).agreements.get(agreed.iri) for workspace in (sides.provider, sides.consumer)]


def kinds(sides: Sides, agreed: AgreementRecord) -> list[AgreementStatus]:
    return [record.status(sides.clock.now()) for record in both(sides, agreed)]


def is_open(sides: Sides) -> bool:
    participant = sides.provider.participants.get(CONSUMER)
    return admission(sides.provider, participant, sides.version).decision.allowed


@pytest.mark.parametrize("who", ["provider", "consumer"])
def test_either_party_terminates_and_its_notice_is_verified_offline(sides: Sides, who: str) -> None:
    agreed = agree(sides)
    assert is_open(sides)
    workspace, principal = (sides.provider, STEWARD) if who == "provider" else (sides.consumer, ANALYST)
    terminate(workspace, principal, agreed.iri, reason="The study is over.")
    assert not is_open(sides)
    assert kinds(sides, agreed) == [AgreementStatus.TERMINATED, AgreementStatus.TERMINATED]
    there, here = both(sides, agreed)
    assert there.ending == here.ending
    assert there.ending is not None
    notice = parse_notice(there.ending.notice or "")
    assert notice.party == (PROVIDER if who == "provider" else CONSUMER)
    signature = verify_notice(notice, lambda _: workspace.key.public)
    assert signature.key == workspace.key.public
    assert "The study is over." in readable_notice(notice)
    altered = parse_notice({**notice.document, "reason": "They misused it."})
    with pytest.raises(IntegrityFailure):
        verify_notice(altered, lambda _: workspace.key.public)


def test_an_end_holds_at_once_and_reaches_the_other_side_when_it_is_back(sides: Sides) -> None:
    agreed = agree(sides)
    sides.wire.fate = lambda: Fate.LOST
    revoke(sides.provider, STEWARD, agreed.iri, reason="The data was passed on.")
    assert not is_open(sides)
    assert kinds(sides, agreed) == [AgreementStatus.REVOKED, AgreementStatus.ACTIVE]
    sides.wire.fate = lambda: Fate.TWICE
    settle(sides)
    assert kinds(sides, agreed) == [AgreementStatus.REVOKED, AgreementStatus.REVOKED]


def test_of_two_endings_that_cross_both_keep_the_weightier(sides: Sides) -> None:
    agreed = agree(sides)
    sides.wire.fate = lambda: Fate.LOST
    terminate(sides.consumer, ANALYST, agreed.iri, reason="The study is over.")
    revoke(sides.provider, STEWARD, agreed.iri, reason="The data was passed on.")
    sides.wire.fate = lambda: Fate.ARRIVES
    settle(sides)
    there, here = both(sides, agreed)
    assert there.ending == here.ending
    assert kinds(sides, agreed) == [AgreementStatus.REVOKED, AgreementStatus.REVOKED]


def test_refuses_endings_that_cannot_be(sides: Sides) -> None:
    agreed = agree(sides)
    with pytest.raises(AccessDenied):
        revoke(sides.consumer, ANALYST, agreed.iri, reason="We do not like it.")
    with pytest.raises(InputError, match="no reason"):
        terminate(sides.consumer, ANALYST, agreed.iri, reason=" ")
    stranger = replace(ANALYST, organisation=PROVIDER.value)
    with pytest.raises(AccessDenied):
        terminate(sides.consumer, stranger, agreed.iri, reason="Not at home here.")
    terminate(sides.consumer, ANALYST, agreed.iri, reason="The study is over.")
    with pytest.raises(Conflict, match="already"):
        terminate(sides.provider, STEWARD, agreed.iri, reason="We end it too.")
    absent = sides.provider.addresses.thing("agreement", "none")
    with pytest.raises(NotFound):
        revoke(sides.provider, STEWARD, absent, reason="There is none.")


def test_refuses_notices_that_their_party_has_not_signed(sides: Sides) -> None:
    agreed = agree(sides)
    iri, now = sides.provider.addresses.thing("notice", "1"), sides.clock.now()

    def notice(kind: NoticeKind, key: SigningKey) -> dict[str, object]:
        party = PROVIDER if kind is NoticeKind.REVOCATION else CONSUMER
        draft = draft_notice(agreed.signed, kind, iri=iri, party=party, reason="Because.", at=now)
        method = f"did:web:vale.example#{key.public.multikey}"
        return {**sign_notice(draft, key, verification_method=method).document}

    forged = notice(NoticeKind.REVOCATION, sides.consumer.key)
    unsigned = {name: value for name, value in forged.items() if name != "proof"}
    by_consumer = json.loads(json.dumps(forged).replace("RevocationNotice", "TerminationNotice"))
    wrong: list[tuple[dict[str, object], type[Exception]]] = [
        (forged, IntegrityFailure),
        (unsigned, IntegrityFailure),
        (by_consumer, IntegrityFailure),
        ({**forged, "party": CONSUMER.value}, InputError),
        ({**forged, "party": "https://other.example/id/o"}, InputError),
        ({**forged, "extra": 1}, InputError),
        ({**forged, "@type": "Agreement"}, InputError),
        ({**forged, "reason": " "}, InputError),
    ]
    for document, error in wrong:
        with pytest.raises(error):
            take_notice(sides.consumer, STEWARD, document)
    mine = notice(NoticeKind.TERMINATION, sides.consumer.key)
    with pytest.raises(AccessDenied):
        take_notice(sides.provider, STEWARD, mine)
    assert kinds(sides, agreed) == [AgreementStatus.ACTIVE, AgreementStatus.ACTIVE]
    take_notice(sides.provider, ANALYST, mine)
    assert kinds(sides, agreed)[0] is AgreementStatus.TERMINATED
