"""What the patterns of a CONSTRUCT query say, as far as one sees it without running it."""

from collections import abc
from dataclasses import dataclass, field

from virtuales.alignment.checks.written_terms import Token, tokens
from virtuales.alignment.terms import RDF

Triple = tuple[Token, Token, Token]
_NO_TRIPLES = frozenset({"FILTER", "BIND", "VALUES", "GROUP", "ORDER", "HAVING"})


@dataclass
class Patterns:
    """The parts of a CONSTRUCT query.

    Args:
        head: The triples that it makes.
        body: The triples that it looks for.
        made_of: Every word of the head.
        read_of: Every word of the rest.
        rows: For each VALUES block its variables and rows.
    """

    head: list[Triple] = field(default_factory=list)
    body: list[Triple] = field(default_factory=list)
    made_of: tuple[Token, ...] = ()
    read_of: tuple[Token, ...] = ()
    rows: list[tuple[tuple[str, ...], list[tuple[Token, ...]]]] = field(default_factory=list)

    def variants(self, *wanted: Token) -> abc.Iterator[tuple[Token, ...]]:
        """Give the wanted words with variables replaced by what a VALUES block lists for them, row by row."""
        names = {token.text for token in wanted if token.sort == "variable"}
        for variables, rows in self.rows:
            if names & set(variables):
                for row in rows:
                    given = dict(zip(variables, row, strict=False))
                    yield tuple(given.get(each.text, each) if each.sort == "variable" else each for each in wanted)
                return
        yield wanted


def patterns_of(query: str) -> Patterns:
    """Read the patterns of a valid CONSTRUCT query."""
    words = tokens(query)
    start = next(place for place, word in enumerate(words) if _is(word, "CONSTRUCT"))
    opening = next(place for place, word in enumerate(words) if place > start and word.text == "{")
    closing = _closing(words, opening)
    found = Patterns(made_of=words[opening + 1 : closing], read_of=words[closing + 1 :])
    found.head = list(_triples(found.made_of))
    found.body = list(_triples(found.read_of))
    found.rows = list(_rows(found.read_of))
    return found


def _is(word: Token, keyword: str) -> bool:
    return word.sort == "keyword" and word.text.upper() == keyword


def _closing(words: abc.Sequence[Token], opening: int) -> int:
    """Return the place of the bracket that closes the one at a place."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    wanted: list[str] = []
    for place in range(opening, len(words)):
        word = words[place]
        if word.sort != "mark":
            continue
        if word.text in pairs:
            wanted.append(pairs[word.text])
        elif wanted and word.text == wanted[-1]:
            wanted.pop()
            if not wanted:
                return place
    return len(words)


def _triples(words: abc.Sequence[Token]) -> abc.Iterator[Triple]:
    """Give the plain triples; paths, blank nodes in brackets and what filters hold are left out."""
    said: list[Token] = []
    place = 0
    while place < len(words):
        word = words[place]
        if word.sort == "mark" and word.text in "([":
            said, place = [], _closing(words, place)
        elif word.sort == "keyword" and word.text.upper() in _NO_TRIPLES:
            said = []
            place = _after_values(words, place) if _is(word, "VALUES") else place
        elif word.sort == "mark" and word.text in ".;,{}":
            said = said[: {";": 1, ",": 2}.get(word.text, 0)]
        elif word.sort == "keyword" and word.text != "a":
            said = []
        else:
            said.append(_type_of(word))
            if len(said) == len(("subject", "predicate", "object")):
                yield said[0], said[1], said[2]
        place += 1


def _type_of(word: Token) -> Token:
    return Token("iri", RDF + "type", word.line, word.column) if _is(word, "A") else word


def _after_values(words: abc.Sequence[Token], place: int) -> int:
    opening = next((each for each in range(place, len(words)) if words[each].text == "{"), len(words) - 1)
    return _closing(words, opening)


def _rows(words: abc.Sequence[Token]) -> abc.Iterator[tuple[tuple[str, ...], list[tuple[Token, ...]]]]:
    for place, word in enumerate(words):
        if not _is(word, "VALUES"):
            continue
        opening = next(each for each in range(place, len(words)) if words[each].text == "{")
        variables = tuple(each.text for each in words[place:opening] if each.sort == "variable")
        cells = [each for each in words[opening + 1 : _closing(words, opening)] if each.text not in ("(", ")")]
        width = max(len(variables), 1)
        yield variables, [tuple(cells[start : start + width]) for start in range(0, len(cells), width)]
