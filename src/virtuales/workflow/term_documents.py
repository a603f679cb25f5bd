"""What this node states of models and terms as linked data, beside what their publishers say."""

from collections.abc import Iterator

from virtuales.models.facts import ClassFact, Model
from virtuales.models.ontology_file import write_term
from virtuales.models.registry import ModelVersion
from virtuales.models.terms import Term
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import DCTERMS, RDFS, SKOS, VOID
from virtuales.rdf.terms import NamedNode, Triple, typed
from virtuales.trust.tokens import Principal
from virtuales.workflow.model_graphs import version_iri, version_statements
from virtuales.workflow.term_mappings import mapping_statements
from virtuales.workflow.terms import term_address, uses_of
from virtuales.workflow.workspace import Workspace


def model_statements(workspace: Workspace, version: ModelVersion) -> list[Triple]:
    """Return the statements of a version, and what the registry says of it."""
    own = [quad.triple for quad in workspace.models.statements(version.reference)]
    return [*own, *version_statements(workspace, version)]


def term_statements(workspace: Workspace, principal: Principal | None, term: Term) -> list[Triple]:
    """Return what a version says of a term, what leads to it, its mappings, and where data in the catalogue uses it.

    Args:
        workspace: The node's parts.
        principal: Who asks; None for the public.
        term: The term.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    model = workspace.models.model(term.reference)
    turtle = write_term(model, term.iri).encode()
    own = [quad.triple for quad in parse_file(turtle, TURTLE, name=term.iri)]
    mappings = mapping_statements(workspace, term.iri, term_address(workspace, term).value)
    return [*own, *_said(workspace, term), *_below(model, term), *mappings, *_uses(workspace, principal, term)]


def tops(model: Model) -> list[ClassFact]:
    """Return the classes and concepts of a model with nothing above them in it, those with most below them first."""
    found = [
        fact
        for fact in model.classes.values()
        if fact.kind in {"class", "concept", "scheme"} and not set(fact.superclasses) & model.classes.keys()
    ]
    return sorted(found, key=lambda fact: (-len(model.descendants(fact.iri)), fact.label))


def _said(workspace: Workspace, term: Term) -> Iterator[Triple]:
    address = term_address(workspace, term)
    version = version_iri(workspace, workspace.models.version(term.reference))
    yield Triple(NamedNode(term.iri), RDFS.isDefinedBy, version)
    yield Triple(address, DCTERMS.subject, NamedNode(term.iri))
    yield Triple(address, DCTERMS.isPartOf, version)
    for concept in workspace.models.terms().leading_to(term.iri):
        yield Triple(NamedNode(concept.iri), SKOS.mappingRelation, NamedNode(term.iri))


def _below(model: Model, term: Term) -> Iterator[Triple]:
    for iri in model.subclasses.get(term.iri, ()):
        predicate = SKOS.broader if model.classes[iri].kind == "concept" else RDFS.subClassOf
        yield Triple(NamedNode(iri), predicate, NamedNode(term.iri))


def _uses(workspace: Workspace, principal: Principal | None, term: Term) -> Iterator[Triple]:
    """Give the partitions of the datasets that use the term, as nodes of this document."""
    address = term_address(workspace, term)
    part, kind, number = (
        (VOID.propertyPartition, VOID.property, VOID.triples)
        if term.kind == "property"
        else (VOID.classPartition, VOID["class"], VOID.entities)
    )
    place = 0
    for use in uses_of(workspace, principal, term):
        for iri, count in use.counts:
            place += 1
            node = NamedNode(f"{address.value}#use-{place}")
            yield Triple(NamedNode(use.dataset), part, node)
            yield Triple(node, kind, NamedNode(iri))
            yield Triple(node, number, typed(str(count), "integer"))
