"""Offers that stewards write themselves, in the whole of the policy language, where no template says what they mean."""

from dataclasses import dataclass
from typing import Any

from virtuales.errors import UnknownTerm
from virtuales.policy.compact import policy_to_json
from virtuales.policy.granting import reissued_offer
from virtuales.policy.inheritance import Find, with_inherited
from virtuales.policy.odrl import Offer, Policy
from virtuales.policy.odrl_json import parse_policy, read_policy
from virtuales.policy.profile import Profile
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


def issue_offer(
    written: WrittenOffer, find: Find, vocabulary: Profile, *, iri: NamedNode, target: NamedNode, assigner: NamedNode
) -> Offer:
    """Make what a steward wrote the offer of a dataset version; every part gets an IRI under the offer's.

    What it inherits is written into it, so that whoever agrees to it has all of it, whatever becomes of the others.

    Args:
        written: What the steward wrote.
        find: Gives the policies that it inherits from.
        vocabulary: The terms that may be used.
        iri: IRI of the offer.
        target: The dataset version.
        assigner: The organisation that offers.

    Raises:
        UnknownTerm: it uses a key, class or term that is not understood.
        InputError: it is about something else, inherits from itself, or a part is missing or of the wrong shape.
        NotFound: a policy that it inherits from is not held here.
    """
    document: dict[str, Any] = {key: value for key, value in written.document.items() if key != "@context"}
    named = str(document.get("@type", "Offer")).removeprefix("odrl:").rpartition("/")[2]
    if named not in _CLASSES:
        remedy = "Use one of: " + ", ".join(_CLASSES) + "."
        raise UnknownTerm(f"A policy of the class `{named}` is no offer.", where="@type", remedy=remedy)
    own = optional_iri(document, "@id", "offer") or optional_iri(document, "uid", "offer") or iri
    document = {key: value for key, value in document.items() if key != "uid"} | {"@id": own.value, "@type": "Set"}
    whole = with_inherited(read_policy(document, vocabulary), lambda name: _inheritable(find(name)))
    complete = {**policy_to_json(whole), "@type": "Offer"}
    offer = parse_policy(complete, target=target, assigner=assigner, vocabulary=vocabulary)
    return reissued_offer(offer, iri=iri)


def _inheritable(parent: Policy) -> Policy:
    """Return a policy as an offer inherits it: its rules are about what the offer is about, by whoever offers that."""
    return Policy(
        iri=parent.iri,
        permissions=parent.permissions,
        prohibitions=parent.prohibitions,
        obligations=parent.obligations,
        assignee=parent.assignee,
        conflict=parent.conflict,
        inherits=parent.inherits,
        profiles=parent.profiles,
        vocabulary=parent.vocabulary,
    )
