"""Which things an endpoint calls by other IRIs than whoever asks: mRIDs and entries of other registers.

What is asked for goes out with the endpoint's IRIs, and what comes back has the asker's. In between, the endpoint knows
nothing of it, so whatever rests on two IRIs being the same is put together here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import compress
from pathlib import Path
from typing import Final

from virtuales.alignment.formats import form_of, read_file
from virtuales.alignment.translation.term_table import EXACT
from virtuales.errors import InputError
from virtuales.federation.sketch import Hashes, Iris, are_among, hashed
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import OWL, SKOS
from virtuales.rdf.terms import NamedNode, Quad

_SAME: Final = frozenset({OWL.sameAs, SKOS.exactMatch})
_SUBJECT: Final = re.compile(rb"(?m)^([ \t]*<)([^<>\n]*)(>)")
_OBJECT: Final = re.compile(rb"(?m)^([ \t]*\S+[ \t]+\S+[ \t]+<)([^<>\n]*)(>[ \t]*\.[ \t\r]*)$")
Link = tuple[str, str, str]
"""What the endpoint calls a thing, what the asker calls it, and where that is said."""
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass(frozen=True)
class Links:
    """The things that an endpoint calls otherwise.

    Args:
        table: For IRIs of the endpoint, what whoever asks calls the same thing.
    """

    table: Mapping[str, str]

    @classmethod
    def read(cls, *files: Path) -> "Links":
        """Read links from mapping sets, or from RDF with `owl:sameAs` or `skos:exactMatch`.

        The subject is the endpoint's IRI, the object the asker's. Rows of a set that say another relation than being
        the same, or deny it, are no links.

        Raises:
            UnreadableInput: a file cannot be read.
            InputError: there is no link, or one of the endpoint's IRIs is linked to two of the asker's.
        """
        made = cls.of(link for file in files for link in _links(file))
        if not made.table:
            raise InputError(
                "There is no link in the file.",
                where=", ".join(map(str, files)),
                remedy="Write a mapping set with exact matches, or RDF with `owl:sameAs` or `skos:exactMatch`.",
            )
        return made

    @classmethod
    def of(cls, links: Iterable[Link]) -> "Links":
        """Bring links together.

        Raises:
            InputError: one of the endpoint's IRIs is linked to two of the asker's.
        """
        table: dict[str, str] = {}
        for theirs, ours, where in links:
            if table.setdefault(theirs, ours) != ours:
                raise InputError(
                    f"<{theirs}> is linked to both <{table[theirs]}> and <{ours}>.",
                    where=where,
                    remedy="Keep one of them: whoever asks has one name for a thing.",
                )
        return cls(table)

    @cached_property
    def digest(self) -> str:
        """What tells these links from others."""
        return sha256(repr(sorted(self.table.items())).encode()).hexdigest()

    @cached_property
    def _back(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for theirs, ours in self.table.items():
            found.setdefault(ours, []).append(theirs)
        return {ours: tuple(sorted(theirs)) for ours, theirs in found.items()}

    def theirs(self, iri: str) -> tuple[str, ...]:
        """Return what the endpoint may call a thing; its IRI itself unless that is another thing there.

        >>> Links({"urn:7": "urn:a"}).theirs("urn:a"), Links({"urn:7": "urn:a"}).theirs("urn:7")
        (('urn:7', 'urn:a'), ())
        """
        others = self._back.get(iri, ())
        return others if iri in self.table else (*others, iri)

    def expanded(self, row: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """Give a row of values, as SPARQL writes them, in every way in which the endpoint may say it."""
        ways: list[tuple[str, ...]] = [()]
        for term in row:
            names = [f"<{each}>" for each in self.theirs(term[1:-1])] if term.startswith("<") else [term]
            ways = [(*way, name) for way in ways for name in names]
        return iter(ways)

    def received(self, n_triples: bytes) -> bytes:
        """Put the asker's IRIs into N-Triples of the endpoint.

        >>> Links({"urn:7": "urn:a"}).received(b'<urn:7> <urn:p> "<urn:7>" .')
        b'<urn:a> <urn:p> "<urn:7>" .'
        """
        return _OBJECT.sub(self._renamed, _SUBJECT.sub(self._renamed, n_triples))

    def _renamed(self, match: re.Match[bytes]) -> bytes:
        written = match[2].decode("utf-8", "replace")
        ours = self.table.get(_ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), written))
        return match[0] if ours is None else match[1] + ours.encode() + match[3]

    def hashes(self, hashes: Hashes) -> Hashes:
        """Add to the hashes of an endpoint's IRIs those of what the asker calls them."""
        theirs, ours = self._hashed
        added = compress(ours, are_among(theirs.numbers, hashes.numbers))
        return Hashes(" ".join([hashes.text, *added]).strip())

    @cached_property
    def _hashed(self) -> tuple[Iris, list[str]]:
        return Iris([*self.table]), [hashed(ours) for ours in self.table.values()]


def links_in(quads: Iterable[Quad], where: str) -> Iterator[tuple[str | None, Link]]:
    """Give the links among statements, each with the name of its graph; None for the default graph."""
    for quad in quads:
        if quad.predicate in _SAME and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else None
            yield graph, (quad.subject.value, quad.object.value, where)


def _links(file: Path) -> Iterator[Link]:
    """Give the links of a file, each with its place."""
    if form_of(file) == "rdf":
        yield from (link for _, link in links_in(parse_file(file), str(file)))
        return
    for each in read_file(file).accepted().mappings:
        if each.predicate_id in EXACT and not (each.negated or each.unmapped or each.literal):
            yield each.subject_id, each.object_id, f"{file}, line {each.line}" if each.line else str(file)
