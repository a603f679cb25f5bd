"""Small CIM/XML documents for tests, built in a line, and the vocabulary they are written in."""

import io
from collections.abc import Iterable

from virtuales.errors import UnknownTerm
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.reader import CimReader, ModelReading

CIM = "http://iec.ch/TC57/CIM100#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EQ = "http://grid.example/profile/EQ"
SSH = "http://grid.example/profile/SSH"
BASE = "http://grid.example/model"
DM = "http://iec.ch/TC57/61970-552/DifferenceModel/1#"

VOCABULARY = Vocabulary(
    name="small",
    classes=frozenset({CIM + "ACLineSegment", CIM + "Terminal", CIM + "Location", CIM + "StreetAddress", CIM + "Town"}),
    datatypes={
        CIM + "IdentifiedObject.name": XSD + "string",
        CIM + "ACLineSegment.r": XSD + "float",
        CIM + "ACDCTerminal.connected": XSD + "boolean",
        CIM + "StreetAddress.postalCode": XSD + "string",
        CIM + "Town.name": XSD + "string",
    },
    references=frozenset(
        CIM + name
        for name in (
            "Terminal.ConductingEquipment",
            "Terminal.phases",
            "Location.mainAddress",
            "Location.Lines",
            "StreetAddress.town",
        )
    ),
    profiles={EQ: "EQ", SSH: "SSH"},
    functional=frozenset(
        {CIM + "IdentifiedObject.name", CIM + "ACLineSegment.r", CIM + "Terminal.ConductingEquipment"}
    ),
    compounds={CIM + "Location.mainAddress": CIM + "StreetAddress", CIM + "StreetAddress.town": CIM + "Town"},
    prefixes={"cim": CIM},
)


class OneVocabulary:
    """A registry that knows the small vocabulary alone."""

    def vocabulary_for_profiles(self, iris: Iterable[str]) -> Vocabulary:
        if unknown := [iri for iri in iris if iri not in VOCABULARY.profiles]:
            raise UnknownTerm(f"No registered model has the profile <{unknown[0]}>.")
        return VOCABULARY


def header(model: str = "urn:uuid:00000000-0000-4000-8000-00000000000a", profile: str = EQ, more: str = "") -> str:
    return (
        f'<md:FullModel rdf:about="{model}"><md:Model.created>2026-06-01T00:00:00Z</md:Model.created>'
        f"<md:Model.version>1</md:Model.version><md:Model.profile>{profile}</md:Model.profile>{more}</md:FullModel>\n"
    )


def depends(model: str) -> str:
    return f'<md:Model.DependentOn rdf:resource="{model}"/>'


def line(identifier: str, inside: str = "") -> str:
    return f'<cim:ACLineSegment rdf:ID="{identifier}">{inside}</cim:ACLineSegment>\n'


def terminal(identifier: str, equipment: str) -> str:
    inside = f'<cim:Terminal.ConductingEquipment rdf:resource="{equipment}"/>'
    return f'<cim:Terminal rdf:ID="{identifier}">{inside}</cim:Terminal>\n'


def document(*objects: str, head: str | None = None, start: str = "") -> bytes:
    """Put objects under a root, after a header; the header is on line 3, the first object on line 4."""
    opening = (
        f'<?xml version="1.0" encoding="UTF-8"?>{start}\n<rdf:RDF xmlns:cim="{CIM}" '
        'xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    )
    return (opening + (header() if head is None else head) + "".join(objects) + "</rdf:RDF>\n").encode()


def read(data: bytes, *, profiles: list[str] | None = None) -> tuple[ModelReading, list[str]]:
    """Read a document; return what reading gave, and the lines of N-Triples."""
    sink = io.BytesIO()
    reading = CimReader(OneVocabulary(), BASE).read(io.BytesIO(data), sink, name="grid.xml", profiles=profiles)
    return reading, sink.getvalue().decode().splitlines()


def difference(
    *, reverse: str = "", forward: str = "", preconditions: str = "", head: str = "", parse_type: str = "parseType"
) -> bytes:
    """Write a difference model of the equipment profile; its sections begin on lines 4, 5 and 6."""
    mark = f'{parse_type}="Statements"'
    inside = (
        f"{head or difference_header()}\n<dm:preconditions {mark}>{preconditions}</dm:preconditions>\n"
        f"<dm:reverseDifferences {mark}>{reverse}</dm:reverseDifferences>\n"
        f"<dm:forwardDifferences {mark}>{forward}</dm:forwardDifferences>\n"
    )
    opening = f'<dm:DifferenceModel xmlns:dm="{DM}" rdf:about="urn:uuid:00000000-0000-4000-8000-0000000000d1">'
    return document(f"{opening}{inside}</dm:DifferenceModel>\n", head="")


def difference_header(
    supersedes: str = "urn:uuid:00000000-0000-4000-8000-00000000000a", profile: str = EQ, more: str = ""
) -> str:
    return (
        f"<md:Model.created>2026-07-01T00:00:00Z</md:Model.created><md:Model.profile>{profile}</md:Model.profile>"
        f'<md:Model.Supersedes rdf:resource="{supersedes}"/>{more}'
    )


def about(identifier: str, inside: str) -> str:
    """Say something of an object without naming its class."""
    return f'<rdf:Description rdf:about="#{identifier}">{inside}</rdf:Description>'


def named(name: str) -> str:
    return f"<cim:IdentifiedObject.name>{name}</cim:IdentifiedObject.name>"
