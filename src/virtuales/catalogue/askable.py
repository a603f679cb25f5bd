"""Dataset versions as a question over many of them needs to know them: what can be asked, and what it holds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from virtuales.catalogue.search import Question, conditions
from virtuales.errors import UnreadableInput
from virtuales.rdf.namespaces import DCAT, DCTERMS, VES, VOID
from virtuales.rdf.terms import NamedNode

_COUNTS = ((VOID.classPartition, VOID["class"]), (VOID.propertyPartition, VOID.property))
_TOLD = {"profile", "use", "held", "counted"}


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

    Its solutions are of several kinds, each found by itself, so that it takes time in proportion to the catalogue.

    Args:
        question: Which datasets; its page does not matter.
        terms: IRIs of properties and classes; None where any will do.
        named: IRIs of versions, or of datasets for all their versions; empty where nobody named any.
    """
    wanted = " ".join(str(NamedNode(iri)) for iri in sorted(named))
    only = f"VALUES ?wanted {{ {wanted} }} FILTER(?wanted = ?version || ?wanted = ?dataset)" if named else ""
    kinds = [
        (
            f"{{ SELECT DISTINCT ?dataset ?current WHERE {{ {conditions(question)} }} }} "
            f"?version {DCAT.isVersionOf} ?dataset ; {DCAT.version} ?number ; {DCTERMS.title} ?title ; "
            f"{DCTERMS.publisher} ?publisher ; {VES.sensitivityClass} ?sensitivity . "
            f"?service {DCAT.servesDataset} ?version . {only}"
        ),
        f"?service {DCAT.servesDataset} ?version . ?version {DCTERMS.conformsTo} ?profile",
        *(
            f"?version {part} ?part . ?part {kind} ?use FILTER NOT EXISTS {{ ?version {DCTERMS.conformsTo} ?any }}"
            for part, kind in _COUNTS
        ),
    ]
    if terms is not None:
        listed = " ".join(str(NamedNode(iri)) for iri in sorted(terms))
        for part, kind in _COUNTS:
            kinds.append(f"VALUES ?held {{ {listed} }} ?part {kind} ?held . ?version {part} ?part")
            kinds.append(f"{{ SELECT DISTINCT ?version WHERE {{ ?version {part} ?any }} }} BIND(true AS ?counted)")
    names = "?version ?dataset ?number ?title ?publisher ?sensitivity ?current ?profile ?use ?held ?counted"
    return f"SELECT DISTINCT {names} WHERE {{ {' UNION '.join(f'{{ {kind} }}' for kind in kinds)} }}"


def read_askable(rows: Iterable[Mapping[str, str]]) -> list[AskableVersion]:
    """Read the answer to the query, the newest version of each dataset first.

    Args:
        rows: The solutions, each with the plain text of its terms.

    Raises:
        UnreadableInput: they are not what the query asks for.
    """
    told: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    versions: list[Mapping[str, str]] = []
    try:
        for row in rows:
            if "dataset" in row:
                versions.append(row)
            for name in _TOLD & row.keys():
                told[row["version"]][name].add(row[name])
        found = [_version(row, told[row["version"]]) for row in versions]
    except (KeyError, ValueError) as error:
        what = f"The catalogue's answer lists no dataset versions: {error!r}."
        raise UnreadableInput(what, where="catalogue") from error
    return sorted(found, key=lambda one: (one.dataset, -one.number))


def _version(row: Mapping[str, str], told: Mapping[str, set[str]]) -> AskableVersion:
    return AskableVersion(
        iri=NamedNode(row["version"]).value,
        dataset=row["dataset"],
        number=int(row["number"]),
        title=row["title"],
        publisher=row["publisher"],
        sensitivity=row["sensitivity"].rpartition("#")[2],
        is_current=row["version"] == row["current"],
        profiles=tuple(sorted(told.get("profile", ()))),
        uses=tuple(sorted(told.get("use", ()))),
        holds="held" in told or "counted" not in told,
    )
