"""Framing: statements become a JSON-LD document in the shape that a frame asks for (https://www.w3.org/TR/json-ld11-framing/).

The document reads as plain JSON. Values are never turned into binary fractions: JSON-LD keeps them as they are written,
with their datatypes, and plain JSON gets the digits.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from pyld import jsonld

from virtuales.errors import InputError, TooLarge, UnreadableInput
from virtuales.exchange.lowering.json_text import Json
from virtuales.exchange.lowering.values import plain_value
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Term

_STATEMENTS_MOST: Final = 300_000
_COMPACTED_MOST: Final = 20_000
_NO_DATATYPE: Final = frozenset({"http://www.w3.org/2001/XMLSchema#string", ""})


class _Written(str):
    """The form of a literal, which goes through framing as a string and still knows what it is a form of."""

    __slots__ = ("value",)
    value: str | bool


def read_frame(path: Path) -> dict[str, Any]:
    """Read a frame.

    Raises:
        UnreadableInput: it is no JSON; says where.
        InputError: it is no object, or names a context that would have to be fetched.
    """
    try:
        frame = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(f"The frame cannot be read: {error.strerror}.", where=str(path)) from None
    except UnicodeDecodeError:
        raise UnreadableInput("The frame is no text in UTF-8.", where=str(path)) from None
    except json.JSONDecodeError as error:
        place = f"{path}, line {error.lineno}, column {error.colno}"
        raise UnreadableInput(f"The frame is no JSON: {error.msg}.", where=place) from None
    if not isinstance(frame, dict):
        raise InputError("A frame is one JSON object.", where=str(path), remedy='Write {"@context": …, "@type": …}.')
    for context in _contexts(frame):
        if isinstance(context, str):
            raise InputError(
                f"The frame names the context `{context[:200]}`, and contexts are never fetched.",
                where=str(path),
                remedy="Write the context into the frame.",
            )
    return frame


def framed(n_triples: bytes, frame: Mapping[str, Any], *, name: str) -> dict[str, Any]:
    """Return the JSON-LD document that a frame makes of statements; literals stay as they are written.

    Args:
        n_triples: The statements.
        frame: The frame.
        name: What errors call it.

    Raises:
        TooLarge: there are more statements than are framed.
        InputError: the frame is not one that JSON-LD allows; says why.
    """
    document = expanded(n_triples)
    try:
        made: dict[str, Any] = jsonld.frame(document, dict(frame), {"documentLoader": _refuse, "omitGraph": False})
    except jsonld.JsonLdError as error:
        raise InputError(f"JSON-LD does not allow the frame: {_reason(error)}", where=name) from None
    return made


def compacted(n_triples: bytes, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return statements as a JSON-LD document with the names of a context, one object for each node, none left out.

    Args:
        n_triples: The statements.
        context: The context; it is not written into the document.

    Raises:
        TooLarge: there are more than 20,000 statements.
    """
    if n_triples.count(b"\n") > _COMPACTED_MOST:
        raise TooLarge(
            f"More than {_COMPACTED_MOST:,} statements are not written as plain JSON.",
            remedy="Take Turtle, or JSON-LD in its expanded form.",
        )
    options = {"documentLoader": _refuse, "graph": True}
    made: dict[str, Any] = jsonld.compact(expanded(n_triples), dict(context), options)
    return {key: value for key, value in made.items() if key != "@context"}


def expanded(n_triples: bytes) -> list[dict[str, Any]]:
    """Return statements as an expanded JSON-LD document, nodes and values in the order of the statements.

    Raises:
        TooLarge: there are more statements than are framed.
    """
    nodes: dict[str, dict[str, Any]] = {}
    if n_triples.count(b"\n") > _STATEMENTS_MOST:
        raise TooLarge(
            f"More than {_STATEMENTS_MOST:,} statements are not framed.", remedy="Choose those you need by a query."
        )
    for quad in parse_file(n_triples, N_TRIPLES):
        subject = _identifier(quad.subject)
        node = nodes.setdefault(subject, {"@id": subject})
        if quad.predicate == RDF.type and not isinstance(quad.object, Literal):
            node.setdefault("@type", []).append(_identifier(quad.object))
        else:
            node.setdefault(quad.predicate.value, []).append(_value(quad.object))
    return list(nodes.values())


def plain_document(document: Mapping[str, Any]) -> list[Json]:
    """Return the nodes of a framed document as plain JSON: no context, numbers as numbers, truth values as such."""
    nodes = document.get("@graph", [document])
    return [_plain({key: value for key, value in node.items() if key != "@context"}) for node in nodes]


def _plain(value: object) -> Json:
    if isinstance(value, _Written):
        return value.value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        if "@value" in value and "@language" not in value:
            return _plain(value["@value"])
        return {key: _plain(each) for key, each in value.items()}
    if value is None or isinstance(value, str | bool):
        return value
    raise TypeError(f"no plain JSON for {value!r}")


def _identifier(term: object) -> str:
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    if isinstance(term, NamedNode):
        return term.value
    raise TypeError(term)


def _value(term: Term) -> dict[str, Any]:
    if not isinstance(term, Literal):
        return {"@id": _identifier(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if datatype in _NO_DATATYPE:
        return {"@value": term.value}
    written = _Written(term.value)
    written.value = plain_value(str(term)).for_json
    return {"@value": written, "@type": datatype}


def _contexts(value: object) -> Iterator[object]:
    """Give every context of a frame, those in lists and in term definitions among them."""
    if isinstance(value, list):
        for each in value:
            yield from _contexts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "@context":
                yield from each if isinstance(each, list) else [each]
            yield from _contexts(each)


def _refuse(url: str, options: object) -> NoReturn:  # noqa: ARG001  (the library's signature)
    raise jsonld.JsonLdError(f"`{url}` would have to be fetched.", "jsonld.LoadDocumentError")


def _reason(error: BaseException) -> str:
    """Return the innermost reason that JSON-LD gives."""
    while (cause := getattr(error, "cause", None) or error.__cause__) is not None:
        error = cause
    return str(error).partition("\n")[0].strip("()',")
