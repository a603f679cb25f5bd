"""Reads the catalogue: finding datasets, and all that is said of one.

Whoever asks gives the graphs that the asker may see; a dataset in another graph does not exist for this answer, so
neither lists nor counts tell of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from virtuales.catalogue.quality import Conditions, QualityEntry, read_conditions, read_quality
from virtuales.errors import InputError, NotFound
from virtuales.rdf.namespaces import CNT, DCAT, DCTERMS, ODRL, SPDX, VCARD, VES
from virtuales.rdf.terms import NamedNode, Quad, Triple, plain
from virtuales.store.rdf_store import RdfStore, Row

MAX_LIMIT = 100
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class DatasetSummary:
    """What a list shows of a dataset."""

    iri: str
    title: str
    description: str
    publisher: str
    licence: str
    sensitivity: str
    version: str
    issued: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class FileEntry:
    """A file of a version that can be downloaded."""

    name: str
    media_type: str
    size: int
    digest: str
    url: str
    encoding: str | None = None


@dataclass(frozen=True)
class ModelEntry:
    """A model of a version: its graph, profile and size."""

    name: str
    keyword: str
    identifier: str
    graph: str
    triples: int
    objects: int


@dataclass(frozen=True)
class VersionEntry:
    """All that a page shows of a dataset version."""

    iri: str
    dataset: str
    number: str
    issued: str
    title: str
    description: str
    publisher: str
    licence: str
    sensitivity: str
    handling_reason: str
    offer: str
    verdict: str
    schemas: tuple[str, ...]
    warnings: int
    triples: int
    keywords: tuple[str, ...]
    profiles: tuple[str, ...]
    bbox: str | None
    period: tuple[str, str] | None
    steward: str | None
    endpoint: str | None
    files: tuple[FileEntry, ...]
    models: tuple[ModelEntry, ...]
    quality: tuple[QualityEntry, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)


@dataclass(frozen=True)
class Question:
    """What somebody looks for.

    Args:
        text: Words that must all occur in title, description, keywords or publisher's IRI; empty matches everything.
        publisher: IRI of the publishing organisation.
        sensitivity: A sensitivity class, such as `O`.
        profile: IRI of a profile that the data conforms to.
        limit: The most datasets to return.
        after: IRI of the last dataset of the page before.

    Raises:
        InputError: the limit is out of range.
    """

    text: str = ""
    publisher: str | None = None
    sensitivity: str | None = None
    profile: str | None = None
    limit: int = 20
    after: str | None = None

    def __post_init__(self) -> None:
        """Refuse a page nobody could want."""
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError("The page size is out of range.", where="limit", remedy=f"Ask for 1 to {MAX_LIMIT}.")


class Catalogue:
    """The catalogue as one asker sees it.

    Args:
        store: Where it is read from.
        graphs: The graphs of entries that the asker may see.
    """

    def __init__(self, store: RdfStore, graphs: Sequence[NamedNode]) -> None:
        self._store = store
        self._graphs = list(graphs)

    def find(self, question: Question) -> list[DatasetSummary]:
        """Return the datasets that answer a question, ordered by IRI."""
        rows = self._store.select(_find_query(question), graphs=self._graphs)
        return [_summary(row) for row in rows]

    def count(self, question: Question) -> int:
        """Return how many datasets answer a question, whatever the page."""
        query = f"SELECT (COUNT(DISTINCT ?dataset) AS ?n) WHERE {{ {conditions(question)} }}"
        return int(plain(self._store.select(query, graphs=self._graphs)[0]["n"]))

    def current_version(self, dataset: NamedNode) -> NamedNode:
        """Return the current version of a dataset.

        Raises:
            NotFound: there is no such dataset, or none that the asker may know of.
        """
        query = f"SELECT ?v WHERE {{ {dataset} {DCAT.hasCurrentVersion} ?v }}"
        rows = self._store.select(query, graphs=self._graphs)
        if not rows:
            raise _unknown(dataset)
        return NamedNode(plain(rows[0]["v"]))

    def is_version(self, thing: NamedNode) -> bool:
        """Tell whether a thing is a dataset version that the asker may know of."""
        return self._store.ask(f"ASK {{ {thing} {DCAT.isVersionOf} ?dataset }}", graphs=self._graphs)

    def version(self, version: NamedNode) -> VersionEntry:
        """Return all that is said of a dataset version.

        Raises:
            NotFound: there is no such version, or none that the asker may know of.
        """
        rows = self._store.select(_version_query(version), graphs=self._graphs)
        if not rows or "title" not in rows[0]:
            raise _unknown(version)
        entry = _version_entry(version, rows[0], files=self._files(version), models=self._models(version))
        return replace(
            entry,
            quality=read_quality(self._store, self._graphs, version),
            conditions=read_conditions(self._store, self._graphs, version),
        )

    def versions(self, dataset: NamedNode) -> list[tuple[str, str]]:
        """Return a dataset's versions as pairs of IRI and number, the newest first."""
        query = (
            f"SELECT ?v ?n WHERE {{ {dataset} {DCAT.hasVersion} ?v . ?v {DCAT.version} ?n }} "
            "ORDER BY DESC(<http://www.w3.org/2001/XMLSchema#integer>(?n))"
        )
        return [(plain(row["v"]), plain(row["n"])) for row in self._store.select(query, graphs=self._graphs)]

    def describe(self, node: NamedNode) -> list[Triple]:
        """Return the statements about a node and about its own parts (`node#…`).

        Raises:
            NotFound: there are none that the asker may see.
        """
        triples = self._store.construct(
            f'CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?s = {node} || STRSTARTS(STR(?s), "{node.value}#")) }}',
            graphs=self._graphs,
        )
        if not triples:
            raise _unknown(node)
        return triples

    def statements(self, node: NamedNode) -> tuple[Quad, ...]:
        """Return the quads about a node and its own parts, none when there is no such node."""
        query = (
            f"SELECT ?g ?s ?p ?o WHERE {{ GRAPH ?g {{ ?s ?p ?o }} "
            f'FILTER(?s = {node} || STRSTARTS(STR(?s), "{node.value}#")) }}'
        )
        rows = self._store.select(query, graphs=self._graphs)
        return tuple(Quad(row["s"], row["p"], row["o"], row["g"]) for row in rows)  # type: ignore[arg-type]  # a graph's own statements

    def _files(self, version: NamedNode) -> tuple[FileEntry, ...]:
        query = (
            f"SELECT ?name ?type ?size ?digest ?url ?encoding WHERE {{ {version} {DCAT.distribution} ?f . "
            f"?f {DCTERMS.title} ?name ; {DCAT.mediaType} ?type ; {DCAT.byteSize} ?size ; {DCAT.downloadURL} ?url ; "
            f"{SPDX.checksum}/{SPDX.checksumValue} ?digest OPTIONAL {{ ?f {CNT.characterEncoding} ?encoding }} }} "
            "ORDER BY ?f"
        )
        return tuple(
            FileEntry(
                name=plain(row["name"]),
                media_type=plain(row["type"]).split("media-types/")[-1],
                size=int(plain(row["size"])),
                digest=plain(row["digest"]),
                url=plain(row["url"]),
                encoding=plain(row["encoding"]) if "encoding" in row else None,
            )
            for row in self._store.select(query, graphs=self._graphs)
        )

    def _models(self, version: NamedNode) -> tuple[ModelEntry, ...]:
        query = (
            f"SELECT ?name ?key ?id ?graph ?n ?objects WHERE {{ {version} {VES.model} ?m . "
            f"?m <http://www.w3.org/2000/01/rdf-schema#label> ?name ; {VES.profile} ?key ; {DCTERMS.identifier} ?id ; "
            f"{VES.modelGraph} ?graph ; {VES.tripleCount} ?n ; {VES.objectCount} ?objects }} ORDER BY ?graph"
        )
        return tuple(
            ModelEntry(
                name=plain(row["name"]),
                keyword=plain(row["key"]),
                identifier=plain(row["id"]),
                graph=plain(row["graph"]),
                triples=int(plain(row["n"])),
                objects=int(plain(row["objects"])),
            )
            for row in self._store.select(query, graphs=self._graphs)
        )


def _find_query(question: Question) -> str:
    after = f'FILTER(STR(?dataset) > "{_escaped(question.after)}")' if question.after else ""
    return (
        "SELECT ?dataset (SAMPLE(?t) AS ?title) (SAMPLE(?d) AS ?description) (SAMPLE(?p) AS ?publisher) "
        "(SAMPLE(?l) AS ?licence) (SAMPLE(?s) AS ?sensitivity) (SAMPLE(?n) AS ?number) (SAMPLE(?i) AS ?issued) "
        f'(GROUP_CONCAT(DISTINCT ?k; separator="{_SEPARATOR}") AS ?keywords) WHERE {{ {conditions(question)} '
        f"?dataset {DCTERMS.license} ?l ; {DCAT.hasCurrentVersion} ?v . ?v {DCAT.version} ?n ; {DCTERMS.issued} ?i . "
        f"OPTIONAL {{ ?dataset {DCAT.keyword} ?k }} {after} }} "
        f"GROUP BY ?dataset ORDER BY STR(?dataset) LIMIT {question.limit}"
    )


def conditions(question: Question) -> str:
    """Return the pattern that a question's datasets fit; `?dataset` and `?current` are a dataset and its version."""
    basic = (
        f"?dataset a {DCAT.Dataset} ; {DCAT.hasCurrentVersion} ?current ; {DCTERMS.title} ?t ; "
        f"{DCTERMS.description} ?d ; {DCTERMS.publisher} ?p ; {VES.sensitivityClass} ?s ."
    )
    parts = [basic, *(_word_filter(_escaped(word)) for word in question.text.lower().split())]
    if question.publisher:
        parts.append(f'FILTER(STR(?p) = "{_escaped(question.publisher)}")')
    if question.sensitivity:
        parts.append(f'FILTER(STRENDS(STR(?s), "#{_escaped(question.sensitivity)}"))')
    if question.profile:
        parts.append(
            f'FILTER EXISTS {{ ?dataset {DCTERMS.conformsTo} ?c FILTER(STR(?c) = "{_escaped(question.profile)}") }}'
        )
    return " ".join(parts)


def _word_filter(word: str) -> str:
    return (
        f"FILTER(CONTAINS(LCASE(CONCAT(STR(?t), ' ', STR(?d), ' ', STR(?p))), \"{word}\") || EXISTS "
        f'{{ ?dataset {DCAT.keyword} ?w FILTER(CONTAINS(LCASE(STR(?w)), "{word}")) }})'
    )


def _escaped(text: str) -> str:
    """Escape text for a SPARQL string in double quotes."""
    for plain_form, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain_form, escaped)
    return text


def _summary(row: Row) -> DatasetSummary:
    return DatasetSummary(
        iri=plain(row["dataset"]),
        title=plain(row["title"]),
        description=plain(row["description"]),
        publisher=plain(row["publisher"]),
        licence=plain(row["licence"]),
        sensitivity=_fragment(row),
        version=plain(row["number"]),
        issued=plain(row["issued"]),
        keywords=_split(row),
    )


def _fragment(row: Row) -> str:
    return plain(row["sensitivity"]).rpartition("#")[2]


def _split(row: Row, name: str = "keywords") -> tuple[str, ...]:
    text = plain(row[name]) if name in row else ""
    return tuple(sorted(word for word in text.split(_SEPARATOR) if word))


def _version_query(version: NamedNode) -> str:
    def joined(variable: str, alias: str) -> str:
        return f'(GROUP_CONCAT(DISTINCT STR(?{variable}); separator="{_SEPARATOR}") AS ?{alias})'

    single = (
        *("dataset", "number", "issued", "title", "description", "publisher", "licence", "sensitivity", "reason"),
        *("offer", "verdict", "warnings", "triples", "bbox", "start", "end", "steward", "endpoint"),
    )
    sampled = " ".join(f"(SAMPLE(?{name}_) AS ?{name})" for name in single)
    return (
        f"SELECT {sampled} {joined('k', 'keywords')} {joined('c', 'profiles')} {joined('j', 'schemas')} WHERE {{ "
        f"{version} {DCAT.isVersionOf} ?dataset_ ; {DCAT.version} ?number_ ; {DCTERMS.issued} ?issued_ ; "
        f"{DCTERMS.title} ?title_ ; {DCTERMS.description} ?description_ ; {DCTERMS.publisher} ?publisher_ ; "
        f"{DCTERMS.license} ?licence_ ; {VES.sensitivityClass} ?sensitivity_ ; {ODRL.hasPolicy} ?offer_ ; "
        f"{VES.conformanceVerdict} ?verdict_ ; {VES.warningCount} ?warnings_ ; {VES.tripleCount} ?triples_ . "
        f"OPTIONAL {{ {version} {VES.handlingReason} ?reason_ }} OPTIONAL {{ {version} {DCAT.keyword} ?k }} "
        f"OPTIONAL {{ {version} {DCTERMS.conformsTo} ?c }} OPTIONAL {{ {version} {VES.judgedBy} ?j }} "
        f"OPTIONAL {{ {version} {DCTERMS.spatial}/{DCAT.bbox} ?bbox_ }} "
        f"OPTIONAL {{ {version} {DCTERMS.temporal} ?t . ?t {DCAT.startDate} ?start_ ; {DCAT.endDate} ?end_ }} "
        f"OPTIONAL {{ {version} {DCAT.contactPoint}/{VCARD.hasEmail} ?steward_ }} "
        f"OPTIONAL {{ ?service {DCAT.servesDataset} {version} ; {DCAT.endpointURL} ?endpoint_ }} }}"
    )


def _version_entry(
    version: NamedNode, row: Row, *, files: tuple[FileEntry, ...], models: tuple[ModelEntry, ...]
) -> VersionEntry:
    def optional(name: str) -> str | None:
        return plain(row[name]) if name in row else None

    start, end, steward = optional("start"), optional("end"), optional("steward")
    return VersionEntry(
        iri=version.value,
        dataset=plain(row["dataset"]),
        number=plain(row["number"]),
        issued=plain(row["issued"]),
        title=plain(row["title"]),
        description=plain(row["description"]),
        publisher=plain(row["publisher"]),
        licence=plain(row["licence"]),
        sensitivity=_fragment(row),
        handling_reason=optional("reason") or "",
        offer=plain(row["offer"]),
        verdict=plain(row["verdict"]).rpartition("#")[2],
        schemas=_split(row, "schemas"),
        warnings=int(plain(row["warnings"])),
        triples=int(plain(row["triples"])),
        keywords=_split(row),
        profiles=_split(row, "profiles"),
        bbox=optional("bbox"),
        period=(start, end) if start and end else None,
        steward=steward.removeprefix("mailto:") if steward else None,
        endpoint=optional("endpoint"),
        files=files,
        models=models,
    )


def _unknown(node: NamedNode) -> NotFound:
    return NotFound(
        "There is no such dataset in the catalogue, or none that you may know of.",
        where=node.value,
        remedy="Search the catalogue; some datasets are shown to approved participants only.",
    )
