"""Policies as the Dataspace Protocol writes them: what is written is read back, what cannot be said is not written."""

from dataclasses import replace

import pytest

from virtuales.contract.dataspace.names import iri_name, name_iri
from virtuales.contract.dataspace.policies import offer_for_catalogue, parse_message_policy, policy_for_message
from virtuales.contract.dataspace.shapes import AGREEMENT, MESSAGE_OFFER, OFFER
from virtuales.errors import InputError, UnknownTerm, UnsupportedForm
from virtuales.policy.granting import agreement_from
from virtuales.policy.odrl import Constraint, Offer
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.policy.views.refinements import collection_of
from virtuales.policy.views.view import View
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, typed

PROVIDER, CONSUMER = NamedNode("https://o.example/id/p"), NamedNode("https://o.example/id/c")
TARGET = NamedNode("https://p.example/id/dataset/1/version/1")


def an_offer() -> Offer:
    terms = OfferTerms(Audience.PARTICIPANTS, purposes=(VES.NetworkPlanning,), uses=3)
    return offer_from(terms, iri=NamedNode("https://p.example/id/offer/1"), target=TARGET, assigner=PROVIDER)


def read(document: dict[str, object]) -> Offer:
    return parse_message_policy(document, target=TARGET, assigner=PROVIDER, assignee=CONSUMER)


def test_reads_back_what_it_writes() -> None:
    offer = an_offer()
    written = policy_for_message(offer)
    assert not list(MESSAGE_OFFER(written, ""))
    assert not list(OFFER(offer_for_catalogue(offer), ""))
    assert read(written) == offer
    agreement = agreement_from(offer, iri=NamedNode("https://p.example/id/agreement/1"), assignee=CONSUMER)
    assert read(policy_for_message(agreement)) == agreement
    assert not list(AGREEMENT(policy_for_message(agreement), ""))


def test_writes_terms_that_the_context_lacks_with_their_prefix() -> None:
    text = str(policy_for_message(an_offer()))
    assert "'odrl:recipient'" in text
    assert "'odrl:distribute'" in text
    assert "'action': 'use'" in text


def test_writes_no_offer_that_the_protocol_cannot_say() -> None:
    offer = an_offer()
    (permission,) = offer.permissions
    refined = replace(
        permission,
        refinements=(Constraint(NamedNode("urn:x:1"), ODRL["count"], ODRL.lteq, (typed("1", "integer"),)),),
    )
    view = collection_of(View(classes=(VES.Access,)), iri=NamedNode("urn:x:view"), source=TARGET)
    part = replace(offer.permissions[0], target=view)
    several = [replace(offer, permissions=(rule,)) for rule in (refined, part)]
    for unsayable in (replace(offer, conflict=ODRL.perm), *several):
        with pytest.raises(UnsupportedForm):
            policy_for_message(unsayable)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"target": "https://p.example/id/dataset/2/version/1"}, InputError),
        ({"assigner": "https://o.example/id/x"}, InputError),
        ({"assignee": "https://o.example/id/x"}, InputError),
        ({"bonus": "all your data"}, UnknownTerm),
        ({"@id": ""}, InputError),
    ],
)
def test_refuses_another_party_or_dataset_and_unknown_terms(change: dict[str, object], error: type[InputError]) -> None:
    with pytest.raises(error):
        read(policy_for_message(an_offer()) | change)


def test_takes_a_connectors_own_names_for_the_parties_that_prove_themselves() -> None:
    own = {"target": "asset-1", "assigner": "PROVIDER", "assignee": "CONSUMER", "@id": "offer 1"}
    offer = read(policy_for_message(an_offer()) | own)
    assert (offer.target, offer.assigner) == (TARGET, PROVIDER)
    assert iri_name(offer.iri) == "offer 1"


@pytest.mark.parametrize("name", ["urn:uuid:1", "ACN0101", "a b/c?d#e", "ü→", "CD123:ACN0101:456"])
def test_gives_names_back_as_they_came(name: str) -> None:
    assert iri_name(name_iri(name, where="consumerPid")) == name
