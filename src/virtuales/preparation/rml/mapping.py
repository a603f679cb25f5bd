"""The mapping as plain data, after RML-Core: triples maps, term maps, joins and logical sources.

The words are those of https://kg-construct.github.io/rml-core/spec/docs/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

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


@dataclass(frozen=True)
class LogicalSource:
    """What a triples map iterates over.

    Args:
        file: The name of the file.
        formulation: How references are written.
        iterator: The path to each record; None for rows of a table.
        encoding: The file's encoding; None to tell from its first bytes.
        nulls: Texts that mean that there is no value.
        namespaces: Prefixes of XPath expressions.
        sheet: The sheet of a workbook; None for its first.
        natural: Whether numbers and truth values of JSON keep their datatypes; the first RML took them as text.
    """

    file: str
    formulation: Formulation
    iterator: str | None = None
    encoding: str | None = None
    nulls: frozenset[str] = frozenset()
    namespaces: tuple[tuple[str, str], ...] = ()
    sheet: str | None = None
    natural: bool = True


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
    """

    term_type: TermType
    constant: NamedNode | Literal | None = None
    reference: str | None = None
    template: Template | None = None
    datatype: "TermMap | None" = None
    language: "TermMap | None" = None

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
    """

    parent: str
    joins: tuple[Join, ...] = ()


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
    """

    name: str
    source: LogicalSource
    subject: TermMap
    classes: tuple[NamedNode, ...] = ()
    graphs: tuple[TermMap, ...] = ()
    predicate_objects: tuple[PredicateObjectMap, ...] = ()
    base: str | None = None


TriplesMaps = Mapping[str, TriplesMap]
"""A mapping: its triples maps by name."""
