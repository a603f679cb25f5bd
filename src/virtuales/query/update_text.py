"""What an update may do before it is carried out, and the graphs that a request names for it.

The engine opens connections for `LOAD` and `SERVICE` by itself, so the words are looked for before it sees them, as in
queries (`virtuales.query.request`). Where `LOAD SILENT` is asked for, the load fails and says nothing of it, as it may.
"""

import re
from collections.abc import Iterator
from typing import Final

from virtuales.errors import InputError, UnreadableInput
from virtuales.query.protocol import RdfDataset
from virtuales.query.request import check_query, tokens
from virtuales.rdf.terms import parse_iri

_HIDDEN: Final = re.compile(r"""["'<#]""")
_LOAD_SILENT: Final = re.compile(
    r"\bLOAD\s+SILENT\s+(?:<~*>|[\w.-]*:\S*)(?:\s+INTO\s+GRAPH\s+(?:<~*>|[\w.-]*:[^\s;]*))?", re.IGNORECASE
)
_LOAD: Final = re.compile(r"(?<![\w:?$@.-])LOAD(?![\w:.-])", re.IGNORECASE)
_OWN_GRAPHS: Final = re.compile(r"(?<![\w:?$@.-])(?:WITH|USING)(?![\w:.-])", re.IGNORECASE)
_WHERE: Final = re.compile(r"(?<![\w:?$@.-])WHERE(?![\w:.-])", re.IGNORECASE)
_DELETE: Final = re.compile(r"(?<![\w:?$@.-])DELETE\s*\Z", re.IGNORECASE)
_NOTHING_DONE: Final = "DROP SILENT GRAPH <urn:virtuales:graph-of-nothing>"


def permitted_update(text: str, using: RdfDataset) -> str:
    """Return an update with the graphs that a request names for it, once it is found to be one that may be made.

    Args:
        text: The update.
        using: The graphs that `using-graph-uri` and `using-named-graph-uri` name.

    Raises:
        InputError: it is too long, or would make this node open connections.
        UnreadableInput: both the request and the update name graphs to read.

    >>> permitted_update("DELETE { ?s ?p 1 } WHERE { ?s ?p ?o }", RdfDataset(("http://e.org/g",)))
    'DELETE { ?s ?p 1 } USING <http://e.org/g> WHERE { ?s ?p ?o }'
    """
    text = _without_silent_loads(text)
    check_query(text)
    if _LOAD.search(_masked(text)):
        raise InputError("Nothing is loaded from other servers here.", where="LOAD", remedy="Send the statements.")
    return _with_using(text, using) if using else text


def _masked(text: str) -> str:
    """Return a text with what stands in strings, IRIs and comments hidden, each place where it was."""
    return "".join(_hidden(token) for token in tokens(text))


def _hidden(token: str) -> str:
    if not _HIDDEN.match(token) or len(token) == 1:
        return token
    return token[0] + "~" * (len(token) - 2) + (token[-1] if token[0] == "<" else "~")


def _without_silent_loads(text: str) -> str:
    parts, end = [], 0
    for match in _LOAD_SILENT.finditer(_masked(text)):
        parts += [text[end : match.start()], _NOTHING_DONE]
        end = match.end()
    return "".join([*parts, text[end:]])


def _with_using(text: str, using: RdfDataset) -> str:
    masked = _masked(text)
    if _OWN_GRAPHS.search(masked):
        raise UnreadableInput(
            "Both the request and the update name graphs to read.",
            where="using-graph-uri",
            remedy="Name them in one place.",
        )
    named = [f"USING {parse_iri(iri, where='using-graph-uri')}" for iri in using.default]
    named += [f"USING NAMED {parse_iri(iri, where='using-named-graph-uri')}" for iri in using.named]
    clauses = " ".join(named)
    parts, end = [], 0
    for place in _outermost_wheres(masked):
        before = text[end:place]
        if _DELETE.search(masked[:place]):
            pattern = text[place + len("WHERE") : _closing(masked, place) + 1]
            before += pattern.strip() + " "
        parts += [before, f"{clauses} "]
        end = place
    return "".join([*parts, text[end:]])


def _outermost_wheres(masked: str) -> Iterator[int]:
    for match in _WHERE.finditer(masked):
        before = masked[: match.start()]
        if before.count("{") == before.count("}"):
            yield match.start()


def _closing(masked: str, start: int) -> int:
    """Return where the group that begins after a place ends."""
    depth = 0
    for place in range(start, len(masked)):
        depth += {"{": 1, "}": -1}.get(masked[place], 0)
        if depth == 0 and masked[place] == "}":
            return place
    return len(masked) - 1
