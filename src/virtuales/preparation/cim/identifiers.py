"""Names of CIM objects: the four spellings of one identifier become one IRI.

`rdf:ID="_x"`, `rdf:about="#_x"`, `rdf:resource="#_x"` and `urn:uuid:x` all mean the object with the mRID x. When x is a
UUID the IRI is `urn:uuid:` and x in lower case (RFC 9562, section 4); otherwise it is `#_x` on the base that the
producer's models share. See IEC 61970-552, clause 5, and https://www.w3.org/TR/rdf-syntax-grammar/#section-Syntax-ID-xml-base.
"""

import re

from virtuales.errors import ConfigurationError, TooLarge, UnreadableInput
from virtuales.rdf.terms import NamedNode

_UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
_local = re.compile(f"#(?:_?({_UUID})|[A-Za-z0-9._~-]+)").fullmatch
_urn_uuid = re.compile(f"[Uu][Rr][Nn]:[Uu][Uu][Ii][Dd]:({_UUID})").fullmatch
_urn_other = re.compile("[Uu][Rr][Nn]:[Uu][Uu][Ii][Dd]:([^#]+)").fullmatch
_LONGEST = 512
"""Characters of an identifier beside the base.

Each statement repeats its subject, so that a long one would make a small file a large model.
"""
_forbidden = re.compile(r'[\x00-\x20\x7f<>"{}|^`\\]|\s').search


class Identifiers:
    """Turns the identifiers written in CIM/XML into IRIs.

    Args:
        base: The absolute IRI, without fragment, that the producer's models share.
        alias: A document's own `xml:base`; names spelled out on it are names on the shared base.

    Raises:
        ConfigurationError: the base is no absolute IRI or has a fragment.

    >>> identifiers = Identifiers("http://grid.example/model")
    >>> identifiers.of_id("_73C512BD-7249-4F50-50DA-D93849B89C43")
    'urn:uuid:73c512bd-7249-4f50-50da-d93849b89c43'
    >>> identifiers.of_reference("#_line-7"), identifiers.of_reference("urn:uuid:line-7")
    ('http://grid.example/model#_line-7', 'http://grid.example/model#_line-7')
    """

    def __init__(self, base: str, *, alias: str | None = None) -> None:
        self.base = _checked_base(base)
        self._longest = _LONGEST + len(self.base)  # what is `#x` in one place may be spelled out in another
        self._bases = (self.base, alias.partition("#")[0]) if alias else (self.base,)

    @property
    def has_alias(self) -> bool:
        """Whether names spelled out on a document's own base are names on the shared base."""
        return len(self._bases) > 1

    def of_id(self, name: str) -> str:
        """Return the IRI of the object that `rdf:ID` introduces.

        Raises:
            UnreadableInput: the name cannot be part of an IRI.
        """
        return self.of_reference("#" + name)

    def of_reference(self, value: str) -> str:
        """Return the IRI that `rdf:about` or `rdf:resource` means.

        Raises:
            UnreadableInput: the value is relative, has two fragments, or has characters no IRI may have.
            TooLarge: it is longer than the base and 512 characters.
        """
        match = _local(value)
        if len(value) > self._longest:
            raise _too_long(value, self._longest)
        if match is None:
            return self._uncommon(value)
        uuid = match[1]
        return self.base + value if uuid is None else "urn:uuid:" + uuid.lower()

    def _uncommon(self, value: str) -> str:
        _refuse_illegal(value)
        if match := _urn_uuid(value):
            return "urn:uuid:" + match[1].lower()
        if match := _urn_other(value):
            return _checked(f"{self.base}#_{match[1]}", value)
        if value.startswith("#"):
            return _checked(self.base + value, value)
        for base in self._bases:
            if value.startswith(base + "#"):
                return self.of_reference(value[len(base) :])
        return _checked(value, value)


def _checked_base(base: str) -> str:
    try:
        absolute = NamedNode(base).value
    except ValueError:
        absolute = ""
    if not absolute or "#" in absolute:
        raise ConfigurationError(
            f"`{base}` cannot be the base of object identifiers.",
            remedy="Give an absolute IRI without a fragment, such as `http://grid.example/model`.",
        )
    return absolute


def _too_long(value: str, longest: int) -> TooLarge:
    return TooLarge(
        f"The identifier `{value[:40]}…` has {len(value):,} characters.",
        remedy=f"An identifier has at most {longest} characters; an mRID has 36.",
    )


def _refuse_illegal(value: str) -> None:
    if value.count("#") > 1:
        raise UnreadableInput(
            f"The identifier `{value}` has two fragments.",
            remedy="An IRI has at most one `#`; write `#_` and the mRID.",
        )
    if fault := _forbidden(value):
        raise UnreadableInput(
            f"The identifier `{value}` has the character {fault[0]!r}, which no IRI may have.",
            remedy="Remove it, or write it percent-encoded.",
        )
    if value in ("", "#"):
        raise UnreadableInput("The identifier is empty.", remedy="Write `#_` and the mRID.")


def _checked(iri: str, written: str) -> str:
    try:
        NamedNode(iri)
    except ValueError:
        raise UnreadableInput(
            f"The identifier `{written}` is no IRI.",
            remedy="Write `#_` and the mRID, `urn:uuid:` and the mRID, or an absolute IRI.",
        ) from None
    return iri
