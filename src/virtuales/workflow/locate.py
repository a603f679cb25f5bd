"""Joining what judging found with where it stands in the file that the model was read from."""

from collections import defaultdict

from virtuales.assurance.paths import Predicate
from virtuales.assurance.report import ValidationReport, plain_text
from virtuales.preparation.cim.locating import locate
from virtuales.preparation.cim.package import PackagedModel


def lines_of_results(
    report: ValidationReport, model: PackagedModel, *, examples: int
) -> dict[tuple[str, str | None], int]:
    """Return the lines on which the objects and properties of a report's first results, and of their details, stand.

    Args:
        report: What judging the model found.
        model: The model, with the CIM/XML document that it was read from.
        examples: Results of each rule that are looked up.

    Returns:
        Lines by focus node and predicate, both as terms; the object's own line stands under None.

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
    with model.member.open() as source:
        found = locate(source, model.reading.identifiers, wanted)
    return {(f"<{node}>", f"<{path}>" if path else None): line for (node, path), line in found.items()}
