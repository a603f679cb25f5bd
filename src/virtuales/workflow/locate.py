"""Joining what judging found with where it stands in the file that the model was read from."""

from collections import defaultdict
from dataclasses import dataclass

from virtuales.assurance.paths import Predicate
from virtuales.assurance.report import ValidationReport, plain_text
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.locating import locate
from virtuales.preparation.cim.package import Member, PackagedModel

Lines = dict[tuple[str, str | None], int]
"""Lines by focus node and predicate, both as terms; the object's own line stands under None."""


@dataclass(frozen=True)
class Document:
    """A CIM/XML document in which objects can be found.

    Args:
        member: The document.
        identifiers: How its names became IRIs.
        section: The element within which alone is looked; None for the whole document.
    """

    member: Member
    identifiers: Identifiers
    section: str | None = None

    @classmethod
    def of(cls, model: PackagedModel) -> "Document":
        """Return the document that a model was read from."""
        return cls(model.member, model.reading.identifiers)

    @property
    def file(self) -> str:
        """Where it is; a zip's member stands behind the zip and a slash."""
        path, inner = self.member.source.path, self.member.inner
        return str(path) if inner is None else f"{path}/{inner}"


def lines_of_results(report: ValidationReport, document: Document, *, examples: int) -> Lines:
    """Return the lines on which the objects and properties of a report's first results, and of their details, stand.

    Args:
        report: What judging the model found.
        document: The CIM/XML document that the model was read from, or that changed it.
        examples: Results of each rule that are looked up.

    Raises:
        UnreadableInput: the zip that holds the document was damaged since the model was read.
    """
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for result in report.first_results(examples):
        if result.focus_node.startswith("<"):
            properties = wanted[plain_text(result.focus_node)]
            if isinstance(result.path, Predicate):
                properties.add(plain_text(result.path.iri))
    if not wanted:
        return {}
    with document.member.open() as source:
        found = locate(source, document.identifiers, wanted, section=document.section)
    return {(f"<{node}>", f"<{path}>" if path else None): line for (node, path), line in found.items()}
