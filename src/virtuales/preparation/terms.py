"""The text of terms in N-Triples: IRIs with values percent-encoded, literals escaped, languages checked."""

import re
from urllib.parse import quote

from virtuales.errors import InputError
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import NamedNode, is_unicode

_language = re.compile(r"(?:[A-Za-z]{2,3}|[xi](?=-))(?:-[A-Za-z0-9]{1,8})*")
"""A well-formed tag of RFC 5646 whose first part can be a language: no code of four or more letters was ever given."""
_safe_ascii = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_private = (range(0xE000, 0xF900), range(0xF0000, 0x110000))
_FIRST_BEYOND_ASCII = 0xA0
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_plain_text = re.compile(r'[^"\\\n\r\ud800-\udfff]*')


def escaped(text: str, *, where: str) -> str:
    r"""Write text as it stands between the quotes of a literal in N-Triples.

    Raises:
        InputError: it holds a lone surrogate, which is no character.

    >>> escaped('a "b"', where="x")
    'a \\"b\\"'
    """
    if _plain_text.fullmatch(text):
        return text
    if not is_unicode(text):
        raise InputError("The text holds what is no character.", where=where, remedy="Save it as UTF-8.")
    return text.translate(_ESCAPES)


def iri_text(iri: str, *, where: str) -> str:
    """Write an absolute IRI as N-Triples does.

    Raises:
        InputError: it is no absolute IRI.
    """
    try:
        return f"<{NamedNode(iri).value}>"
    except ValueError:
        raise InputError(
            f"`{iri[:200]}` is no absolute IRI.",
            where=where,
            remedy="Use a template, which encodes what an IRI cannot hold, or correct the value.",
        ) from None


def encode_for_iri(text: str) -> str:
    """Percent-encode what is not an unreserved character of an IRI (RFC 3987, section 2.2).

    >>> encode_for_iri("Zoë/b c")
    'Zoë%2Fb%20c'
    """
    if text.isascii():
        return quote(text, safe="")
    return "".join(
        character if character in _safe_ascii or _is_beyond_ascii(character) else quote(character, safe="")
        for character in text
    )


def _is_beyond_ascii(character: str) -> bool:
    return ord(character) >= _FIRST_BEYOND_ASCII and not any(ord(character) in span for span in _private)


def literal_text(text: str, datatype: str | None, *, where: str) -> str:
    """Write a literal as N-Triples does; the datatype is an IRI, None for plain text."""
    suffix = f"^^<{datatype}>" if datatype and datatype != XSD.string.value else ""
    return f'"{escaped(text, where=where)}"{suffix}'


def language_tag(tag: str, *, where: str) -> str:
    """Return a language tag if it is one that RFC 5646 allows and that stands for a language.

    Raises:
        InputError: it is not.
    """
    if not _language.fullmatch(tag):
        raise InputError(f"`{tag}` is no language tag.", where=where, remedy="Use a code such as `en` or `cy-GB`.")
    return tag
