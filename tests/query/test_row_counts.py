"""Rows are counted right in bytes that come in pieces of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QuerySolutions, Store

from virtuales.query.rows import counter
from virtuales.rdf.media import RESULT_FORMATS

TEXTS = st.lists(
    st.text(
        st.sampled_from('a{}[],:"\\\n\r\t<>/&') | st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12
    )
    | st.sampled_from(['},{"', '"bindings":[{"', "<result>", "\r\n", '"', "{}", '},{"}']),
    max_size=12,
)


@pytest.mark.parametrize("media_type", RESULT_FORMATS)
@given(texts=TEXTS, size=st.integers(1, 40))
def test_counts_rows_whatever_stands_in_them(media_type: str, texts: list[str], size: int) -> None:
    values = " ".join(f"({number} {Literal(text)})" for number, text in enumerate(texts))
    found = Store().query(f"SELECT * WHERE {{ VALUES (?number ?text) {{ {values} }} }}")
    assert isinstance(found, QuerySolutions)
    written = found.serialize(format=RESULT_FORMATS[media_type]) or b""
    count = counter(media_type)
    assert sum(count(written[place : place + size]) for place in range(0, len(written), size)) == len(texts)
