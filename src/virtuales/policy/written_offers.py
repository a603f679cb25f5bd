"""Offers that stewards write themselves, in the whole of the policy language, where no template says what they mean."""

from dataclasses import dataclass
from typing import Any

from virtuales.errors import UnknownTerm
from virtuales.policy.granting import reissued_offer
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.reading import Json, optional_iri
from virtuales.policy.templates import OfferTerms
from virtuales.rdf.terms import NamedNode

_CLASSES = ("Offer", "Set", "Policy")


@dataclass(frozen=True)
class WrittenOffer:
    """An offer as a steward wrote it.

    Args:
        document: ODRL in compact JSON: an `Offer`, or a `Set` that names neither target nor assigner. What it names has
            to be the version and the publisher that it is published for.
    """

    document: Json


OfferChoice = OfferTerms | WrittenOffer
"""What a steward publishes under: choices from which an offer is made, or an offer."""


def issue_offer(written: WrittenOffer, *, iri: NamedNode, target: NamedNode, assigner: NamedNode) -> Offer:
    """Make what a steward wrote the offer of a dataset version; every part gets an IRI under the offer's.

    Args:
        written: What the steward wrote.
        iri: IRI of the offer.
        target: The dataset version.
        assigner: The organisation that offers.

    Raises:
        UnknownTerm: it uses a key, class or term that is not understood.
        InputError: it is about something else, or a part is missing or of the wrong shape.
    """
    document: dict[str, Any] = {key: value for key, value in written.document.items() if key != "@context"}
    named = str(document.get("@type", "Offer")).removeprefix("odrl:").rpartition("/")[2]
    if named not in _CLASSES:
        remedy = "Use one of: " + ", ".join(_CLASSES) + "."
        raise UnknownTerm(f"A policy of the class `{named}` is no offer.", where="@type", remedy=remedy)
    own = optional_iri(document, "@id", "offer") or optional_iri(document, "uid", "offer") or iri
    document = {key: value for key, value in document.items() if key != "uid"} | {"@id": own.value, "@type": "Offer"}
    offer = parse_policy(document, target=target, assigner=assigner)
    return reissued_offer(offer, iri=iri)
