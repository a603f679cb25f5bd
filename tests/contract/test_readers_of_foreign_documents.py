"""Whatever JSON a stranger sends, the readers answer with one of our errors or with a document, never with a crash."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.test_agreement import both
from tests.contract.test_messages import MESSAGES
from tests.effort import examples

from virtuales.contract.agreement import parse_agreement
from virtuales.contract.messages import Message, message_to_json, parse_message
from virtuales.errors import InputError, VirtualesError
from virtuales.policy.odrl_json import parse_policy

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
    | st.sampled_from(["", "\ud800", "urn:x", "http://[", "use", "ves:x", "http://a/%zz", "2026-01-01T00:00:00Z"])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@id", "@type", "@value", "action", "constraint", "and", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON value
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found.extend(places(inner, (*path, key)))
    return found


def changed(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Put a random value in a random place."""
    copy: dict[str, Any] = json.loads(json.dumps(document))
    *way, last = data.draw(st.sampled_from(places(copy)))
    spot: Any = copy
    for step in way:
        spot = spot[step]
    spot[last] = data.draw(JSON)
    return copy


@pytest.mark.parametrize("text", ["\ud800", "relative", "http://[", "http://a/%zz", "http://a b/"])
def test_refuses_identifiers_that_are_no_iris(text: str) -> None:
    for document in (
        {"providerPid": text},
        {"agreement": {"@id": text}},
        {"agreement": {"@id": "urn:a", "target": text}},
    ):
        with pytest.raises(InputError):
            parse_message(message_to_json(MESSAGES[4]) | document)
    with pytest.raises(InputError):
        parse_agreement(json.loads(both().text()) | {"negotiation": text})


@given(st.sampled_from(MESSAGES), st.data())
@settings(max_examples=examples(150), deadline=None)
def test_changed_messages_are_read_or_refused(message: Message, data: st.DataObject) -> None:
    document = changed(message_to_json(message), data)
    with suppress(VirtualesError):
        parse_message(document)


@given(st.data())
@settings(max_examples=examples(150), deadline=None)
def test_changed_agreements_are_read_or_refused(data: st.DataObject) -> None:
    whole = json.loads(both().text())
    context, proof = whole.pop("@context"), whole.pop("proof")
    document = {**changed(whole, data), "@context": context, "proof": proof}
    for reader in (parse_agreement, parse_policy):
        with suppress(VirtualesError):
            reader(document)
