"""Policies with something changed at random: read and decided, or refused with a place and a remedy; never a crash."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, TypeVar

from tests.effort import examples
from tests.policy.policies import NOW
from tests.policy.whole_policies import Maker

from virtuales.errors import InputError
from virtuales.policy.asking import request_from
from virtuales.policy.compact import policy_to_json
from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import Policy
from virtuales.policy.odrl_json import parse_policy, read_policy
from virtuales.policy.profile import short
from virtuales.policy.publication import overlaps, publication_problems
from virtuales.policy.sentences import policy_sentences

ODD: tuple[Any, ...] = (
    None, 1, -1, 1.5, True, "", "\ud800", [], {}, [[]], {"@id": 1}, {"@id": "x"}, "odrl:read", "http://a b", "use",
    ["use"],
    [{"@id": "urn:x"}], {"@value": "x", "@type": "xsd:dateTime"}, {"@value": 1}, {"rdf:value": "use"}, "andSequence",
    {"rdf:value": {"@id": "odrl:use"}, "refinement": [{}]}, "P9999999999D", "9999-12-31T23:59:59Z", {"@type": "Party"},
    {"@value": "0001-01-01T00:00:00Z", "@type": "xsd:dateTime"}, {"@value": "1" * 29, "@type": "xsd:integer"},
    "0001-01-01T00:00:00+14:00", {"@value": "P999999D", "@type": "xsd:duration"},
)  # fmt: skip
T = TypeVar("T")
KEYS = (
    "duty",
    "remedy",
    "and",
    "or",
    "andSequence",
    "unit",
    "refinement",
    "target",
    "inheritFrom",
    "@type",
    "@id",
    "x",
)


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """Give every place in a document as the keys that lead to it."""
    if above:
        yield above
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*above, key))


def change(document: dict[str, Any], random: Random) -> None:
    """Put something odd somewhere, or take something away."""
    *above, last = random.choice(list(places(document)))
    inner: Any = document
    for key in above:
        inner = inner[key]
    odd = deepcopy(random.choice(ODD))
    if isinstance(inner, dict) and random.random() < 0.3:
        inner[random.choice(KEYS)] = odd
    elif isinstance(inner, dict) and random.random() < 0.2:
        del inner[last]
    else:
        inner[last] = odd


def use_in_every_way(policy: Policy, maker: Maker) -> None:
    assert policy_sentences(policy, short) or not policy.rules
    assert evaluate(policy, maker.request(), maker.world(policy)).reasons
    if not publication_problems(policy, NOW):
        overlaps([policy])


def read(reader: Callable[[Any], T], document: Any) -> T | InputError:  # noqa: ANN401 - any JSON
    """Read a document, or return the refusal; any other error is a crash."""
    try:
        return reader(document)
    except InputError as error:
        return error


def test_changed_policies_are_read_or_refused() -> None:
    understood = refused = 0
    for seed in range(examples(2000)):
        maker, random = Maker(seed), Random(seed)
        document = json.loads(json.dumps(policy_to_json(maker.policy() if seed % 2 else maker.offer())))
        for _ in range(random.randint(1, 2)):
            change(document, random)
        for reader in (read_policy, parse_policy):
            outcome = read(reader, document)
            if isinstance(outcome, InputError):
                refused += 1
                assert outcome.where, f"seed {seed}"
                assert outcome.remedy, f"seed {seed}"
            else:
                understood += 1
                use_in_every_way(outcome, maker)
    assert min(understood, refused) > examples(2000) // 10


def test_changed_requests_are_read_or_refused() -> None:
    for seed in range(examples(400)):
        maker, random = Maker(seed), Random(seed)
        limits = [{"leftOperand": "dateTime", "operator": "eq", "rightOperand": "2026-01-01T00:00:00Z"}]
        asked = {"action": "read", "target": "urn:t", "assignee": "urn:a", "constraint": limits}
        document: dict[str, Any] = {"@id": "urn:r", "@type": "Request", "permission": [asked]}
        change(document, random)
        outcome = read(lambda said: request_from(read_policy(said), NOW), document)
        if isinstance(outcome, InputError):
            assert outcome.where, f"seed {seed}"
            assert outcome.remedy, f"seed {seed}"
        else:
            policy = maker.policy()
            assert evaluate(policy, outcome, maker.world(policy)).reasons
