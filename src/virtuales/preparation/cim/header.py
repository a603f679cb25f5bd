"""The header of a CIM model, `md:FullModel` (IEC 61970-552, clause 6): what it says, and how it is found in a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, BinaryIO, Literal, cast

from lxml import etree

from virtuales.errors import InputError, TooLarge, UnreadableInput
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.opening import read_opening
from virtuales.preparation.cim.positions import place
from virtuales.rdf.namespaces import DM, MD, RDF, XSD

FULL_MODEL = f"{{{MD.iri}}}FullModel"
DIFFERENCE_MODEL = f"{{{DM.iri}}}DifferenceModel"
RDF_ROOT = f"{{{RDF.iri}}}RDF"
RDF_ID = f"{{{RDF.iri}}}ID"
RDF_ABOUT = f"{{{RDF.iri}}}about"
RDF_RESOURCE = f"{{{RDF.iri}}}resource"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"

HEADER_DATATYPES: Mapping[str, str] = MappingProxyType(
    {
        MD["Model.created"].value: XSD.dateTime.value,
        MD["Model.scenarioTime"].value: XSD.dateTime.value,
        MD["Model.description"].value: XSD.string.value,
        MD["Model.modelingAuthoritySet"].value: XSD.anyURI.value,
        MD["Model.profile"].value: XSD.anyURI.value,
        MD["Model.version"].value: XSD.integer.value,
    }
)
"""Datatypes of the header's attributes, by property IRI."""

HEADER_REFERENCES = frozenset({MD["Model.DependentOn"].value, MD["Model.Supersedes"].value})
"""Properties of the header that name other models."""

_DIFFERENCE_MARK = "http://iec.ch/TC57/61970-552/DifferenceModel/1"
_CHUNK = 1 << 16

# What the parser says when a document goes beyond one of its safety limits.
_TOO_LARGE = ("Resource limit exceeded", "Excessive depth", "too big", "too long", "amplification factor")


@dataclass(frozen=True)
class ModelHeader:
    """What a model says of itself; texts are as written in the file.

    Args:
        iri: The model's IRI.
        profiles: IRIs of the profiles the model follows; at least one.
        created: When the model was made, an `xsd:dateTime`.
        scenario_time: The instant the model describes, an `xsd:dateTime`.
        description: Free text.
        modelling_authority_set: The IRI of the authority set that the model's objects belong to.
        version: The model's version.
        dependent_on: IRIs of the models without which this one is not complete.
        supersedes: IRIs of the models that this one replaces.
    """

    iri: str
    profiles: tuple[str, ...]
    created: str | None = None
    scenario_time: str | None = None
    description: str | None = None
    modelling_authority_set: str | None = None
    version: str | None = None
    dependent_on: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()


def pull_parser(
    *, events: tuple[Literal["start", "end"], ...], tag: tuple[str, ...] | None = None
) -> etree.XMLPullParser:
    """Make an incremental parser that opens no file or address, expands nothing, and drops what is not data."""
    etree.clear_error_log()
    return etree.XMLPullParser(
        events=events,
        tag=tag,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=False,
    )


def events_of(parser: etree.XMLPullParser) -> Iterator[tuple[str, etree._Element]]:
    """Give the events, start or end of an element, that a parser has ready."""
    yield from cast("Any", parser.read_events())


def ill_formed(error: etree.XMLSyntaxError, name: str) -> InputError:
    """Say where a document stops being XML, or where a piece of it is too large to be parsed safely."""
    message, line = error.msg or "", error.lineno
    log = list(cast("Any", error.error_log))
    if not line and log:
        message, line = log[-1].message, log[-1].line
    where = place(name, line or None)
    if any(sign in message for sign in _TOO_LARGE):
        return TooLarge(
            "One text, comment or name in the file is longer, or one element nested deeper, than can be parsed safely.",
            where=where,
            remedy="A text may have 10 million characters, and elements may be nested 256 deep; CIM/XML needs three.",
        )
    reason = message.partition(", line ")[0].strip().rstrip(".") or "unknown reason"
    return UnreadableInput(
        f"The file is not well-formed XML: {reason}.",
        where=where,
        remedy="Export the model again as CIM/XML, and check that the file arrived whole.",
    )


def read_root(source: BinaryIO, name: str) -> Mapping[str, str]:
    """Check that a document opens as CIM/XML does, and return the root's attributes.

    Only the beginning is read, so nothing that a document type declares is ever expanded.

    Raises:
        UnreadableInput: the document is no XML, declares a document type, or its root is not `rdf:RDF`.
    """
    opening = read_opening(source, name)
    if opening.name != RDF_ROOT:
        raise UnreadableInput(
            f"The root element is `{opening.name}`, not `rdf:RDF`.",
            where=place(name, opening.line, opening.name),
            remedy=f"Give a CIM/XML file: its root is `RDF` in the namespace <{RDF.iri}>.",
        )
    if extra := set(opening.attributes) - {XML_BASE}:
        raise UnreadableInput(
            f"The root has the attribute `{min(extra)}`, which CIM/XML does not know.",
            where=place(name, opening.line, "RDF"),
        )
    return opening.attributes


def read_namespaces(source: BinaryIO, name: str) -> Mapping[str, str]:
    """Return the namespaces that a document's root declares, by prefix; errors are those of `read_root`."""
    return read_opening(source, name).namespaces


def line_kept(element: etree._Element) -> int | None:
    """Return an element's line as the parser kept it: right below line 65,535."""
    return cast("int | None", element.sourceline)


def is_difference(source: BinaryIO, name: str) -> bool:
    """Tell whether a document holds a difference model rather than a full one.

    Raises:
        UnreadableInput: the document is ill-formed, declares a document type, or is no CIM/XML.
    """
    read_root(source, name)
    source.seek(0)
    parser = pull_parser(events=("start",), tag=(RDF_ROOT, FULL_MODEL, DIFFERENCE_MODEL))
    root: etree._Element | None = None
    try:
        while chunk := source.read(_CHUNK):
            parser.feed(chunk)
            for _event, element in events_of(parser):
                if element.tag != RDF_ROOT:
                    return bool(element.tag == DIFFERENCE_MODEL)
                root = element
            if root is not None:
                del root[:-1]
    except etree.XMLSyntaxError as error:
        raise ill_formed(error, name) from None
    return False


def find_header(source: BinaryIO, name: str, identifiers: Identifiers) -> ModelHeader | None:
    """Find a document's header, wherever in the document it stands.

    Args:
        source: The document, seekable; its beginning was checked by `read_root`.
        name: The file's name, for errors.
        identifiers: How names become IRIs.

    Returns:
        The header, or None when the document has none.

    Raises:
        UnreadableInput: the document is ill-formed, its header is, or it is a difference model.
    """
    source.seek(0)
    parser = pull_parser(events=("start", "end"), tag=(RDF_ROOT, FULL_MODEL, DIFFERENCE_MODEL))
    root: etree._Element | None = None
    try:
        while chunk := source.read(_CHUNK):
            parser.feed(chunk)
            for event, element in events_of(parser):
                if element.tag == RDF_ROOT:
                    root = element
                elif element.tag == DIFFERENCE_MODEL:
                    raise _difference(element, name)
                elif event == "end":
                    return header_of(element, name, identifiers)
            if root is not None:
                del root[:-1]
    except etree.XMLSyntaxError as error:
        raise ill_formed(error, name) from None
    return None


def _difference(element: etree._Element, name: str) -> UnreadableInput:
    return UnreadableInput(
        "The file is a difference model; it means nothing without the model it changes.",
        where=place(name, line_kept(element), str(element.tag)),
        remedy="Apply the difference model to its base model first, and give the full model that results.",
    )


def header_of(element: etree._Element, name: str, identifiers: Identifiers) -> ModelHeader:
    """Read the header of a model or of a difference model from its element.

    Raises:
        UnreadableInput: its name or one of its references is no IRI, or it says something twice.
    """
    said: dict[str, list[str]] = {}
    for child in element:
        value = child.get(RDF_RESOURCE) or child.text or ""
        said.setdefault(_local(child), []).append(value.strip())
    try:
        return ModelHeader(
            iri=_model(element, identifiers),
            profiles=tuple(profile for text in said.get("Model.profile", ()) if (profile := _profile(text))),
            created=_once(said, "Model.created"),
            scenario_time=_once(said, "Model.scenarioTime"),
            description=_once(said, "Model.description"),
            modelling_authority_set=_once(said, "Model.modelingAuthoritySet"),
            version=_once(said, "Model.version"),
            dependent_on=tuple(identifiers.of_reference(value) for value in said.get("Model.DependentOn", ())),
            supersedes=tuple(identifiers.of_reference(value) for value in said.get("Model.Supersedes", ())),
        )
    except UnreadableInput as error:
        where = place(name, line_kept(element), str(element.tag))
        raise UnreadableInput(error.what, where=where, remedy=error.remedy) from None


def _model(element: etree._Element, identifiers: Identifiers) -> str:
    about = element.get(RDF_ABOUT)
    return identifiers.of_id(element.get(RDF_ID, "")) if about is None else identifiers.of_reference(about)


def _profile(text: str) -> str:
    """Return the profile's IRI; difference models are published with a mark of their kind right before it."""
    return text.removeprefix(_DIFFERENCE_MARK)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _once(said: Mapping[str, list[str]], local: str) -> str | None:
    values = said.get(local, [])
    if len(values) > 1:
        raise UnreadableInput(f"The header says `{local}` {len(values)} times.", remedy="A model header says it once.")
    return values[0] if values else None
