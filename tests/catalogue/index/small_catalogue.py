"""A catalogue of few datasets for tests of the index, and a thesaurus of few words."""

from virtuales.alignment.mapping import Mapping
from virtuales.catalogue.index.document import Box, IndexedDataset
from virtuales.catalogue.index.index import SearchIndex
from virtuales.catalogue.index.thesaurus import Thesaurus
from virtuales.catalogue.search import DatasetSummary
from virtuales.models.terms import Term
from virtuales.rdf.namespaces import SKOS

NODE = "http://vale.example"
PUBLIC = f"{NODE}/graph/catalogue/public"
SHARED = f"{NODE}/graph/catalogue/participants"
VALE, NORTH = "http://o.example/id/organisation/vale-networks", "http://o.example/id/organisation/north"
SUBSTATION, STATION = "http://cim.example#Substation", "http://other.example#Station"
PYLON = "http://words.example#pylon"

TERMS = (
    Term("cim@1", SUBSTATION, "cim:Substation", "Substation", "class"),
    Term("other@1", STATION, "other:Station", "Transforming place", "class"),
    Term("words@1", "http://words.example#bsp", "word:bsp", "bulk supply point", "concept", synonyms=("BSP",),
         matches=(SUBSTATION,)),
    Term("words@1", "http://words.example#gsp", "word:gsp", "grid supply point", "concept", synonyms=("GSP",),
         matches=(SUBSTATION,)),
    Term("words@1", PYLON, "word:pylon", "pylon", "concept", synonyms=("lattice tower",)),
)  # fmt: skip


def mapping(subject: str, predicate: str, other: str, modifier: str = "") -> Mapping:
    """State a mapping."""
    return Mapping(subject, predicate, other, "https://w3id.org/semapv/vocab/ManualMappingCuration",
                   predicate_modifier=modifier)  # fmt: skip


WORDS = Thesaurus(TERMS, [mapping(SUBSTATION, SKOS.exactMatch.value, STATION)])


def dataset(  # noqa: PLR0913  # a builder
    slug: str,
    title: str,
    description: str = "",
    *,
    graph: str = PUBLIC,
    keywords: tuple[str, ...] = (),
    publisher: str = VALE,
    sensitivity: str = "O",
    issued: str = "2026-06-01T12:00:00Z",
    is_open: bool = False,
    facets: dict[str, tuple[str, ...]] | None = None,
    period: tuple[str | None, str | None] | None = None,
    area: Box | None = None,
    used: tuple[int, int] = (0, 0),
) -> IndexedDataset:
    """Describe a dataset as the index knows it."""
    iri = f"{NODE}/id/dataset/{slug}"
    own = {"publisher": (publisher,), "sensitivity": (sensitivity,), "keyword": keywords}
    return IndexedDataset(
        graph=graph,
        summary=DatasetSummary(iri, title, description, publisher, "http://l.example/by", sensitivity, "1", issued,
                               tuple(sorted(keywords))),
        version=f"{iri}/version/1",
        is_open=is_open,
        facets={name: values for name, values in (own | (facets or {})).items() if values},
        period=period,
        area=area,
        used_publicly=used[0],
        used=used[1],
    )  # fmt: skip


def index_of(*datasets: IndexedDataset) -> SearchIndex:
    """Make an index in memory."""
    made = SearchIndex(None)
    made.fill(datasets, sequence=1)
    return made
