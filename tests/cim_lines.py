"""Builders for tests: models of a few lines in CGMES 3.0, difference models of them, and a rule on their length."""

from pathlib import Path

BASE, SECOND, THIRD, FOURTH = (f"urn:uuid:00000000-0000-4000-8000-00000000000{letter}" for letter in "abcd")
LONG, STUB, NEW = (f"urn:uuid:{number}0000000-0000-4000-8000-000000000001" for number in (1, 2, 3))
ROOT = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:cim="http://iec.ch/TC57/CIM100#" xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#"
    xmlns:dm="http://iec.ch/TC57/61970-552/DifferenceModel/1#"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">"""
PROFILE = "<md:Model.profile>http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0</md:Model.profile>"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix ex: <http://example.org/shapes#> .
ex:Line a sh:NodeShape ; sh:targetClass cim:ACLineSegment ; sh:property ex:Length .
ex:Length sh:path cim:Conductor.length ; sh:maxExclusive 10.0 ; sh:name "short lines" ; sh:message "It is too long." .
"""


def line(iri: str, length: str) -> str:
    """Write a line with its length in kilometres."""
    return f"""<cim:ACLineSegment rdf:about="{iri}">
  <cim:IdentifiedObject.name>Line {iri[9]}</cim:IdentifiedObject.name>
  <cim:Conductor.length>{length}</cim:Conductor.length>
</cim:ACLineSegment>"""


def said(iri: str, length: str) -> str:
    """Write what a section of a difference model says of a line's length."""
    return f"""<rdf:Description rdf:about="{iri}">
  <cim:Conductor.length>{length}</cim:Conductor.length>
</rdf:Description>"""


def model(place: Path, *lines: str, iri: str = BASE) -> Path:
    """Write a full model into a file, its first line being the eighth of the file."""
    place.write_text(
        f'{ROOT}\n<md:FullModel rdf:about="{iri}">{PROFILE}</md:FullModel>\n' + "\n".join(lines) + "\n</rdf:RDF>\n"
    )
    return place


def difference(place: Path, *, ends: str, begins: str, iri: str = SECOND, of: str = BASE) -> Path:
    """Write a difference model into a file."""
    sections = "".join(
        f'\n<dm:{name} rdf:parseType="Statements">\n{lines}\n</dm:{name}>'
        for name, lines in (("reverseDifferences", ends), ("forwardDifferences", begins))
    )
    header = f'<md:Model.Supersedes rdf:resource="{of}"/>{PROFILE}'
    place.write_text(
        f'{ROOT}\n<dm:DifferenceModel rdf:about="{iri}">{header}{sections}\n</dm:DifferenceModel>\n</rdf:RDF>'
    )
    return place
