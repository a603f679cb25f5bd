"""A small folder of contributed mappings in which nothing is wrong, written for the checks."""

from pathlib import Path

ME = "orcid:0000-0002-1825-0097"
COLUMNS = """
subject_id subject_label predicate_id predicate_modifier object_id mapping_justification author_id
reviewer_id confidence mapping_cardinality subject_type object_type other comment
"""
_PREFIXES = """#curie_map:
#  cim16: http://iec.ch/TC57/2013/CIM-schema-cim16#
#  cim17: http://iec.ch/TC57/CIM100#
#  eu: http://iec.ch/TC57/CIM100-European#
#  gb: http://ofgem.gov.uk/ns/CIM/LTDS/Extensions#
#  model: https://w3id.org/virtuales/model/
#  orcid: https://orcid.org/
#  sens: https://w3id.org/virtuales/sensitivity#
#  ves: https://w3id.org/virtuales/ns#
#  virtuales: https://w3id.org/virtuales/
"""
_MODEL = "https://w3id.org/virtuales/model/"
CIM16, CIM17, LTDS = (_MODEL + name for name in ("cgmes-2.4.15", "cgmes-3.0", "gb-ltds-1.0.1"))
SET = "https://example.org/mappings/"
_CLASSES = """
ACLineSegment Conductor ConductingEquipment Equipment Breaker Switch ProtectedSwitch Disconnector
BaseVoltage VoltageLevel Terminal ConnectivityNode IdentifiedObject PhaseCode UnitSymbol Voltage
PowerTransformerEnd SynchronousMachine RotatingMachine Substation
"""
_PROPERTIES = """
ACLineSegment.r ACLineSegment.x Conductor.length IdentifiedObject.name Equipment.aggregate
Terminal.phases ACDCTerminal.sequenceNumber RotatingMachine.ratedS BaseVoltage.nominalVoltage
Terminal.ConnectivityNode PhaseCode.A PhaseCode.B Substation.Region
"""


def row(subject: str, target: str, predicate: str = "skos:exactMatch", **slots: str) -> str:
    """Return a line of a table."""
    said = {
        "subject_id": subject,
        "predicate_id": predicate,
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": ME,
        **slots,
    }
    return "\t".join(said.get(name, "") for name in COLUMNS.split())


def same(name: str) -> str:
    """Return the line that says that a term kept its name."""
    return row(f"cim16:{name}", f"cim17:{name}")


R0 = "SynchronousMachine.r0"
NOT_R0 = row(f"cim16:{R0}", f"cim17:{R0}", predicate_modifier="Not", comment="Another unit.")
NONE = row("cim16:GeneratingUnit.initialP", "sssom:NoTermFound")
MOVED = row("cim16:DCShunt.ratedUdc", "cim17:DCConductingEquipment.ratedUdc", "skos:broadMatch")
EDITIONS = "editions.sssom.tsv"
TO_LTDS = "to-ltds.sssom.tsv"
FROM_16 = "from-16.sssom.tsv"
TRIAGE = "triage.sssom.tsv"
RULE = "limits.rq"
LIFTING = "demand.rml.ttl"

_SETS = {
    EDITIONS: (CIM16, CIM17, [*map(same, (*_CLASSES.split(), *_PROPERTIES.split())), NOT_R0, NONE, MOVED]),
    TO_LTDS: (
        CIM17,
        LTDS,
        [row(f"cim17:{name}", f"cim17:{name}") for name in ("Breaker", "Substation", "Disconnector")],
    ),
    FROM_16: (CIM16, LTDS, [row("cim16:Breaker", "cim17:Disconnector", predicate_modifier="Not")]),
    TRIAGE: (
        "https://w3id.org/virtuales/sensitivity",
        "https://w3id.org/virtuales/ns",
        [row("sens:O", "ves:TriageOpen"), row("sens:C", "ves:TriageClosed")],
    ),
}
_RULE = """#+ title: Limits of the steady state
#+ description: The value of the equipment is the value of the state too.
#+ from: cgmes-2.4.15
#+ to: cgmes-3.0
#+ carries:
#+   - ?limit cim16:CurrentLimit.value
PREFIX cim16: <http://iec.ch/TC57/2013/CIM-schema-cim16#>
PREFIX cim17: <http://iec.ch/TC57/CIM100#>

CONSTRUCT { ?limit ?property ?value ; a cim17:CurrentLimit }
WHERE {
  VALUES (?old ?property) {
    (cim16:CurrentLimit.value cim17:CurrentLimit.value)
  }
  ?limit ?old ?value ; cim16:OperationalLimit.OperationalLimitSet ?set .
  ?set cim16:OperationalLimitSet.Terminal ?terminal .
}
"""
_LIFTING = """@prefix rml: <http://w3id.org/rml/> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix map: <https://example.org/demand#> .

map:point
  rml:logicalSource [
    rml:source [ a rml:RelativePathSource ; rml:path "demand.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "urn:uuid:{mrid}" ; rml:class cim:Substation ] ;
  rml:predicateObjectMap [
    rml:predicate cim:IdentifiedObject.name ; rml:objectMap [ rml:reference "name" ] ] .
"""
_CLASS_OF = {".sssom.tsv": "sssom:MappingSet", ".rq": "ves:MappingRule", ".rml.ttl": "ves:LiftingMapping"}


def _short(model: str) -> str:
    if model.startswith(_MODEL):
        return model.replace(_MODEL, "model:")
    return model.replace("https://w3id.org/virtuales/", "virtuales:")


def write_folder(folder: Path) -> Path:
    """Write the folder with its manifest and its table of curators."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (subjects, objects, rows) in _SETS.items():
        header = (
            f"{_PREFIXES}#mapping_set_id: {SET}{name.partition('.')[0]}\n#license: https://example.org/licence\n"
            f"#subject_source: {_short(subjects)}\n#object_source: {_short(objects)}\n"
        )
        if subjects == CIM16:
            header += "#subject_source_version: 2.4.15\n"
        text = header + "\t".join(COLUMNS.split()) + "\n" + "\n".join(rows) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
    (folder / RULE).write_text(_RULE, encoding="utf-8")
    (folder / LIFTING).write_text(_LIFTING, encoding="utf-8")
    (folder / "curators.tsv").write_text(
        "orcid\tname\taffiliation\n0000-0002-1825-0097\tA Curator\tNowhere\n", encoding="utf-8"
    )
    (folder / "manifest.ttl").write_text(_manifest(), encoding="utf-8")
    return folder


def _manifest() -> str:
    start = (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix sssom: <https://w3id.org/sssom/> .\n"
        "@prefix ves: <https://w3id.org/virtuales/ns#> .\n"
    )
    return start + "".join(map(_entry, (*_SETS, RULE, LIFTING)))


def _entry(name: str) -> str:
    stem, kind = name.partition(".")[0], next(kind for end, kind in _CLASS_OF.items() if name.endswith(end))
    sides = ""
    if name in _SETS:
        sides = f"  sssom:subject_source <{_SETS[name][0]}> ; sssom:object_source <{_SETS[name][1]}> ;\n"
    return (
        f'<{SET}{stem}> a {kind} ;\n  dcterms:identifier "{stem}" ; dcterms:source "Written for the tests." ;\n'
        f'{sides}  dcterms:license <https://example.org/licence> ; ves:file "{name}" .\n'
    )
