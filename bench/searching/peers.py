"""What the index is compared with: SQLite's FTS5, and plain SPARQL as the catalogue was searched before."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from searching.entries import FACETS, Asked, Reader
from virtuales.catalogue.index.document import IndexedDataset
from virtuales.rdf.namespaces import DCAT, DCTERMS, RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, plain
from virtuales.store.oxigraph_store import OxigraphStore

Counts = tuple[int, dict[str, dict[str, int]]]
"""How many there are, and of each facet how many have each value."""
_SINGLE = FACETS[:-1]
_TOGETHER = 10_000


class FullText:
    """Entries in SQLite: a table of full text with Porter's stems, one of single values, one of keywords."""

    def __init__(self, file: Path, found: Iterable[IndexedDataset]) -> None:
        self._db = sqlite3.connect(file)
        columns = ", ".join(f"{name} TEXT" for name in ("graph", *_SINGLE))
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='porter unicode61');"
            f"CREATE TABLE entry (id INTEGER PRIMARY KEY, {columns});"
            "CREATE TABLE keyword (id INTEGER, value TEXT);"
        )
        numbered = enumerate(found, start=1)
        while batch := list(islice(numbered, _TOGETHER)):
            self._add(batch)
        self._db.execute("CREATE INDEX of_entry ON keyword (id)")
        self._db.execute("CREATE INDEX of_graph ON entry (graph)")
        self._db.commit()

    def _add(self, batch: Sequence[tuple[int, IndexedDataset]]) -> None:
        marks = ", ".join("?" * (2 + len(_SINGLE)))
        texts = [(number, " ".join(one.texts[name] for name in _TEXTS)) for number, one in batch]
        self._db.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", texts)
        rows = [(number, one.graph, *(one.facets[name][0] for name in _SINGLE)) for number, one in batch]
        self._db.executemany(f"INSERT INTO entry VALUES ({marks})", rows)
        pairs = [(number, value) for number, one in batch for value in one.facets["keyword"]]
        self._db.executemany("INSERT INTO keyword VALUES (?, ?)", pairs)

    def ask(self, asked: Asked, reader: Reader) -> Counts:
        """Return the counts of seven facets, each with what was chosen of the others."""
        facets, total = {}, 0
        for name in FACETS:
            where, values = self._where(asked, reader, but=name)
            if name == "keyword":
                text = f"SELECT k.value, COUNT(*) FROM entry e JOIN keyword k ON k.id = e.id {where} GROUP BY 1"
            else:
                text = f"SELECT e.{name}, COUNT(*) FROM entry e {where} GROUP BY 1"
            facets[name] = dict(self._db.execute(text, values).fetchall())
        where, values = self._where(asked, reader)
        (total,) = self._db.execute(f"SELECT COUNT(*) FROM entry e {where}", values).fetchone()
        return total, facets

    def _where(self, asked: Asked, reader: Reader, but: str = "") -> tuple[str, list[str]]:
        parts, values = [], []
        if asked.words:
            parts.append("e.id IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(" AND ".join(f'"{word}"' for word in asked.words))
        for name, chosen in (("graph", reader.graphs), *asked.chosen.items()):
            if name != but:
                parts.append(f"e.{name} IN ({', '.join('?' * len(chosen))})")
                values.extend(chosen)
        return f"WHERE {' AND '.join(parts)}", values


_TEXTS = ("title_text", "keyword_text", "publisher_text", "description_text")


def quads(found: Iterable[IndexedDataset]) -> Iterator[tuple[str, str]]:
    """Give the statements of entries, each with the graph that it stands in, as lines of N-Triples."""
    for one in found:
        about, dataset, version = one.summary, NamedNode(one.summary.iri), NamedNode(one.version)
        said = [
            (dataset, RDF.type, DCAT.Dataset),
            (dataset, DCAT.hasCurrentVersion, version),
            (dataset, DCAT.hasVersion, version),
            (dataset, DCTERMS.title, Literal(about.title, language="en")),
            (dataset, DCTERMS.description, Literal(about.description, language="en")),
            (dataset, DCTERMS.publisher, NamedNode(about.publisher)),
            (dataset, DCTERMS.license, NamedNode(about.licence)),
            (dataset, VES.sensitivityClass, NamedNode(f"https://w3id.org/virtuales/sensitivity#{about.sensitivity}")),
            (dataset, DCTERMS.accrualPeriodicity, NamedNode(one.facets["frequency"][0])),
            (version, DCAT.version, Literal("1")),
            (version, DCTERMS.issued, Literal(about.issued)),
            (version, VES.conformanceVerdict, VES[one.facets["verdict"][0]]),
            (version, DCAT.distribution, NamedNode(f"{one.version}#file-1")),
            (NamedNode(f"{one.version}#file-1"), DCAT.mediaType, Literal(one.facets["format"][0])),
            *((dataset, DCAT.keyword, Literal(word, language="en")) for word in about.keywords),
        ]
        for subject, predicate, value in said:
            yield one.graph, f"{subject} {predicate} {value} .\n"


def store_of(place: Path, found: Iterable[IndexedDataset]) -> OxigraphStore:
    """Load the entries into an RDF store on the disk."""
    place.mkdir()
    texts: dict[str, list[str]] = {}
    for graph, line in quads(found):
        texts.setdefault(graph, []).append(line)
    store = OxigraphStore(place / "rdf")
    for number, (graph, lines) in enumerate(texts.items()):
        file = place / f"{number}.nt"
        file.write_text("".join(lines), encoding="utf-8")
        store.load_graph(NamedNode(graph), file)
        file.unlink()
    return store


def by_sparql(store: OxigraphStore, asked: Asked, reader: Reader) -> int:
    """Count with SPARQL what has all words as parts of its texts."""
    words = " ".join(
        f'FILTER(CONTAINS(LCASE(CONCAT(STR(?t), " ", STR(?d))), "{word}") || '
        f'EXISTS {{ ?s {DCAT.keyword} ?w FILTER(CONTAINS(LCASE(STR(?w)), "{word}")) }})'
        for word in asked.words
    )
    found = f"?s a {DCAT.Dataset} ; {DCTERMS.title} ?t ; {DCTERMS.description} ?d . {words}"
    query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {found} }}"
    rows = store.select(query, graphs=[NamedNode(iri) for iri in reader.graphs])
    return int(plain(rows[0]["n"]))
