"""Views with noise: drawn once, shown to everybody the same, accounted under each agreement."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.books import NOON
from tests.workflow.agreements import AGREEMENT, ASKER, agreed, with_consumer
from tests.workflow.offered_parts import published
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, InputError
from virtuales.policy.odrl import Offer
from virtuales.policy.templates import Template, offer_from, terms_from
from virtuales.policy.views.deciding import sole_view
from virtuales.policy.views.view import View
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.consume import download
from virtuales.workflow.end_agreement import revoke
from virtuales.workflow.view_releases import disclosures_under
from virtuales.workflow.workspace import Workspace

HOMES = "Home,Region,Load\n" + "".join(f"{number},Vale,{number % 7}\n" for number in range(400)) + "400,Moor,3\n"
NOISE: Mapping[str, Any] = {"epsilon": 1, "delta": 1e-6, "bounds": {"Load": [0, 7]}}


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    return with_consumer(orchestrator(tmp_path, ManualClock(NOON)))


def offered(node: Workspace, noise: Mapping[str, Any] = NOISE, **aggregate: object) -> Offer:
    grouped = {"by": ["Region"], "at_least": 5, "sums": ["Load"], "noise": dict(noise)} | aggregate
    file = ("homes.csv", HOMES.encode())
    return published(node, {"aggregate": grouped}, terms_from(Template.AGGREGATE), file=file)


def taken(node: Workspace, offer: Offer) -> bytes:
    """Return what the consumer downloads."""
    return b"".join(download(node, ASKER, offer.target, "view.nt").body)


def about(view: View | None, offer: Offer) -> Offer:
    """Return what an offer would be if it were about another view of the same version."""
    terms = replace(terms_from(Template.AGGREGATE), view=view)
    return offer_from(terms, iri=offer.iri, target=offer.target, assigner=offer.assigner)


def drawn(node: Workspace) -> int:
    """Return how often noise was drawn."""
    return sum(event.draft.kind == "NoiseDrawn" for event in node.ledger.journal.events())


def test_asking_again_and_agreeing_anew_shows_the_same_numbers(node: Workspace) -> None:
    offer = agreed(node, offered(node))
    first = taken(node, offer)
    assert b"Vale" in first
    assert b"Moor" not in first
    assert VES.noiseScale.value.encode() in first
    revoke(node, OPERATOR, AGREEMENT, reason="To agree anew.")
    agreed(node, offer, "-2")
    assert taken(node, offer) == first
    assert drawn(node) == 1


def test_numbers_are_the_same_after_the_store_was_made_anew(node: Workspace) -> None:
    offer = agreed(node, offered(node))
    first = taken(node, offer)
    node.ledger.rebuild()
    assert taken(node, offer) == first


def test_what_was_shown_is_accounted_once(node: Workspace) -> None:
    offer = agreed(node, offered(node))
    taken(node, offer)
    taken(node, offer)
    (told,) = disclosures_under(node, AGREEMENT)
    assert told.epsilon == 1
    assert told.agreement == AGREEMENT


def test_what_an_organisation_was_shown_of_a_version_counts_against_its_next_agreement(node: Workspace) -> None:
    offer = agreed(node, offered(node))
    taken(node, offer)
    revoke(node, OPERATOR, AGREEMENT, reason="To agree on something else.")
    other = sole_view(offered(node, {**NOISE, "budget": 1.5}, means=["Load"]))
    larger = sole_view(offered(node, {**NOISE, "budget": 2}, means=["Load"]))
    agreed(node, about(other, offer), "-2")
    with pytest.raises(AccessDenied) as refusal:
        taken(node, offer)
    assert "would be 2; the agreement's budget is 1.5" in str(refusal.value.reasons)
    revoke(node, OPERATOR, NamedNode(f"{AGREEMENT.value}-2"), reason="To agree on a larger budget.")
    agreed(node, about(larger, offer), "-3")
    assert b"MeanOfGroup" in taken(node, offer)


UNFIT: tuple[tuple[Mapping[str, Any], Mapping[str, object], str], ...] = (
    ({**NOISE, "bounds": {}}, {}, "Nothing bounds the values"),
    ({**NOISE, "bounds": {"Load": [7, 7]}}, {}, "not below its upper one"),
    ({**NOISE, "bounds": {"Load": [0, 7], "Home": [0, 7]}}, {}, "neither added up nor averaged"),
    ({**NOISE, "bounds": {"Load": [0]}}, {}, "no list of two numbers"),
    ({**NOISE, "epsilon": 0}, {}, "The privacy loss is 0"),
    ({**NOISE, "budget": 0.5}, {}, "the budget 0.5"),
    ({"epsilon": 1, "bounds": NOISE["bounds"]}, {}, "no number"),
    ({**NOISE, "delta": 0.1}, {}, "Which groups there are tells of objects too"),
    (NOISE, {"small_groups": "refuse"}, "would tell its size"),
    (NOISE, {"by": ["Home"]}, "The view is empty"),
)


def test_refuses_noise_that_would_not_protect(node: Workspace) -> None:
    for noise, aggregate, what in UNFIT:
        with pytest.raises(InputError, match=what):
            offered(node, noise, **aggregate)
