"""Compact identifiers: a prefix and a local part that together name an IRI.

See https://www.w3.org/TR/curie/ and SSSOM 1.1, "Identifiers".
"""

import re
from collections import abc
from typing import Final

from virtuales.alignment.terms import BUILT_IN_PREFIXES
from virtuales.errors import InputError

PREFIX_NAME: Final = re.compile(r"[A-Za-z_][\w.\-]*(?<!\.)")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
_FULL: Final = ("http://", "https://", "urn:")


def is_iri(text: str) -> bool:
    """Tell whether a text is an absolute IRI, as far as its characters tell (RFC 3987).

    >>> is_iri("https://example.org/a"), is_iri("example.org/a b")
    (True, False)
    """
    return _IRI.fullmatch(text) is not None


def is_written_in_full(text: str) -> bool:
    """Tell whether an identifier looks like an IRI rather than a compact one."""
    return text.startswith(_FULL)


class Contraction:
    """Writes IRIs with the prefixes of a set, and remembers which it used.

    Args:
        declared: The set's own prefixes; those built into SSSOM are known besides.
    """

    def __init__(self, declared: abc.Mapping[str, str]) -> None:
        known = {**BUILT_IN_PREFIXES, **declared}
        self._names = {start: name for name, start in sorted(known.items(), reverse=True) if start}
        self._lengths = sorted({len(start) for start in self._names}, reverse=True)
        self.used: set[str] = set()

    def find(self, iri: str) -> str | None:
        """Return the compact form that the longest fitting prefix gives, or None if no prefix fits."""
        for length in self._lengths:
            name = self._names.get(iri[:length])
            if name is not None:
                self.used.add(name)
                return f"{name}:{iri[length:]}"
        return None

    def get(self, iri: str) -> str:
        """Return the compact form.

        Raises:
            InputError: no prefix fits; a writer invents none (SSSOM 1.1, "Identifiers" of SSSOM/TSV).
        """
        curie = self.find(iri)
        if curie is None:
            raise InputError(
                f"No prefix of the set fits <{iri}>.", where="curie_map", remedy="Declare a prefix that begins it."
            )
        return curie
