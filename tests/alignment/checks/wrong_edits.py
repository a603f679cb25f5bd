"""The seeded set of wrong edits: each changes one line of a sound folder, or adds one, and must be found there."""

from dataclasses import dataclass

from tests.alignment.checks.small_folder import (
    EDITIONS,
    FROM_16,
    LIFTING,
    ME,
    MOVED,
    NONE,
    NOT_R0,
    R0,
    RULE,
    TRIAGE,
    row,
    same,
)

LAST = ""
"""In place of a line to replace: the new line comes at the end."""


@dataclass(frozen=True)
class WrongEdit:
    """One wrong edit.

    Args:
        code: The finding that it must lead to.
        file: The file that is edited.
        old: The line, or the part of a line, that is replaced; `LAST` to add a line.
        new: What comes in its place.
        suggestion: What the finding suggests, in part.
    """

    code: str
    file: str
    old: str
    new: str
    suggestion: str = ""

    def apply(self, text: str) -> tuple[str, int]:
        """Return the edited text and the number of the line that was changed."""
        if self.old == LAST:
            return text + self.new + "\n", text.count("\n") + 1
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new), text[: text.index(self.old)].count("\n") + 1


def _set(code: str, old: str, new: str, suggestion: str = "") -> WrongEdit:
    return WrongEdit(code, EDITIONS, old, new, suggestion)


def _in(name: str, target: str, predicate: str = "skos:exactMatch", **slots: str) -> tuple[str, str]:
    """Return the line of a term and what it becomes."""
    return same(name), row(f"cim16:{name}", target, predicate, **slots)


_LINE = "ACLineSegment"
_TERMS = (
    _set("unknown-term", *_in(_LINE, "cim17:ACLineSegmnt"), "Did you mean `cim:ACLineSegment`?"),
    _set("unknown-term", *_in(_LINE, "cim17:acLineSegment"), "`cim:ACLineSegment`"),
    _set("unknown-term", same("Switch"), row("cim16:Swich", "cim17:Switch"), "`cim:Switch`"),
    _set("unknown-term", *_in("Conductor.length", "cim17:Conductor.lenght"), "`cim:Conductor.length`"),
    _set("unknown-term", *_in("PhaseCode.A", "cim17:PhaseCode.AA")),
    WrongEdit("unknown-term", TRIAGE, "ves:TriageOpen", "ves:TriageOpened", "`ves:TriageOpen`"),
    _set("foreign-term", same("Breaker"), row("cim17:Breaker", "cim17:Breaker"), "`cim:Breaker`"),
    _set("foreign-term", *_in("Breaker", "cim16:Breaker"), "`cim:Breaker`"),
    WrongEdit("foreign-term", TRIAGE, "ves:TriageClosed", "sens:C"),
    _set("deprecated-term", *_in("IdentifiedObject.name", "eu:IdentifiedObject.shortName")),
    _set("deprecated-term", *_in("UnitSymbol", "cim17:SVCControlMode", "skos:closeMatch")),
    _set("unknown-predicate", *_in(_LINE, f"cim17:{_LINE}", "skos:exactmatch"), "skos/core#exactMatch"),
    _set("unknown-predicate", *_in(_LINE, f"cim17:{_LINE}", "skos:broaderMatch"), "broadMatch"),
    _set("unknown-predicate", *_in(_LINE, f"cim17:{_LINE}", "owl:equivalentClas"), "equivalentClass"),
    _set("unknown-predicate", *_in(_LINE, f"cim17:{_LINE}", "rdfs:subClassof"), "subClassOf"),
    _set("wrong-kind", *_in(_LINE, "cim17:ACLineSegment.b0ch")),
    _set("wrong-kind", *_in("Conductor.length", "cim17:Clamp")),
    _set("wrong-kind", *_in("PhaseCode", "cim17:PhaseCode.C")),
    _set("wrong-kind", *_in("PhaseCode.B", "cim17:Clamp", "skos:broadMatch")),
    _set("wrong-kind", *_in("Voltage", "cim17:Clamp", "skos:narrowMatch")),
    _set("misused-predicate", *_in("Conductor.length", "cim17:Conductor.length", "owl:equivalentClass")),
    _set("misused-predicate", *_in(_LINE, f"cim17:{_LINE}", "owl:equivalentProperty"), "owl:equivalentClass"),
    _set("misused-predicate", *_in("Breaker", "cim17:Switch", "rdfs:subPropertyOf"), "rdfs:subClassOf"),
    _set("misused-predicate", *_in(_LINE, f"cim17:{_LINE}", "owl:sameAs"), "owl:equivalentClass"),
    _set("misused-predicate", *_in("ACLineSegment.r", "cim17:ACLineSegment.r", "rdfs:subClassOf")),
    _set("mistaken-type", *_in("Conductor.length", "cim17:Conductor.length", subject_type="owl class")),
    _set("mistaken-type", *_in("Conductor.length", "cim17:Conductor.length", object_type="owl object property")),
    _set("mistaken-type", *_in(_LINE, f"cim17:{_LINE}", subject_type="rdfs datatype")),
    _set("mistaken-type", *_in("Terminal.phases", "cim17:Terminal.phases", object_type="owl data property")),
    _set("label-differs", *_in(_LINE, f"cim17:{_LINE}", subject_label="Power transformer"), "`ACLineSegment`"),
    _set("label-differs", *_in("Breaker", "cim17:Breaker", subject_label="Fuse"), "`Breaker`"),
    _set("unknown-curator", *_in(_LINE, f"cim17:{_LINE}", author_id="orcid:0000-0001-5109-3700")),
    _set("unknown-curator", *_in(_LINE, f"cim17:{_LINE}", reviewer_id="orcid:0000-0001-5109-3700")),
    _set("unknown-version", "#subject_source_version: 2.4.15", "#subject_source_version: 2.4.51", "2.4.15"),
    _set(
        "manifest-differs", "#mapping_set_id: https://example.org/mappings/editions", "#mapping_set_id: https://e.org/e"
    ),
    _set("manifest-differs", "#object_source: model:cgmes-3.0", "#object_source: model:dqv"),
)
_VALUES = (
    _set("value-clash", *_in("IdentifiedObject.name", "cim17:Equipment.EquipmentContainer")),
    _set("value-clash", *_in("Terminal.ConnectivityNode", "cim17:IdentifiedObject.description")),
    _set("datatype-clash", *_in("IdentifiedObject.name", "cim17:ACLineSegment.r0")),
    _set("datatype-clash", *_in("Equipment.aggregate", "cim17:IdentifiedObject.description")),
    _set("datatype-narrows", *_in("ACDCTerminal.sequenceNumber", "cim17:ACLineSegment.r0")),
    _set("unit-clash", *_in("ACLineSegment.r", "cim17:ACLineSegment.bch")),
    _set("unit-clash", *_in("RotatingMachine.ratedS", "cim17:RotatingMachine.p")),
    _set("unit-clash", *_in("Conductor.length", "cim17:ACLineSegment.x0")),
    _set("domain-clash", *_in("ACLineSegment.r", "cim17:PowerTransformerEnd.r")),
    _set("domain-clash", *_in("BaseVoltage.nominalVoltage", "cim17:VoltageLevel.highVoltageLimit")),
    _set("range-clash", *_in("Terminal.ConnectivityNode", "cim17:Terminal.ConductingEquipment")),
    _set("range-clash", LAST, row("cim16:ConductingEquipment.BaseVoltage", "cim17:Equipment.EquipmentContainer")),
    _set("enumeration-clash", *_in("PhaseCode.A", "cim17:UnitSymbol.A"), "`cim:PhaseCode`"),
)
_TOGETHER = (
    _set("collapse", LAST, row("cim16:LoadBreakSwitch", "cim17:Switch")),
    _set("collapse", LAST, row("cim16:ACLineSegment.x0", "cim17:ACLineSegment.x")),
    _set("collapse", LAST, row("cim16:Breaker", "cim17:LoadBreakSwitch")),
    WrongEdit("collapse", FROM_16, LAST, row("cim16:Switch", "cim17:Breaker")),
    _set("broader-cycle", LAST, row(f"cim16:{_LINE}", f"cim17:{_LINE}", "skos:broadMatch"), "Turn"),
    _set("broader-cycle", LAST, row("cim16:Conductor", f"cim17:{_LINE}", "skos:broadMatch"), "Turn"),
    _set("broader-cycle", LAST, row("cim16:Breaker", "cim17:Equipment", "skos:narrowMatch"), "Turn"),
    WrongEdit("broader-cycle", FROM_16, LAST, row("cim16:Switch", "cim17:Breaker", "rdfs:subClassOf"), "Turn"),
    _set(
        "hierarchy-turned",
        same("ProtectedSwitch"),
        row("cim16:ProtectedSwitch", "cim17:LoadBreakSwitch")
        + "\n"
        + row("cim16:LoadBreakSwitch", "cim17:ProtectedSwitch"),
    ),
    _set("contradiction", LAST, row(f"cim16:{R0}", f"cim17:{R0}")),
    _set("contradiction", NONE, row(f"cim16:{R0}", f"cim17:{R0}", comment="Now it is.")),
    WrongEdit("contradiction", FROM_16, LAST, row("cim16:Breaker", "cim17:Disconnector")),
    WrongEdit(
        "denied-conclusion", FROM_16, LAST, row("cim16:Substation", "cim17:Substation", predicate_modifier="Not")
    ),
    _set("found-after-all", LAST, row("cim16:Breaker", "sssom:NoTermFound")),
    _set("found-after-all", LAST, row("sssom:NoTermFound", "cim17:Breaker")),
)
_FORMAT = (
    _set("unknown-prefix", MOVED, MOVED.replace("cim17:", "cim18:")),
    _set("out-of-range", *_in(_LINE, f"cim17:{_LINE}", confidence="1.5")),
    _set("unknown-justification", NOT_R0, NOT_R0.replace("Manual", "Manuel")),
    _set("missing-slot", same("Switch"), row("cim16:Switch", "")),
    _set("said-twice", LAST, same("Breaker")),
    _set("cardinality", *_in(_LINE, f"cim17:{_LINE}", mapping_cardinality="n:1")),
    _set("cardinality", LAST, row("cim16:Breaker", "cim17:Fuse", "skos:closeMatch", mapping_cardinality="1:1")),
    _set("unreadable", "#  ves: https", "#  ves: &anchor https"),
)
_RULES = (
    WrongEdit("unreadable", RULE, "  ?set cim16:", "  ?set ?set cim16:"),
    WrongEdit("unreadable", RULE, "#+ to:", "#+ into:"),
    WrongEdit("rule-unknown-model", RULE, "cgmes-2.4.15", "cgmes-2.4.16", "`cgmes-2.4.15`"),
    WrongEdit("rule-unknown-term", RULE, "a cim17:CurrentLimit }", "a cim17:CurentLimit }", "`cim:CurrentLimit`"),
    WrongEdit("rule-unknown-term", RULE, "cim16:OperationalLimitSet.Terminal", "cim16:OperationalLimitSet.Terminl"),
    WrongEdit(
        "rule-never-asked",
        RULE,
        "CONSTRUCT { ?limit ?property ?value ; a cim17:CurrentLimit }",
        "CONSTRUCT { ?limit cim16:CurrentLimit.value ?value }",
    ),
    WrongEdit(
        "rule-unbound",
        RULE,
        "CONSTRUCT { ?limit ?property ?value ;",
        "CONSTRUCT { ?limit ?property ?valu ;",
        "`?value`",
    ),
    WrongEdit("rule-unbound", RULE, "#+   - ?limit cim16", "#+   - ?limits cim16", "`?limit`"),
    WrongEdit("rule-unit-clash", RULE, "cim17:CurrentLimit.value)", "cim17:VoltageLimit.value)"),
    WrongEdit("rule-unit-clash", RULE, "(cim16:CurrentLimit.value ", "(cim16:ActivePowerLimit.value "),
    WrongEdit("unreadable", LIFTING, "cim:Substation", "cmi:Substation"),
    WrongEdit("rml-unknown-term", LIFTING, "cim:Substation", "cim:Substatoin", "`cim:Substation`"),
    WrongEdit("rml-unknown-term", LIFTING, "cim:IdentifiedObject.name", "cim:IdentifiedObject.nom"),
)

_COHERENCE = (
    _set("unsatisfiable-class", *_in("PhaseCode", "cim17:Clamp"), "Say `skos:closeMatch`"),
    _set("unsatisfiable-class", LAST, row("cim16:BasicIntervalSchedule", "cim17:UnitMultiplier", "skos:broadMatch")),
    _set(
        "unsatisfiable-class", LAST, row("cim16:BusNameMarker", "cim17:StreetAddress", confidence="0.4"), "or correct"
    ),
    _set("unsatisfiable-class", LAST, row("cim16:WindingConnection", "cim17:Junction", "owl:equivalentClass")),
    WrongEdit("unsatisfiable-class", FROM_16, LAST, row("cim16:CurveStyle", "cim17:Line", "rdfs:subClassOf")),
    _set(
        "new-subsumption", LAST, row("cim16:Disconnector", "cim17:Breaker", "skos:broadMatch"), "in one of these lines"
    ),
    _set("new-subsumption", LAST, row("cim16:VoltageLevel", "cim17:Substation", "rdfs:subClassOf")),
    _set(
        "new-subsumption",
        LAST,
        row("cim16:Conductor", "cim17:Switch", "skos:narrowMatch", confidence="0.5"),
        "least sure",
    ),
    WrongEdit("new-subsumption", FROM_16, LAST, row("cim16:ConnectivityNode", "cim17:Substation", "skos:broadMatch")),
)
WRONG_EDITS: tuple[WrongEdit, ...] = (*_TERMS, *_VALUES, *_TOGETHER, *_COHERENCE, *_FORMAT, *_RULES)
"""Every wrong edit."""

ACCEPTED = row(
    "cim16:ACLineSegment.r", "cim17:ACLineSegment.bch", author_id=ME, other="accepts=unit-clash", comment="A reason."
)
