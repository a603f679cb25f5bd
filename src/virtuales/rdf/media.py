"""RDF and SPARQL result media types, with the formats that read and write them.

Names follow the registrations of IANA; see https://www.w3.org/TR/sparql11-protocol/#query-success.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from pyoxigraph import QueryResultsFormat, RdfFormat

from virtuales.errors import InputError

N_TRIPLES = "application/n-triples"
N_QUADS = "application/n-quads"
TURTLE = "text/turtle"
TRIG = "application/trig"
JSON_LD = "application/ld+json"
RDF_XML = "application/rdf+xml"

PARQUET = "application/vnd.apache.parquet"

RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
RESULTS_CSV = "text/csv"
RESULTS_TSV = "text/tab-separated-values"

GRAPH_FORMATS: Mapping[str, RdfFormat] = MappingProxyType(
    {
        TURTLE: RdfFormat.TURTLE,
        N_TRIPLES: RdfFormat.N_TRIPLES,
        RDF_XML: RdfFormat.RDF_XML,
        JSON_LD: RdfFormat.JSON_LD,
        N_QUADS: RdfFormat.N_QUADS,
        TRIG: RdfFormat.TRIG,
    }
)
"""Graph formats by media type, the preferred first."""

RESULT_FORMATS: Mapping[str, QueryResultsFormat] = MappingProxyType(
    {
        RESULTS_JSON: QueryResultsFormat.JSON,
        RESULTS_XML: QueryResultsFormat.XML,
        RESULTS_CSV: QueryResultsFormat.CSV,
        RESULTS_TSV: QueryResultsFormat.TSV,
    }
)
"""Formats of SELECT and ASK results by media type, the preferred first."""

_ALIASES = {"application/json": RESULTS_JSON, "application/xml": RESULTS_XML, "text/plain": N_TRIPLES}


def rdf_format(media_type: str) -> RdfFormat:
    """Return the graph format of a media type.

    Raises:
        InputError: the media type is none of `GRAPH_FORMATS`.
    """
    try:
        return GRAPH_FORMATS[media_type.partition(";")[0].strip().lower()]
    except KeyError:
        raise InputError(
            f"`{media_type}` is not an RDF media type known here.",
            remedy="Use one of: " + ", ".join(GRAPH_FORMATS) + ".",
        ) from None


def negotiate(accept: str | None, offered: Sequence[str]) -> str | None:
    """Choose the offered media type that an `Accept` header likes best (RFC 9110, section 12.5.1).

    Args:
        accept: The header's value; None and the empty text accept everything.
        offered: Media types, the server's favourite first.

    Returns:
        The chosen media type, or None when nothing offered is acceptable.

    >>> negotiate("text/html;q=0.5, text/turtle", ["text/html", "text/turtle"])
    'text/turtle'
    >>> negotiate("image/png", ["text/turtle"])
    """
    return _negotiated(accept, tuple(offered)) if accept else offered[0]


@lru_cache(maxsize=200)
def _negotiated(accept: str, offered: tuple[str, ...]) -> str | None:
    wishes = [_wish(part) for part in accept.split(",") if part.strip()]
    best: tuple[float, int] | None = None
    for place, candidate in enumerate(offered):
        quality = _quality(candidate, wishes)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, place)
    return None if best is None else offered[best[1]]


def _wish(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                return name, 0.0
    return name, 1.0


def _quality(candidate: str, wishes: Sequence[tuple[str, float]]) -> float:
    """Return the quality of the most specific range that matches; an alias counts as the type it stands for."""
    family = candidate.partition("/")[0] + "/*"
    for specific in (candidate, family, "*/*"):
        matching = [q for name, q in wishes if specific in (name, _ALIASES.get(name))]
        if matching:
            return max(matching)
    return 0.0
