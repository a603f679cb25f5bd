"""One licence of data, and the known ones, found under the many names that catalogues write."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from virtuales.errors import UnknownTerm
from virtuales.rdf.namespaces import CC
from virtuales.rdf.terms import NamedNode

_SCHEME = re.compile(r"https?://(?:www\.)?")
_TAIL = re.compile(r"(?:/(?:legalcode|deed)(?:\.[\w-]+)?)?/*")
_TO_PUBLISH = frozenset({CC.DerivativeWorks, CC.Distribution})


@dataclass(frozen=True)
class Licence:
    """One licence.

    Args:
        iri: The licence's IRI, as its keeper publishes it.
        identifier: The SPDX identifier, or a `LicenseRef-` for licences that SPDX does not list.
        title: The licence's name.
        is_open: Whether data under it may be used by anybody for anything.
        permits: What it permits, such as `cc:Distribution`.
        prohibits: What it prohibits, such as `cc:CommercialUse`; it wins over what is permitted.
        requires: What it requires, such as `cc:Attribution`.
        compatible: Other licences that what is made of the data may carry, as the licence or its keeper says.
        excludes: What the licence does not cover, such as personal data.
        assigner: The only party that gives data under it; None where anybody may.
        legal_code: Where its text is; None for terms without a public text.
        aliases: Further IRIs that mean it.
        note: What a user has to know beside; empty when nothing is.
    """

    iri: NamedNode
    identifier: str
    title: str
    is_open: bool
    permits: frozenset[NamedNode] = frozenset()
    prohibits: frozenset[NamedNode] = frozenset()
    requires: frozenset[NamedNode] = frozenset()
    compatible: frozenset[NamedNode] = frozenset()
    excludes: frozenset[NamedNode] = frozenset()
    assigner: NamedNode | None = None
    legal_code: str | None = None
    aliases: tuple[str, ...] = ()
    note: str = ""

    def allows(self, action: NamedNode) -> bool:
        """Tell whether the licence permits an action and does not prohibit it."""
        return action in self.permits and action not in self.prohibits

    def with_leave_to_publish(self) -> "Licence":
        """Return the licence for somebody whom an agreement allows to publish what is made of the data."""
        return replace(self, permits=self.permits | _TO_PUBLISH, prohibits=self.prohibits - _TO_PUBLISH)

    def to_json(self) -> dict[str, object]:
        """Write the licence as JSON, its terms as IRIs in order."""
        terms = {
            "permits": self.permits,
            "prohibits": self.prohibits,
            "requires": self.requires,
            "compatible": self.compatible,
            "does_not_cover": self.excludes,
        }
        return {
            "iri": self.iri.value,
            "identifier": self.identifier,
            "title": self.title,
            "legal_code": self.legal_code,
            "open": self.is_open,
            **{name: sorted(term.value for term in found) for name, found in terms.items()},
            "note": self.note,
        }


class Licences:
    """The known licences.

    Args:
        licences: Each licence once.
    """

    def __init__(self, licences: Iterable[Licence]) -> None:
        self._licences = tuple(licences)
        self._by_name: dict[str, Licence] = {}
        for names in (_titles, _further_names, _own_names):  # a name of its own wins over one that another has too
            self._by_name.update({_plain_name(name): each for each in self._licences for name in names(each)})

    def find(self, name: str) -> Licence | None:
        """Return a licence by its identifier, title or IRI; None where none is known.

        Case, spaces, `http` for `https` and the address of the licence's text do not matter.
        """
        return self._by_name.get(_plain_name(name))

    def get(self, name: str) -> Licence:
        """Return a licence by its identifier, title or IRI, as `find` does.

        Raises:
            UnknownTerm: no such licence is known.
        """
        licence = self.find(name)
        if licence is None:
            raise UnknownTerm(
                f"`{name}` is not a licence known to this node.",
                where="licence",
                remedy="Use one of: " + ", ".join(sorted(licence.identifier for licence in self)) + ".",
            )
        return licence

    def joined(self, others: Iterable[Licence]) -> "Licences":
        """Return these licences and others; of two with the same IRI the other one."""
        added = {licence.iri: licence for licence in others}
        return Licences([*(one for one in self._licences if one.iri not in added), *added.values()])

    def __iter__(self) -> Iterator[Licence]:
        """Give every licence."""
        return iter(self._licences)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._licences)


def _titles(licence: Licence) -> tuple[str, ...]:
    return (licence.title,)


def _further_names(licence: Licence) -> tuple[str, ...]:
    return (*licence.aliases, *((licence.legal_code,) if licence.legal_code else ()))


def _own_names(licence: Licence) -> tuple[str, ...]:
    return (licence.identifier, licence.iri.value)


def _plain_name(name: str) -> str:
    """Return what is the same in all ways to write a licence's name.

    >>> _plain_name("http://creativecommons.org/licenses/by/4.0/legalcode")
    'creativecommons.org/licenses/by/4.0'
    >>> _plain_name("CC BY 4.0")
    'cc-by-4.0'
    """
    bare = _SCHEME.sub("", name.strip().lower(), count=1)
    end = next(found.start() for found in _TAIL.finditer(bare) if found.end() == len(bare))
    return "-".join(bare[:end].split())
