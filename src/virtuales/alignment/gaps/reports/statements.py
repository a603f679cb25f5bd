"""A report as RDF, and the proposed terms as Turtle that can be handed in to a model's publisher."""

from collections import abc

from virtuales.alignment.gaps.cell import Cell, Status
from virtuales.alignment.gaps.proposals import PROPOSED
from virtuales.alignment.gaps.reports.plain import Account
from virtuales.alignment.use_cases.record import ASPECTS, Proposal
from virtuales.models.ontology_file import model_iri
from virtuales.rdf.namespaces import DCAT, DCTERMS, OWL, PROV, QUDT, RDF, RDFS, SKOS, VES
from virtuales.rdf.terms import Literal, NamedNode
from virtuales.rdf.turtle import TurtleDocument

_STATUS: abc.Mapping[Status, NamedNode] = {
    "covered": VES.Covered,
    "partly covered": VES.PartlyCovered,
    "not covered": VES.NotCovered,
    "conflicting": VES.Conflicting,
}
_PREFIXES = {
    "dcat": DCAT.iri,
    "dcterms": DCTERMS.iri,
    "owl": OWL.iri,
    "proposed": PROPOSED,
    "prov": PROV.iri,
    "qudt": QUDT.iri,
    "skos": SKOS.iri,
    "ves": VES.iri,
}


def to_turtle(account: Account) -> str:
    """Write how far each model meets each requirement (`ves:TermCoverage`), and the proposed terms."""
    report = account.report
    document = TurtleDocument(_PREFIXES | {"case": f"{report.use_case}#"})
    for row in report.rows:
        for version, cell in zip(report.models, row.cells, strict=True):
            node = NamedNode(f"{row.requirement.iri}--{version.name}")
            document.add(NamedNode(row.requirement.iri), VES.coverage, node)
            document.add(node, RDF.type, VES.TermCoverage)
            document.add(node, VES.inModel, model_iri(version.name))
            _say(document, node, cell)
    _propose(document, account.proposals)
    return document.text(f"Gap analysis of: {report.title}")


def proposals_to_turtle(account: Account) -> str:
    """Write the proposed terms alone."""
    document = TurtleDocument(_PREFIXES | {"case": f"{account.report.use_case}#"})
    _propose(document, account.proposals)
    return document.text(f"Terms proposed for: {account.report.title}")


def _say(document: TurtleDocument, node: NamedNode, cell: Cell) -> None:
    document.add(node, VES.coverageStatus, _STATUS[cell.status])
    document.add_all(node, VES.term, (NamedNode(each.iri) for each in cell.terms))
    document.add_all(node, VES.lacks, (iri for iri, aspect in ASPECTS.items() if aspect in cell.lacks))
    document.add_all(node, RDFS.comment, map(Literal, cell.reasons))


def _propose(document: TurtleDocument, proposals: abc.Iterable[Proposal]) -> None:
    for each in proposals:
        for triple in each.statements:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
                document.add(triple.subject, triple.predicate, triple.object)
