"""Triples and property paths in the syntax tree of SPARQL; see `virtuales.query.syntax.tree`."""

from dataclasses import dataclass
from typing import Literal as OneOf

from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Variable

RDFTerm = NamedNode | Literal | BlankNode
VarOrIri = Variable | NamedNode

# Property paths


@dataclass(frozen=True, slots=True)
class PathAlternative:
    """`a | b`: one of several paths."""

    paths: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class PathSequence:
    """`a / b`: one path after the other."""

    paths: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class PathInverse:
    """`^a`: a path the other way round."""

    path: "Path"


@dataclass(frozen=True, slots=True)
class PathElt:
    """`a?`, `a*`, `a+`: a path as often as its modifier says."""

    path: "Path"
    mod: OneOf["?", "*", "+"]


@dataclass(frozen=True, slots=True)
class PathNegatedPropertySet:
    """`!(a | ^b)`: one step by a property that is none of these."""

    properties: tuple[NamedNode | PathInverse, ...]


Path = NamedNode | PathAlternative | PathSequence | PathInverse | PathElt | PathNegatedPropertySet
Verb = Variable | Path

# Triples


@dataclass(frozen=True, slots=True)
class Property:
    """A verb with its objects; a production without a name within `PropertyListNotEmpty`."""

    verb: Verb
    objects: tuple["GraphNode", ...]


@dataclass(frozen=True, slots=True)
class BlankNodePropertyList:
    """`[ … ]`: a blank node with what is said of it; `[]` says nothing."""

    properties: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """`( … )`: a list."""

    items: tuple["GraphNode", ...]


GraphNode = Variable | RDFTerm | BlankNodePropertyList | Collection


@dataclass(frozen=True, slots=True)
class TriplesSameSubject:
    """A subject with what is said of it; of one in brackets nothing more need be said."""

    subject: GraphNode
    properties: tuple[Property, ...]
