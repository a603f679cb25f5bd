"""Dataset versions as a question over many of them needs to know them: what can be asked, and what it holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from virtuales.catalogue.search import Question, conditions
from virtuales.errors import UnreadableInput
from virtuales.rdf.namespaces import DCAT, DCTERMS, VES, VOID
from virtuales.rdf.terms import NamedNode

_SEPARATOR = "\x1f"
_PARTS = f"{VOID.classPartition}|{VOID.propertyPartition}"
_USES = f"{VOID['class']}|{VOID.property}"


@dataclass(frozen=True)
class AskableVersion:
    """A dataset version with a SPARQL endpoint.

    Args:
        iri: Its IRI.
        dataset: IRI of its dataset.
        number: Its number.
        title: Its title.
        publisher: IRI of the organisation that publishes it.
        sensitivity: Letters of its sensitivity class.
        is_current: Whether it is the current version of its dataset.
        profiles: IRIs of the profiles and models that it conforms to.
        uses: IRIs of the classes and properties that its entry counts, where it names no profile.
        holds: Whether it holds any of the terms that were asked about, by the counts in its entry; true where the
            entry has none.
    """

    iri: str
    dataset: str
    number: int
    title: str
    publisher: str
    sensitivity: str
    is_current: bool
    profiles: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    holds: bool = True


def askable_query(question: Question, terms: Collection[str] | None, named: Collection[str] = ()) -> str:
    """Return the query for the versions that can be asked.

    Args:
        question: Which datasets; its page does not matter.
        terms: IRIs of properties and classes; None where any will do.
        named: IRIs of versions, or of datasets for all their versions; empty where nobody named any.
    """
    wanted = " ".join(str(NamedNode(iri)) for iri in sorted(named))
    used = (
        f'SELECT ?version (GROUP_CONCAT(DISTINCT STR(?use); separator="{_SEPARATOR}") AS ?terms) WHERE {{ '
        f"?version {_PARTS} ?counted . ?counted {_USES} ?use "
        f"FILTER NOT EXISTS {{ ?version {DCTERMS.conformsTo} ?any }} }} GROUP BY ?version"
    )
    only = f"VALUES ?wanted {{ {wanted} }} FILTER(?wanted = ?version || ?wanted = ?dataset)" if named else ""
    return (
        "SELECT ?version ?dataset ?number ?title ?publisher ?sensitivity ?current ?holds (SAMPLE(?terms) AS ?uses) "
        f'(GROUP_CONCAT(DISTINCT STR(?profile); separator="{_SEPARATOR}") AS ?profiles) WHERE {{ '
        f"{{ SELECT DISTINCT ?dataset ?current WHERE {{ {conditions(question)} }} }} "
        f"?version {DCAT.isVersionOf} ?dataset ; {DCAT.version} ?number ; {DCTERMS.title} ?title ; "
        f"{DCTERMS.publisher} ?publisher ; {VES.sensitivityClass} ?sensitivity . "
        f"?service {DCAT.servesDataset} ?version . {only} "
        f"OPTIONAL {{ ?version {DCTERMS.conformsTo} ?profile }} OPTIONAL {{ {{ {used} }} }} "
        f"BIND({_holds(terms)} AS ?holds) }} "
        "GROUP BY ?version ?dataset ?number ?title ?publisher ?sensitivity ?current ?holds"
    )


def _holds(terms: Collection[str] | None) -> str:
    if terms is None:
        return "true"
    listed = ", ".join(str(NamedNode(iri)) for iri in sorted(terms))
    return (
        f"(EXISTS {{ ?version {_PARTS} ?part . ?part {_USES} ?term FILTER(?term IN ({listed})) }} "
        f"|| NOT EXISTS {{ ?version {_PARTS} ?any }})"
    )


def read_askable(rows: Iterable[Mapping[str, str]]) -> list[AskableVersion]:
    """Read the answer to the query, the newest version of each dataset first.

    Args:
        rows: The solutions, each with the plain text of its terms.

    Raises:
        UnreadableInput: they are not what the query asks for.
    """
    try:
        found = [_version(row) for row in rows]
    except (KeyError, ValueError) as error:
        raise UnreadableInput(
            f"The catalogue's answer lists no dataset versions: {error!r}.", where="catalogue"
        ) from error
    return sorted(found, key=lambda one: (one.dataset, -one.number))


def _version(row: Mapping[str, str]) -> AskableVersion:
    return AskableVersion(
        iri=NamedNode(row["version"]).value,
        dataset=row["dataset"],
        number=int(row["number"]),
        title=row["title"],
        publisher=row["publisher"],
        sensitivity=row["sensitivity"].rpartition("#")[2],
        is_current=row["version"] == row["current"],
        profiles=_listed(row.get("profiles", "")),
        uses=_listed(row.get("uses", "")),
        holds=row["holds"] in {"true", "1"},
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(sorted(each for each in text.split(_SEPARATOR) if each))
