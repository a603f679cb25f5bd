"""The fields of the index, and how text becomes words: the same for entries and for questions."""

from typing import Final

import tantivy

FORMAT: Final = "1"
"""Changes with the fields below, so that an index of other fields is made anew."""

FACETS: Final = (
    "publisher",
    "licence",
    "sensitivity",
    "schema",
    "profile",
    "verdict",
    "format",
    "frequency",
    "class",
    "property",
    "keyword",
)
"""What datasets are counted and chosen by, each by the values that they have of it."""

TEXTS: Final = {
    "title_text": 4.0,
    "keyword_text": 3.0,
    "publisher_text": 1.5,
    "description_text": 1.0,
    "term_text": 0.4,
}
"""The fields that are searched for words, with what a word counts there."""

WORDS: Final = "words"
"""Every word as it is written, for slips of the finger."""
OPENINGS: Final = "openings"
"""Titles and keywords in lower case, for suggestions."""
STATE: Final = "state"

_ENGLISH: Final = "english"
_PLAIN: Final = "plain"
_WORD: Final = r"\p{L}+|\p{N}+"
"""A run of letters or of digits, so that `132kV` and `132 kV` are the same."""
_LONGEST: Final = 60

_NUMBERS: Final = ("start", "end", "issued_key", "used_public_key", "used_key")
_DEGREES: Final = ("west", "south", "east", "north", "recency")


def build_schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    for name in ("key", "graph", "dataset", "version", STATE):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in (*FACETS, "open", OPENINGS, "title_key"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(name, tokenizer_name=_ENGLISH)
    builder.add_text_field(WORDS, tokenizer_name=_PLAIN, index_option="basic")
    for name in _NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in _DEGREES:
        builder.add_float_field(name, indexed=True, fast=True)
    builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _analyser(*, stemmed: bool) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(_WORD))
    builder = builder.filter(tantivy.Filter.remove_long(_LONGEST)).filter(tantivy.Filter.lowercase())
    builder = builder.filter(tantivy.Filter.ascii_fold())
    return (builder.filter(tantivy.Filter.stemmer("english")) if stemmed else builder).build()


def register_analysers(index: tantivy.Index) -> None:
    """Tell an index how its text becomes words."""
    index.register_tokenizer(_ENGLISH, _analyser(stemmed=True))
    index.register_tokenizer(_PLAIN, _analyser(stemmed=False))


_STEMS: Final = _analyser(stemmed=True)
_LETTERS: Final = _analyser(stemmed=False)


def stems(text: str) -> tuple[str, ...]:
    """Return the words of a text without their endings.

    >>> stems("Substations of 132kV")
    ('substat', 'of', '132', 'kv')
    """
    return tuple(_STEMS.analyze(text))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are written, in lower case and without accents.

    >>> words("Grid supply points")
    ('grid', 'supply', 'points')
    """
    return tuple(_LETTERS.analyze(text))
