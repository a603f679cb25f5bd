"""What data of a benchmark is made of: names with and without authorities, and statements written as N-Triples."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
SAME_AS: Final = "http://www.w3.org/2002/07/owl#sameAs"


@dataclass(frozen=True)
class Naming:
    """Makes IRIs, of which each site has its own.

    Args:
        authorities: Whether an IRI shows whose it is; else it is a `urn:uuid`.
    """

    authorities: bool = True

    def iri(self, site: str, name: str) -> str:
        """Return the IRI that a site gives to a thing."""
        iri = f"http://{site}.example/{name}"
        return iri if self.authorities else f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, iri)}"


@dataclass
class Site:
    """What one endpoint holds.

    Args:
        name: Its name.
        kind: What kind of site it is.
        lines: Its statements.
        known: What it has described once and need not again.
    """

    name: str
    kind: str
    lines: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def say(self, subject: str, predicate: str, value: str) -> None:
        """Add a statement whose object is written as in N-Triples."""
        self.lines.append(f"<{subject}> <{predicate}> {value} .\n")

    def relate(self, subject: str, predicate: str, other: str) -> None:
        """Add a statement whose object is an IRI."""
        self.lines.append(f"<{subject}> <{predicate}> <{other}> .\n")

    @property
    def content(self) -> bytes:
        """All statements, as N-Triples."""
        return "".join(self.lines).encode()


@dataclass(frozen=True)
class Federation:
    """The data of one case.

    Args:
        name: The case's name.
        sites: The sites, an endpoint each.
        constants: What queries ask about: terms, written as in N-Triples, by their names in query templates.
        places: Which sites hold what, by the names that queries give to sites.
    """

    name: str
    sites: Sequence[Site]
    constants: dict[str, str]
    places: Mapping[str, Sequence[str]]

    @property
    def statements(self) -> int:
        """How many statements all sites hold."""
        return sum(len(site.lines) for site in self.sites)


def text(words: str, language: str = "") -> str:
    """Write a text without anything to escape."""
    return f'"{words}"@{language}' if language else f'"{words}"'


def typed(value: object, datatype: str) -> str:
    """Write a literal of a datatype of XML Schema."""
    return f'"{value}"^^<{XSD}{datatype}>'
