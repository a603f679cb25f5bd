"""Links that come with a question to all producers: what dataset versions call by other IRIs than the question.

They are RDF in TriG (https://www.w3.org/TR/trig/): each graph is named by the dataset version, or the dataset,
whose IRIs are the subjects; the default graph is about all of them. Links are `owl:sameAs` and `skos:exactMatch`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from virtuales.catalogue.askable import AskableVersion
from virtuales.errors import InputError, UnreadableInput
from virtuales.federation.links import Link, Links, links_in
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TRIG

_MOST: Final = 100_000
"""How many links may come with a question: each is held, and looked up for every value, by the node that asks."""
_WHERE: Final = "links"


@dataclass(frozen=True)
class ToldLinks:
    """Links for the sources of a question.

    Args:
        by_source: They, by the IRI of the dataset version or dataset that they are about; None for all.
    """

    by_source: Mapping[str | None, Sequence[Link]]

    @classmethod
    def read(cls, text: str) -> "ToldLinks":
        """Read links in TriG; an empty text has none.

        Raises:
            UnreadableInput: it is no TriG, or has no link, though it is not empty.
            InputError: there are more than may come with a question.
        """
        if not text.strip():
            return NO_LINKS
        found: defaultdict[str | None, list[Link]] = defaultdict(list)
        for number, (graph, link) in enumerate(links_in(parse_file(text.encode(), TRIG, name=_WHERE), _WHERE)):
            if number == _MOST:
                remedy = "Leave out what the question is not about."
                raise InputError(f"There are more than {_MOST:,} links.", where=_WHERE, remedy=remedy)
            found[graph].append(link)
        if not found:
            remedy = "Write `<their IRI> owl:sameAs <your IRI>`, or `skos:exactMatch`, in TriG."
            raise UnreadableInput("There is no link.", where=_WHERE, remedy=remedy)
        return cls(dict(found))

    def of(self, version: AskableVersion) -> Links | None:
        """Return the links that a version is seen by; None where there are none.

        Raises:
            InputError: one of its IRIs is linked to two.
        """
        named = (None, version.dataset, version.iri)
        made = Links.of(link for name in named for link in self.by_source.get(name, ()))
        return made if made.table else None

    def refuse_strangers(self, versions: Iterable[AskableVersion]) -> None:
        """Refuse links that are about none of the versions that a question is put to.

        Raises:
            InputError: there are such.
        """
        known = {iri for one in versions for iri in (one.iri, one.dataset)}
        for source in self.by_source:
            if source is not None and source not in known:
                raise InputError(
                    f"There are links for <{source}>, to which the question is not put.",
                    where=_WHERE,
                    remedy="Name the graph by a dataset version that is asked, or by its dataset.",
                )


NO_LINKS: Final = ToldLinks({})
"""No links: all sources call things as the question does."""
