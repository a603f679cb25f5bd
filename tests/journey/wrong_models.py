"""Files that are not what a producer should send: each a few bytes, and wrong in one way."""

import uuid
from dataclasses import dataclass

from tests.journey.small_model import small_model, zipped

UNPACKED_MOST = 3_000_000
"""How much the node of these tests unpacks."""


@dataclass(frozen=True)
class Wrong:
    """A wrong file.

    Args:
        why: What is wrong with it, in a word or two.
        content: Its bytes.
        status: The status of the refusal.
        says: What the refusal has to mention.
        name: The file's name.
    """

    why: str
    content: bytes
    status: int
    says: str
    name: str = "model.xml"


def _terminal(equipment: str) -> str:
    """Write an object of the equipment profile that refers to another."""
    return (
        f'<cim:Terminal rdf:ID="_{uuid.UUID(int=7, version=4)}">'
        f'<cim:Terminal.ConductingEquipment rdf:resource="#_{equipment}"/></cim:Terminal>'
    )


EQUIPMENT = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
GOOD = small_model(1)
NOWHERE = uuid.UUID(int=8, version=4)
_ENTITIES = GOOD.replace(
    b"<rdf:RDF",
    b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<rdf:RDF',
    1,
).replace(b"WGS 84", b"&b;")
_DIFFERENCE = b"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="http://iec.ch/TC57/CIM100#"
  xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#"
  xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#">
<dm:DifferenceModel rdf:about="urn:uuid:00000000-0000-4000-8000-000000000001">
  <md:Model.created>2026-06-01T00:00:00Z</md:Model.created>
  <md:Model.version>2</md:Model.version>
  <md:Model.profile>http://iec.ch/TC57/ns/CIM/GeographicalLocation-EU/3.0</md:Model.profile>
  <dm:forwardDifferences rdf:parseType="Statements"></dm:forwardDifferences>
  <dm:reverseDifferences rdf:parseType="Statements"></dm:reverseDifferences>
</dm:DifferenceModel>
</rdf:RDF>
"""

REFUSED_WHEN_SENT = (
    Wrong("empty", b"", 400, "empty"),
    Wrong("binary", b"\x00\x01\x02\xff" * 100, 400, "kind"),
    Wrong("prose", b"Dear colleague, please find the model below.\n", 400, "kind"),
    Wrong("other XML", b'<?xml version="1.0"?><html><body/></html>', 400, "kind"),
    Wrong("name with dots", GOOD, 422, "name", name="%2E%2E"),
    Wrong("name with a backslash", GOOD, 422, "name", name="..%5Cmodel.xml"),
    Wrong("name with a folder", GOOD, 404, "files", name="..%2F..%2Fmodel.xml"),
    Wrong("long name", GOOD, 422, "name", name="m" * 201),
)

REFUSED_WHEN_PREPARED = (
    Wrong("ill-formed", GOOD[:-60], 400, "line"),
    Wrong("unclosed element", GOOD.replace(b"</cim:CoordinateSystem>", b""), 400, "line"),
    Wrong("wrong namespace", GOOD.replace(b"http://iec.ch/TC57/CIM100#", b"http://example.org/grid#"), 422, "line"),
    Wrong("unknown class", GOOD.replace(b"cim:CoordinateSystem ", b"cim:Coordinates ", 1), 400, "line"),
    Wrong("unknown property", GOOD.replace(b"CoordinateSystem.crsUrn", b"CoordinateSystem.crs"), 422, "crs"),
    Wrong(
        "unknown profile", small_model(2, profile="http://example.org/profile/9"), 422, "http://example.org/profile/9"
    ),
    Wrong(
        "no profile",
        GOOD.replace(b"<md:Model.profile>", b"<!--").replace(b"</md:Model.profile>", b"-->"),
        400,
        "profile",
    ),
    Wrong("dangling", small_model(3, body=_terminal(str(NOWHERE)), profile=EQUIPMENT), 422, str(NOWHERE)),
    Wrong("difference model", _DIFFERENCE, 422, "none of the models given"),
    Wrong("entities", _ENTITIES, 400, "line"),
    Wrong(
        "wrong number",
        small_model(
            4,
            body=_terminal("x").replace(
                "</cim:Terminal>",
                "<cim:ACDCTerminal.sequenceNumber>one</cim:ACDCTerminal.sequenceNumber></cim:Terminal>",
            ),
            profile=EQUIPMENT,
        ),
        422,
        "",
    ),
    Wrong("damaged zip", zipped({"a.xml": GOOD})[:-30], 400, "zip", name="model.zip"),
    Wrong("zip of nothing", zipped({}), 400, "", name="model.zip"),
    Wrong("zip of prose", zipped({"readme.txt": b"hello"}), 400, "readme.txt", name="model.zip"),
    Wrong("zip with a path", zipped({"../a.xml": GOOD}), 400, "../a.xml", name="model.zip"),
    Wrong("zip with one model twice", zipped({"a.xml": GOOD, "b.xml": GOOD}), 422, "b.xml", name="model.zip"),
    Wrong("zip bomb", zipped({"a.xml": GOOD + b" " * 50_000_000}), 413, "bytes", name="model.zip"),
    Wrong(
        "zip that unpacks to too much",
        zipped({f"{n}.xml": GOOD + bytes(range(32, 127)) * 9_000 for n in range(5)}),
        413,
        "bytes",
        name="model.zip",
    ),
)
