"""Decides about 1,000 datasets with 10 offers each for 100 participants: one decision, and the list of each.

Usage: `python bench/bench_policies.py [--datasets N] [--participants N] [--offers N]`. The answers of the list are
compared with `evaluate` for some participants. Warm CPU time; ends with lines `RESULT name value unit`.
"""

import argparse
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import Offer
from virtuales.policy.purposes import PURPOSES
from virtuales.policy.request import UseRequest
from virtuales.policy.shortlist import Shortlist
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def participant(number: int) -> NamedNode:
    """Name a participant."""
    return NamedNode(f"https://o.example/id/organisation/{number}")


def offers(datasets: int, each: int, participants: int) -> list[Offer]:
    """Make offers of all kinds: to some organisations or to all, for some purposes or for any, until a day or not."""
    choose = random.Random(1)  # noqa: S311 - the offers are to be the same each time
    made = []
    for dataset in range(datasets):
        target = NamedNode(f"https://p.example/id/dataset/{dataset}/version/1")
        for number in range(each):
            audience = choose.choice([Audience.ORGANISATIONS, Audience.ORGANISATIONS, Audience.PARTICIPANTS])
            named = (
                choose.sample(range(participants), choose.randint(1, 4)) if audience is Audience.ORGANISATIONS else []
            )
            terms = OfferTerms(
                audience,
                organisations=tuple(participant(one) for one in named),
                purposes=tuple(choose.sample(list(PURPOSES), choose.randint(0, 3))),
                until=choose.choice([None, NOW + timedelta(days=choose.randint(-100, 300))]),
            )
            iri = NamedNode(f"{target.value}#offer-{number}")
            made.append(offer_from(terms, iri=iri, target=target, assigner=participant(number)))
    return made


def request(number: int) -> UseRequest:
    """Ask in a participant's name."""
    purpose = list(PURPOSES)[number % len(PURPOSES)]
    groups = frozenset({VES.ApprovedParticipants})
    return UseRequest(participant(number), ODRL["read"], None, NOW, purpose, groups)


def about(asked: UseRequest, offer: Offer) -> UseRequest:
    """Ask for what an offer is about."""
    return UseRequest(asked.assignee, asked.action, offer.target, asked.time, asked.purpose, asked.groups)


def main() -> int:
    """Measure and print; return 1 when the list is not what the decisions say."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--participants", type=int, default=100)
    parser.add_argument("--offers", type=int, default=10)
    options = parser.parse_args()
    made = offers(options.datasets, options.offers, options.participants)
    start = time.process_time()
    shortlist = Shortlist(made)
    print(f"RESULT shortlist_made {time.process_time() - start:.3f} s")

    costs = []
    for offer in made[:2000]:
        asked = about(request(7), offer)
        evaluate(offer, asked)
        start = time.process_time()
        evaluate(offer, asked)
        costs.append((time.process_time() - start) * 1000)
    print(f"RESULT decision_median {statistics.median(costs):.4f} ms")
    print(f"RESULT decision_99th {statistics.quantiles(costs, n=100)[98]:.4f} ms")

    lists = []
    for number in range(options.participants):
        start = time.process_time()
        found = shortlist.allowed(request(number))
        lists.append((time.process_time() - start) * 1000)
        if number % 20 == 0:
            expected = [offer.iri for offer in made if evaluate(offer, about(request(number), offer)).allowed]
            if sorted(map(str, expected)) != sorted(str(offer.iri) for offer in found):
                print(f"participant {number}: the list differs from the decisions one by one")
                return 1
            print(f"participant {number}: {len(found)} of {len(made)} offers, as one by one")
    print(f"RESULT list_median {statistics.median(lists):.2f} ms")
    print(f"RESULT list_slowest {max(lists):.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
