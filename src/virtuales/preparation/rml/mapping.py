"""The mapping as plain data, after RML-Core: triples maps, term maps, joins and logical sources.

The words are those of https://kg-construct.github.io/rml-core/spec/docs/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.rml.template import Template
from virtuales.rdf.terms import Literal, NamedNode


class TermType(Enum):
    """What kind of term a term map makes."""

    IRI = "IRI"
    URI = "URI"
    UNSAFE_IRI = "UnsafeIRI"
    BLANK_NODE = "BlankNode"
    LITERAL = "Literal"


class Formulation(Enum):
    """How references into a source are written."""

    CSV = "CSV"
    JSON_PATH = "JSONPath"
    XPATH = "XPath"
    SPARQL = "SPARQL_Results_CSV"


class Packing(Enum):
    """How a source or target is packed; by the names of RML-IO."""

    NONE = "none"
    GZIP = "gzip"
    ZIP = "zip"
    TAR_GZIP = "targz"
    TAR_XZ = "tarxz"


@dataclass(frozen=True)
class LogicalTarget:
    """Where statements are written beside, or rather instead of, the place that the caller gives.

    Args:
        path: The file, relative to a folder of the caller's.
        media_type: The RDF syntax.
        encoding: The character encoding.
        packing: How the file is packed.
        place: Where the mapping says so.
    """

    path: str
    media_type: str
    encoding: str = "utf-8"
    packing: Packing = Packing.NONE
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class LogicalSource:
    """What a triples map iterates over.

    Args:
        file: The name of the file.
        formulation: How references are written.
        iterator: The path to each record, or the query whose solutions are the records; None for rows of a table.
        encoding: The file's encoding; None to tell from its first bytes.
        nulls: Texts that mean that there is no value.
        namespaces: Prefixes of XPath expressions.
        sheet: The sheet of a workbook; None for its first.
        natural: Whether numbers and truth values of JSON keep their datatypes; the first RML took them as text.
        packing: How the file is packed.
        place: Where the mapping says so.
    """

    file: str
    formulation: Formulation
    iterator: str | None = None
    encoding: str | None = None
    nulls: frozenset[str] = frozenset()
    namespaces: tuple[tuple[str, str], ...] = ()
    sheet: str | None = None
    natural: bool = True
    packing: Packing = Packing.NONE
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class TermMap:
    """How a term is made of a record: by a constant, a reference or a template; none of them makes a new blank node.

    Args:
        term_type: The kind of term.
        constant: The term itself.
        reference: The column or path whose values are taken.
        template: The text around several of them.
        datatype: Makes a literal's datatype.
        language: Makes a literal's language.
        targets: Where statements with the term are written; none for the place that the caller gives.
        written: Of a datatype: how its values are written in the source, if not as XML Schema writes them.
        place: Where the mapping says so.
    """

    term_type: TermType
    constant: NamedNode | Literal | None = None
    reference: str | None = None
    template: Template | None = None
    datatype: "TermMap | None" = None
    language: "TermMap | None" = None
    targets: frozenset[LogicalTarget] = frozenset()
    written: Datatype | None = None
    place: str = field(default="", compare=False)

    @property
    def all_targets(self) -> frozenset[LogicalTarget]:
        """The targets of the term, its datatype's and its language's among them."""
        parts = (part.targets for part in (self.datatype, self.language) if part is not None)
        return self.targets.union(*parts)

    def references(self) -> tuple[str, ...]:
        """Return the columns or paths that the term is made of."""
        if self.reference is not None:
            return (self.reference,)
        return self.template.references if self.template else ()


@dataclass(frozen=True)
class Join:
    """A condition of a join: what the child makes equals what the parent makes."""

    child: TermMap
    parent: TermMap


@dataclass(frozen=True)
class RefObjectMap:
    """Objects that are another triples map's subjects.

    Args:
        parent: IRI or label of that triples map.
        joins: The conditions; none where both have the same source, which joins a record with itself.
        all_targets: Where statements with such an object are written.
        place: Where the mapping says so.
    """

    parent: str
    joins: tuple[Join, ...] = ()
    all_targets: frozenset[LogicalTarget] = frozenset()
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class PredicateObjectMap:
    """Predicates and objects of a subject, and the graphs that they are said in beside the subject's."""

    predicates: tuple[TermMap, ...]
    objects: tuple[TermMap | RefObjectMap, ...]
    graphs: tuple[TermMap, ...] = ()


@dataclass(frozen=True)
class TriplesMap:
    """How each record of a source becomes statements about one subject.

    Args:
        name: Its IRI, or its label in the mapping.
        source: What it iterates over.
        subject: Makes the subject.
        classes: Classes of the subject.
        graphs: Graphs of all its statements; none for the default graph.
        predicate_objects: What is said of the subject.
        base: What relative IRIs are put behind; None for the run's base.
        place: Where the mapping says so.
    """

    name: str
    source: LogicalSource
    subject: TermMap
    classes: tuple[NamedNode, ...] = ()
    graphs: tuple[TermMap, ...] = ()
    predicate_objects: tuple[PredicateObjectMap, ...] = ()
    base: str | None = None
    place: str = field(default="", compare=False)


TriplesMaps = Mapping[str, TriplesMap]
"""A mapping: its triples maps by name."""
