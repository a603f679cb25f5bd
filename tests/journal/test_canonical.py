"""Python's encoder is used only where it writes what the canonical form is."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from virtuales.journal.canonical import canonical_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = st.one_of(TEXTS, st.sampled_from(["\ue000", "\U0001f600", "a", "é"]))
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e22, 1e22) | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@given(VALUES)
def test_writes_what_the_library_writes(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # any JSON value


@pytest.mark.parametrize("value", [2**53, "\ud800", {"a": ["\udfff"]}, {1: "a"}, {"a": {1, 2}}, float("nan")])
def test_refuses_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical_json(value)
