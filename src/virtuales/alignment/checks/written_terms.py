"""Terms as they stand in the text of a query or of Turtle, each with its place."""

import re
from collections import abc
from dataclasses import dataclass
from typing import Final, Literal

Sort = Literal["iri", "variable", "keyword", "mark", "literal"]

_TOKEN: Final = re.compile(
    r"""(?P<comment>\#[^\n]*)
      |(?P<long>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3})
      |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      |(?P<iri><[^<>"{}|^`\\\s]*>)
      |(?P<variable>[?$]\w+)
      |(?P<name>(?:[A-Za-z][\w.-]*)?:(?:[\w:](?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*)?)
      |(?P<keyword>@?[A-Za-z_][\w-]*)
      |(?P<number>[+-]?\d[\w.+-]*)
      |(?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)
_PREFIX: Final = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Token:
    """A word of a query or of Turtle.

    Args:
        sort: What it is.
        text: The IRI, expanded; the variable's name; or the word as it is written.
        line: The line, counted from 1.
        column: The character, counted from 1.
    """

    sort: Sort
    text: str
    line: int
    column: int


def tokens(text: str) -> tuple[Token, ...]:
    r"""Return the words of a query or of Turtle, without comments and the declarations of prefixes.

    >>> [token.text for token in tokens('PREFIX a: <http://a#>\nASK { ?x a:b "c" }')]
    ['ASK', '{', 'x', 'http://a#b', '"c"', '}']
    """
    prefixes = dict(_PREFIX.findall(text))
    blank = _PREFIX.sub(lambda match: re.sub(r"\S", " ", match[0]), text)
    return tuple(_read(blank, prefixes))


def _read(text: str, prefixes: abc.Mapping[str, str]) -> abc.Iterator[Token]:
    line, start = 1, 0
    counted = 0
    for match in _TOKEN.finditer(text):
        breaks = text.count("\n", counted, match.start())
        if breaks:
            line, start = line + breaks, text.rfind("\n", 0, match.start()) + 1
        counted = match.start()
        token = _token(match, prefixes)
        if token is not None:
            yield Token(*token, line, match.start() - start + 1)


def _token(match: re.Match[str], prefixes: abc.Mapping[str, str]) -> tuple[Sort, str] | None:
    kind, written = match.lastgroup, match[0]
    if kind == "iri":
        return "iri", written[1:-1]
    if kind == "name":
        prefix, _, local = written.rstrip(".").partition(":")
        return ("iri", prefixes[prefix] + local) if prefix in prefixes else ("literal", written)
    if kind == "variable":
        return "variable", written[1:]
    if kind == "keyword":
        return "keyword", written
    if kind == "mark":
        return "mark", written
    return None if kind == "comment" else ("literal", written)
