"""The words of a SPARQL query taken one after another, and the terms that they write."""

import re

from virtuales.assurance.dictionary import RDF_LANG_STRING, XSD
from virtuales.assurance.query_parts import ANY, Constant
from virtuales.assurance.query_text import Token, tokens_of
from virtuales.assurance.reading import Malformed

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
TERM = "a term"
"""What a word counts as that writes a term of its own, other than a name."""


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


class QueryTerms:
    """The words of a query.

    Args:
        text: The query.
    """

    def __init__(self, text: str) -> None:
        self._tokens = [*tokens_of(text), Token("end", "", len(text))]
        self._place = 0
        self._prefixes: dict[str, str] = {}
        self._based = False

    @property
    def token(self) -> Token:
        """The next word."""
        return self._tokens[self._place]

    @property
    def word(self) -> str:
        """The next keyword in capitals, or sign; `TERM` for a term, empty at the end."""
        return TERM if self.token.kind in {"string", "iri", "variable", "number"} else self.token.word

    def after(self, places: int = 1) -> Token:
        """Return a word further on."""
        return self._tokens[min(self._place + places, len(self._tokens) - 1)]

    def next(self) -> Token:
        """Take the next word."""
        token = self.token
        if token.kind == "end":
            raise self.unknown()
        self._place += 1
        return token

    def take(self, *words: str) -> bool:
        """Take the next word if it is one of these."""
        found = self.word in words
        self._place += found
        return found

    def expect(self, word: str) -> None:
        """Take a word that must come next."""
        if not self.take(word):
            raise self.unknown()

    def unknown(self) -> Malformed:
        """Say that a word was met where SPARQL 1.1 has none of its kind."""
        return Malformed(f"`{self.token.text}` stands in the query where SPARQL 1.1 has no such thing.")

    def prologue(self) -> None:
        """Take the declarations of prefixes and base."""
        while self.token.word in {"PREFIX", "BASE"}:
            if self.next().word == "BASE":
                self._based = True
                self.next()
            else:
                prefix = self.next().text
                self._prefixes[prefix] = self.iri(self.next()) or ""

    @property
    def at_iri(self) -> bool:
        """Whether an IRI comes next."""
        token = self.token
        return token.kind == "iri" or (token.kind == "name" and ":" in token.text and not token.text.startswith("_:"))

    def iri(self, token: Token) -> str | None:
        """Return the bare IRI that a word writes; `ANY` where that depends on a base."""
        if token.kind == "iri":
            bare = _unescaped(token.text[1:-1])
            return bare if _ABSOLUTE.match(bare) and not self._based else ANY
        prefix, _, local = token.text.partition(":")
        namespace = self._prefixes.get(f"{prefix}:")
        return namespace + re.sub(r"\\(.)", r"\1", local) if namespace else ANY

    def variable(self) -> str:
        """Take a variable."""
        name = self.next().variable
        if name is None:
            raise self.unknown()
        return name

    def literal(self) -> Constant | None:
        """Take a literal, if one comes next."""
        token = self.token
        if token.kind == "string":
            return self._string()
        if token.kind == "number":
            return self._number(self.next(), "")
        if token.text in {"+", "-"} and self.after().kind == "number" and self.after().start == token.start + 1:
            sign = self.next()
            return self._number(self.next(), sign.text)
        if token.word in {"TRUE", "FALSE"}:
            end = self.next().start + len(token.text)
            return Constant(token.text.lower(), f"{XSD}boolean", token.start, end, end)
        return None

    def _number(self, token: Token, sign: str) -> Constant:
        name = "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
        end = token.start + len(token.text)
        return Constant(sign + token.text, f"{XSD}{name}", token.start - len(sign), end, end)

    def _string(self) -> Constant:
        token = self.next()
        form_end = end = token.start + len(token.text)
        width = 3 if token.text[:3] in {'"""', "'''"} and len(token.text) > 5 else 1  # noqa: PLR2004  # both marks
        lexical = _unescaped(token.text[width:-width])
        datatype = f"{XSD}string"
        if self.token.text == "^^":
            self.next()
            named = self.next()
            datatype = self.iri(named) or f"{XSD}string"
            end = named.start + len(named.text)
        elif self.token.text.startswith("@"):
            tag = self.next()
            datatype = RDF_LANG_STRING
            end = tag.start + len(tag.text)
        return Constant(lexical, datatype, token.start, end, form_end)
