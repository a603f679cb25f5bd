"""The models as people use them: which there are, their terms, and where this node answers with pages about them."""

from urllib.parse import quote

from virtuales.catalogue.term_use import DatasetUse, read_uses
from virtuales.errors import NotFound, UnknownTerm
from virtuales.models.comparison import Comparison, compare
from virtuales.models.registry import ModelVersion
from virtuales.models.term_index import Suggestion, TermPage, TermQuestion
from virtuales.models.term_sheet import TermSheet, term_sheet
from virtuales.models.terms import Term
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import visible_graphs
from virtuales.workflow.workspace import Workspace


def get_version(workspace: Workspace, reference: str) -> ModelVersion:
    """Return the version of a model that somebody asks for by name.

    Raises:
        NotFound: there is none, or it could be any of several.
    """
    try:
        return workspace.models.version(reference)
    except UnknownTerm as error:
        raise NotFound(error.what, where=reference, remedy=error.remedy) from error


def get_sheet(workspace: Workspace, reference: str, name: str) -> TermSheet:
    """Return all that a version of a model says of one of its terms.

    Raises:
        NotFound: there is no such version, or it has no such term or several.
    """
    version = get_version(workspace, reference)
    try:
        return term_sheet(workspace.models.model(version.reference), version.reference, name)
    except UnknownTerm as error:
        remedy = error.remedy or "Search the model's terms."
        raise NotFound(error.what, where=version.reference, remedy=remedy) from error


def find_terms(workspace: Workspace, question: TermQuestion, *, model: str | None = None) -> TermPage:
    """Return the terms that answer a question.

    Args:
        workspace: The node's parts.
        question: What somebody looks for; its references are filled in.
        model: A reference to the version to look in; by default the versions in use.

    Raises:
        UnknownTerm: the reference names no version.
        InputError: `after` is not what a page before gave.
    """
    return workspace.models.terms().search(question.within(workspace.models.references(model)))


def complete_term(
    workspace: Workspace, text: str, *, model: str | None = None, limit: int = 10
) -> tuple[Suggestion, ...]:
    """Return names that somebody who types may mean; arguments and errors are those of `find_terms`."""
    return workspace.models.terms().complete(text, workspace.models.references(model), limit=limit)


def compare_versions(workspace: Workspace, before: str, after: str, *, profile: str | None = None) -> Comparison:
    """Compare two versions of models.

    Args:
        workspace: The node's parts.
        before: A reference to the earlier one.
        after: A reference to the later one.
        profile: Short name of the one profile to look at.

    Raises:
        NotFound: a reference names no version.
        UnknownTerm: neither has such a profile.
    """
    earlier, later = (workspace.models.model(get_version(workspace, each).reference) for each in (before, after))
    return compare(earlier, later, profile)


def uses_of(workspace: Workspace, principal: Principal | None, term: Term) -> list[DatasetUse]:
    """Return the datasets in the catalogue whose data uses a class, or one below it, or a property.

    Args:
        workspace: The node's parts.
        principal: Who asks; None for the public. Datasets that the asker may not know of are left out.
        term: The term.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    model = workspace.models.model(term.reference)
    terms = model.descendants(term.iri) if term.iri in model.classes else (term.iri,)
    return read_uses(workspace.store, visible_graphs(workspace, principal), terms)


def version_path(version: ModelVersion) -> str:
    """Return the path of the page about a version of a model."""
    return f"/doc/model/{version.name}/{version.version}"


def term_path(version: ModelVersion, term: str) -> str:
    """Return the path of the page about a term of a version, by its prefixed name or IRI."""
    return f"{version_path(version)}/term/{quote(term, safe=':')}"


def term_address(workspace: Workspace, term: Term) -> NamedNode:
    """Return this node's IRI of a term as one version describes it: it answers 303 to the page.

    The term's own IRI stays what its publisher made it; this one stands for the description.
    """
    version = workspace.models.version(term.reference)
    return workspace.addresses.thing("model", f"{version.name}/{version.version}/term/{quote(term.name, safe=':')}")
