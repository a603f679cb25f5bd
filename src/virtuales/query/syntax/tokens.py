"""The words of SPARQL: its terminals, https://www.w3.org/TR/sparql11-query/#sparqlGrammar (rules 139 to 173)."""

import re
from typing import Final, NamedTuple

from virtuales.errors import InputError

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LATER: Final = "\u00b7\u0300-\u036f\u203f\u2040"
_CHARS: Final = rf"{_BASE}_0-9{_LATER}\-"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_PREFIX: Final = rf"[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?"
_LOCAL: Final = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:(?:[{_CHARS}.:]|{_PLX})*(?:[{_CHARS}:]|{_PLX}))?"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>[\x20\t\r\n]+)
    | (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*(?:\\(?:u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}})[^<>"{{}}|^`\\\x00-\x20]*)*>)
    | (?P<variable>[?$][{_BASE}_0-9][{_BASE}_0-9{_LATER}]*)
    | (?P<blank>_:[{_BASE}_0-9](?:[{_CHARS}.]*[{_CHARS}])?)
    | (?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<double>(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+)
    | (?P<decimal>[0-9]*\.[0-9]+)
    | (?P<integer>[0-9]+)
    | (?P<string>\"\"\"(?:"{{0,2}}(?:[^"\\]|\\.))*\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|\\.))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<sign>\^\^|&&|\|\||[!<>]=|[{{}}()\[\].,;=<>!+\-*/^|?])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word of a query.

    Args:
        kind: The terminal's kind: `iri`, `name` (with a prefix), `word`, `sign`, `string` and so on; `end` at the end.
        text: How it is written; a word of the language in capitals, but `a` as it is.
        start: Where it begins.
    """

    kind: str
    text: str
    start: int


def tokens_of(text: str) -> list[Token]:
    """Cut a query into words, comments among them.

    Raises:
        InputError: something is no word of SPARQL; names line and column.

    >>> [token.text for token in tokens_of("ask { ?s a :b }")]
    ['ASK', '{', '?s', 'a', ':b', '}', '']
    """
    found: list[Token] = []
    place, end = 0, len(text)
    match_at = _TOKEN.match
    while place < end:
        match = match_at(text, place)
        if match is None:
            raise InputError(
                f"`{text[place : place + 20]}` is no word of SPARQL.",
                where=position(text, place),
                remedy="Correct the query there.",
            )
        kind = match.lastgroup or ""
        if kind != "space":
            written = match.group()
            if kind == "word" and written != "a":
                written = written.upper()
            found.append(Token(kind, written, place))
        place = match.end()
    found.append(Token("end", "", end))
    return found


def position(text: str, place: int) -> str:
    r"""Say where a place in a text is.

    >>> position("ASK\n{", 4)
    'line 2, column 1'
    """
    before = text[:place]
    return f"line {before.count(chr(10)) + 1}, column {place - before.rfind(chr(10))}"
