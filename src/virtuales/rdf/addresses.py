"""The IRIs that a node mints, all under its own base: things under `/id/`, graphs under `/graph/`.

A thing's IRI answers 303 to a page about it under `/doc/`; graph IRIs only name graphs.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

from virtuales.errors import InputError, NotFound
from virtuales.rdf.terms import NamedNode

PATH_PART: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
"""What one part of a registered name can be."""
LONGEST_NAME: Final = 120
_IDENTIFIER: Final = re.compile(rf"{PATH_PART}(?:/{PATH_PART})*")
_VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]*")

GraphName = Literal[
    "registry",
    "schemas",
    "mappings",
    "registrations",
    "people",
    "catalogue/public",
    "catalogue/participants",
    "drafts",
    "negotiations",
    "agreements",
    "notifications",
    "audit",
    "following",
    "remarks",
    "transfers",
    "disclosures",
    "policies",
    "policy-facts",
]


@dataclass(frozen=True)
class Addresses:
    """The IRIs of one node.

    Args:
        base: The node's base URL, without a final slash.

    >>> Addresses("http://tno.example").version("north", 2)
    <NamedNode value=http://tno.example/id/dataset/north/version/2>
    """

    base: str

    def graph(self, name: GraphName) -> NamedNode:
        """Return one of the node's own graphs."""
        return NamedNode(f"{self.base}/graph/{name}")

    def thing(self, kind: str, key: str) -> NamedNode:
        """Return the IRI of a thing of some kind by its key.

        Raises:
            NotFound: nothing can have that key, since no IRI could hold it.

        >>> Addresses("http://tno.example").thing("dataset", "a>b")
        Traceback (most recent call last):
            ...
        virtuales.errors.NotFound: There is no such thing. (a>b)
        """
        return self._named(f"/id/{kind}/{key}", key)

    def draft_graph(self, slug: str, key: str) -> NamedNode:
        """Return a graph of the draft of a dataset's next version; raises what `thing` raises."""
        return self._named(f"/graphs/drafts/{slug}/{key}", slug)

    def organisation(self, slug: str) -> NamedNode:
        """Return the IRI of an organisation that this node, the orchestrator, registered."""
        return self.thing("organisation", slug)

    def dataset(self, slug: str) -> NamedNode:
        """Return the IRI of a dataset."""
        return self.thing("dataset", slug)

    def version(self, slug: str, number: int) -> NamedNode:
        """Return the IRI of a version of a dataset."""
        return self.thing("dataset", f"{slug}/version/{number}")

    @property
    def model_graphs(self) -> str:
        """What the IRI of every model's graph starts with."""
        return f"{self.base}/graph/model/"

    def model_graph(self, digest: str) -> NamedNode:
        """Return the graph of a model by the digest of its statements: other content never stands in the same graph."""
        return NamedNode(self.model_graphs + digest)

    def ontology_graph(self, name: str, version: str) -> NamedNode:
        """Return the graph of a version of a vocabulary that this node knows."""
        return self._named(f"/graph/ontology/{name}/{version}", f"{name}@{version}")

    @property
    def ontology_graphs(self) -> str:
        """What the IRI of every vocabulary's graph starts with."""
        return f"{self.base}/graph/ontology/"

    def use_case_graph(self, name: str) -> NamedNode:
        """Return the graph of the record of a use case."""
        return self._named(f"/graph/use-case/{name}", name)

    @property
    def use_case_graphs(self) -> str:
        """What the IRI of every use case's graph starts with."""
        return f"{self.base}/graph/use-case/"

    def view_graph(self, digest: str) -> NamedNode:
        """Return the graph of a view by the digest of what makes it: what one holds never stands in another's."""
        return NamedNode(self.view_graphs + digest)

    def view_record(self, graph: NamedNode) -> NamedNode:
        """Return the graph that says whose a view's graph is, once that is whole."""
        return NamedNode(self.view_records + graph.value.removeprefix(self.view_graphs))

    @property
    def view_graphs(self) -> str:
        """What the IRI of every view's graph starts with."""
        return f"{self.base}/graph/view/"

    @property
    def view_records(self) -> str:
        """What the IRI of every record of a view starts with."""
        return f"{self.base}/graph/view-record/"

    def release_graph(self, digest: str) -> NamedNode:
        """Return the graph of numbers with noise, by the digest of what they are made of."""
        return NamedNode(f"{self.base}/graph/release/{digest}")

    def _named(self, path: str, key: str) -> NamedNode:
        try:
            return NamedNode(self.base + path)
        except ValueError as error:
            raise NotFound("There is no such thing.", where=key) from error

    def owns(self, iri: str) -> bool:
        """Tell whether an IRI is one that this node may mint."""
        return iri == self.base or iri.startswith((f"{self.base}/", f"{self.base}#"))


def check_names(identifier: str, version: str, *, reserved: AbstractSet[str]) -> None:
    """Refuse an identifier or a version of something registered that could not stand in an address.

    Args:
        identifier: What it is called, in parts joined by `/`.
        version: Its version.
        reserved: Words that addresses need for themselves.

    Raises:
        InputError: names the one at fault.

    >>> check_names("cgmes-3.0/our-rules", "1.2.0", reserved={"content"})
    >>> check_names("our rules", "1", reserved={"content"})
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: ...
    """
    for field, text, form in (("identifier", identifier, _IDENTIFIER), ("version", version, _VERSION)):
        if not form.fullmatch(text) or len(text) > LONGEST_NAME or not reserved.isdisjoint(text.split("/")):
            raise InputError(
                f"{f'`{text[:LONGEST_NAME]}`' if text else f'The {field} is empty: it'} cannot stand in an address.",
                where=field,
                remedy="Use letters, digits, dots and hyphens"
                + (", in parts joined by `/`." if form is _IDENTIFIER else "."),
            )
