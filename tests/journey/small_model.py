"""The smallest CIM model that the registered shapes accept: a location model with one coordinate system."""

import io
import uuid
import zipfile
from random import Random

CIM = "http://iec.ch/TC57/CIM100#"
GL = "http://iec.ch/TC57/ns/CIM/GeographicalLocation-EU/3.0"
FILE = "gl.xml"
"""What the tests call the file of such a model."""
STATEMENTS = 10
"""How many statements the model holds, its header among them."""


def small_model(seed: int, *, body: str | None = None, profile: str = GL) -> bytes:
    """Write a model in CGMES 3.0; other seeds make other identifiers.

    Args:
        seed: Makes the identifiers.
        body: What stands there instead of the coordinate system.
        profile: The profile that the header claims.
    """
    numbers = Random(seed)
    model, system = (uuid.UUID(int=numbers.getrandbits(128), version=4) for _ in range(2))
    inside = body if body is not None else coordinate_system(system)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="{CIM}"
         xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">
<md:FullModel rdf:about="urn:uuid:{model}">
  <md:Model.created>2026-06-01T00:00:00Z</md:Model.created>
  <md:Model.scenarioTime>2026-06-01T00:00:00Z</md:Model.scenarioTime>
  <md:Model.version>1</md:Model.version>
  <md:Model.modelingAuthoritySet>http://north.example/models</md:Model.modelingAuthoritySet>
  <md:Model.profile>{profile}</md:Model.profile>
</md:FullModel>
{inside}
</rdf:RDF>
""".encode()


def coordinate_system(identifier: uuid.UUID, *, name: str = "WGS 84") -> str:
    """Write a coordinate system with an mRID."""
    return f"""<cim:CoordinateSystem rdf:ID="_{identifier}">
  <cim:IdentifiedObject.mRID>{identifier}</cim:IdentifiedObject.mRID>
  <cim:IdentifiedObject.name>{name}</cim:IdentifiedObject.name>
  <cim:CoordinateSystem.crsUrn>urn:ogc:def:crs:EPSG::4326</cim:CoordinateSystem.crsUrn>
</cim:CoordinateSystem>"""


def small_difference(seed: int, *, name: str, instead_of: str = "WGS 84") -> bytes:
    """Write a difference model of the small model of a seed: its coordinate system gets another name."""
    numbers = Random(seed)
    model, system, other = (uuid.UUID(int=numbers.getrandbits(128), version=4) for _ in range(3))
    sections = "".join(
        f"""<dm:{section} rdf:parseType="Statements"><rdf:Description rdf:about="urn:uuid:{system}">
  <cim:IdentifiedObject.name>{said}</cim:IdentifiedObject.name></rdf:Description></dm:{section}>
"""
        for section, said in (("reverseDifferences", instead_of), ("forwardDifferences", name))
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:cim="{CIM}"
         xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#"
         xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#">
<dm:DifferenceModel rdf:about="urn:uuid:{other}">
  <md:Model.profile>{GL}</md:Model.profile>
  <md:Model.Supersedes rdf:resource="urn:uuid:{model}"/>
{sections}</dm:DifferenceModel>
</rdf:RDF>
""".encode()


def zipped(members: dict[str, bytes]) -> bytes:
    """Pack files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
