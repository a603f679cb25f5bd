"""Reading SPARQL: words, IRIs, literals and the other terms."""

import re
import sys
from typing import Final

from virtuales.errors import InputError
from virtuales.query.syntax.resolution import resolve
from virtuales.query.syntax.tokens import Token, position, tokens_of
from virtuales.query.syntax.tree import Comment
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, NamedNode, Variable

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_NUMBERS: Final = {"integer": XSD.integer, "decimal": XSD.decimal, "double": XSD.double}
_SURROGATES: Final = range(0xD800, 0xE000)
_LONG: Final = 6
"""The marks of an empty long string."""


class TermReader:
    """Reads the terms of a query one after another.

    Args:
        text: The query.
        base: The IRI that relative IRIs are resolved against, unless the query declares one.
    """

    def __init__(self, text: str, base: str | None = None) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._place = 0
        self._last = 0
        self.base = base
        self.prefixes: dict[str, str] = {}
        self._comments: list[tuple[int, Comment]] = []
        self.token = self._tokens[0]
        self._pass_comments()

    def _pass_comments(self) -> None:
        while self.token.kind == "comment":
            self._comments.append((self.token.start, Comment(self.token.text)))
            self._place += 1
            self.token = self._tokens[self._place]

    def take_comments(self, *, passed: bool = False) -> list[Comment]:
        """Give the comments that were met and not given yet.

        Args:
            passed: Only those before the word that was read last.
        """
        found = [comment for start, comment in self._comments if not passed or start < self._last]
        del self._comments[: len(found)]
        return found

    def next(self) -> Token:
        """Return the word at hand and go on to the next."""
        token = self.token
        self._last = token.start
        self._place += 1
        self.token = self._tokens[self._place]
        if self.token.kind == "comment":
            self._pass_comments()
        return token

    def after(self) -> Token:
        """Return the word after the one at hand."""
        place = self._place + 1
        while self._tokens[place].kind == "comment":
            place += 1
        return self._tokens[place]

    def at(self, *texts: str) -> bool:
        """Tell whether the word at hand is one of some keywords or signs."""
        return self.token.text in texts and self.token.kind in {"word", "sign"}

    def take(self, *texts: str) -> str:
        """Go on if the word at hand is one of some keywords or signs; return it, or nothing."""
        if self.token.text in texts and self.token.kind in {"word", "sign"}:
            return self.next().text
        return ""

    def expect(self, text: str) -> None:
        """Go on past a keyword or sign.

        Raises:
            InputError: something else stands there.
        """
        if not self.take(text):
            raise self.unexpected(f"`{text}`")

    def unexpected(self, wanted: str) -> InputError:
        """Make the error that something else was wanted here."""
        found = f"`{self.token.text}`" if self.token.kind != "end" else "the end"
        return InputError(
            f"The query has {found} where {wanted} is expected.",
            where=position(self._text, self.token.start),
            remedy="Correct the query there.",
        )

    def variable(self) -> Variable:
        """Read a variable."""
        if self.token.kind != "variable":
            raise self.unexpected("a variable")
        return Variable(self.next().text[1:])

    @property
    def at_iri(self) -> bool:
        """Whether an IRI stands here, in full or with a prefix."""
        return self.token.kind in {"iri", "name"}

    def iri(self) -> NamedNode:
        """Read an IRI."""
        token = self.token
        if token.kind == "name":
            return NamedNode(self._with_prefix(self.next()))
        if token.kind != "iri":
            raise self.unexpected("an IRI")
        return NamedNode(self.whole_iri())

    def whole_iri(self) -> str:
        """Read an IRI in angle brackets and resolve it."""
        token = self.token
        if token.kind != "iri":
            raise self.unexpected("an IRI in angle brackets")
        self.next()
        written = token.text[1:-1]
        if "\\" in written:
            written = _ESCAPE.sub(_character, written)
        iri = written if self.base is None else resolve(self.base, written)
        try:
            return NamedNode(iri).value
        except ValueError:
            raise InputError(
                f"<{written}> is no absolute IRI.",
                where=position(self._text, token.start),
                remedy="Write it in full, or declare a BASE.",
            ) from None

    def _with_prefix(self, token: Token) -> str:
        prefix, _, local = token.text.partition(":")
        if prefix not in self.prefixes:
            raise InputError(
                f"The prefix `{prefix}:` is not declared.",
                where=position(self._text, token.start),
                remedy=f"Write `PREFIX {prefix}: <…>` at the top.",
            )
        return self.prefixes[prefix] + (re.sub(r"\\(.)", r"\1", local) if "\\" in local else local)

    @property
    def at_literal(self) -> bool:
        """Whether a literal stands here."""
        token = self.token
        return token.kind in {"string", "integer", "decimal", "double"} or self.at("TRUE", "FALSE") or self.at_signed

    @property
    def at_signed(self) -> bool:
        """Whether a number with a sign stands here."""
        following = self._tokens[self._place + 1] if self.at("+", "-") else None
        return following is not None and following.kind in _NUMBERS and following.start == self.token.start + 1

    def literal(self) -> Literal:
        """Read a literal."""
        if self.at("TRUE", "FALSE"):
            return Literal(self.next().text.lower(), datatype=XSD.boolean)
        if self.token.kind == "string":
            return self._string_literal()
        sign = self.next().text if self.at_signed else ""
        token = self.token
        if token.kind not in _NUMBERS:
            raise self.unexpected("a literal")
        self.next()
        return Literal(sign + token.text, datatype=_NUMBERS[token.kind])

    def _string_literal(self) -> Literal:
        lexical = self.string()
        if self.token.kind == "language":
            return Literal(lexical, language=self.next().text[1:])
        if self.take("^^"):
            return Literal(lexical, datatype=self.iri())
        return Literal(lexical)

    def string(self) -> str:
        """Read a string."""
        token = self.token
        if token.kind != "string":
            raise self.unexpected("a string")
        self.next()
        written = token.text
        width = 3 if len(written) >= _LONG and written[:3] in {'"""', "'''"} else 1
        inside = written[width:-width]
        return _ESCAPE.sub(_character, inside) if "\\" in inside else inside

    def integer(self) -> int:
        """Read a whole number."""
        if self.token.kind != "integer":
            raise self.unexpected("a whole number")
        return int(self.next().text)


def _character(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2)
    if code is None:
        return _ESCAPED.get(match.group(3), match.group())
    number = int(code, 16)
    if number > sys.maxunicode or number in _SURROGATES:
        raise InputError(f"`{match.group()}` is no character.", remedy="Write a code point of Unicode.")
    return chr(number)
