"""The use cases as a node knows them: the records that ship, with what was remarked on them since, and their gaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from virtuales.alignment.gaps.analysis import analyse
from virtuales.alignment.gaps.proposals import proposals
from virtuales.alignment.gaps.reports.plain import Account
from virtuales.alignment.use_cases.record import Remark, Requirement, UseCase
from virtuales.errors import NotFound, UnknownTerm
from virtuales.rdf.namespaces import DCTERMS, OA, OWL, RDF, VES
from virtuales.rdf.terms import NamedNode, Triple, plain
from virtuales.workflow.use_case_graphs import remarks_graph
from virtuales.workflow.workspace import Workspace


def all_use_cases(workspace: Workspace) -> list[UseCase]:
    """Return every use case, by name."""
    return [get_use_case(workspace, name) for name in workspace.use_cases.names()]


def get_use_case(workspace: Workspace, name: str) -> UseCase:
    """Return a use case with all remarks on it.

    Raises:
        NotFound: there is none of that name.
    """
    try:
        use_case = workspace.use_cases.use_case(name)
    except UnknownTerm as error:
        raise NotFound(error.what, where=name, remedy=error.remedy) from error
    made = remarks_on(workspace, use_case)
    return replace(use_case, remarks=tuple(sorted((*use_case.remarks, *made), key=lambda one: (one.on, one.iri))))


def get_requirement(use_case: UseCase, identifier: str) -> Requirement:
    """Return a requirement of a use case.

    Raises:
        NotFound: it has none that is called so.
    """
    found = next((one for one in use_case.requirements if one.identifier == identifier), None)
    if found is None:
        known = ", ".join(one.identifier for one in use_case.requirements)
        raise NotFound(
            f"There is no requirement {identifier}.", where=use_case.identifier, remedy=f"There are {known}."
        )
    return found


def account_of(workspace: Workspace, use_case: UseCase, models: Sequence[str] = ()) -> Account:
    """Analyse the gaps of a use case by the mappings that are in use now.

    Args:
        workspace: The node's parts.
        use_case: The use case.
        models: References to the models to look at; by default those that the record reviewed.

    Raises:
        NotFound: a reference names no model.
        UnknownTerm: the record names a term that no registered model has.
    """
    for reference in models:
        try:
            workspace.models.version(reference)
        except UnknownTerm as error:
            raise NotFound(error.what, where=reference, remedy=error.remedy) from error
    sets = tuple(workspace.mappings.all())
    report = analyse(use_case, models=workspace.models, sets=sets, references=models)
    return Account(use_case, report, proposals(use_case, report))


@dataclass(frozen=True)
class TermNeed:
    """What a use case has to do with a term.

    Args:
        use_case: The use case.
        requirements: The requirements that the term serves, with others or alone.
        remarks: What was remarked on the term.
    """

    use_case: UseCase
    requirements: tuple[Requirement, ...]
    remarks: tuple[Remark, ...]


def needs_of(workspace: Workspace, term: str) -> list[TermNeed]:
    """Return the use cases that need a term or in which it was remarked on, by name.

    Args:
        workspace: The node's parts.
        term: The term's IRI.
    """
    found = []
    for use_case in all_use_cases(workspace):
        served = [one for one in use_case.requirements if any(term in each.terms for each in one.coverage)]
        need = TermNeed(use_case, tuple(served), use_case.about(term))
        if need.requirements or need.remarks:
            found.append(need)
    return found


def remarks_on(workspace: Workspace, use_case: UseCase) -> list[Remark]:
    """Return what was remarked on a use case since it was written: on itself, its requirements, and terms for it."""
    text = f"""SELECT ?remark ?text ?about ?by ?on ?painful WHERE {{
        ?remark {RDF.type} {OA.Annotation} ; {DCTERMS.isPartOf} <{use_case.iri}> ; {OA.bodyValue} ?text ;
            {OA.hasTarget} ?about ; {DCTERMS.creator} ?by ; {DCTERMS.created} ?on .
        OPTIONAL {{ ?remark {RDF.type} ?painful FILTER (?painful = {VES.PainPoint}) }}
    }} ORDER BY ?on ?remark"""
    rows = workspace.store.select(text, graphs=[remarks_graph(workspace)])
    return [
        Remark(
            iri=plain(row["remark"]),
            text=plain(row["text"]),
            about=(plain(row["about"]),),
            by=plain(row["by"]),
            on=plain(row["on"]),
            pain_point="painful" in row,
        )
        for row in rows
    ]


def statements_of(workspace: Workspace, use_case: UseCase) -> list[Triple]:
    """Return the record of a use case in RDF, with the remarks on it, under this node's IRI of it too."""
    thing = workspace.addresses.thing("use-case", use_case.identifier)
    record = workspace.store.construct(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graphs=[workspace.addresses.use_case_graph(use_case.identifier)]
    )
    remarks = workspace.store.construct(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s {DCTERMS.isPartOf} <{use_case.iri}> ; ?p ?o }}",
        graphs=[remarks_graph(workspace)],
    )
    return [Triple(thing, OWL.sameAs, NamedNode(use_case.iri)), *record, *remarks]


def use_case_path(use_case: UseCase) -> str:
    """Return the path of the page about a use case."""
    return f"/use-cases/{use_case.identifier}"
