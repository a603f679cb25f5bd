"""Pieces of equipment, each written with its terminals, ratings, short-circuit data and operating state."""

import math
from dataclasses import dataclass

from virtuales.demonstration.network.cimxml import Choice, Ref, Value
from virtuales.demonstration.network.model import GridModel, Level, Node
from virtuales.demonstration.network.plan import Demand, Site
from virtuales.demonstration.network.plant import GENERATOR_KV, Conductor, TransformerType

SHORT_TERM = 1.15
"""Short-term rating, held for twenty minutes, as a multiple of the continuous one."""

_SHORT_TERM_SECONDS = 1200
_BANDS = {400: (0.95, 1.05), 275: (0.9, 1.1), 132: (0.9, 1.1), 33: (0.94, 1.06), 22: (0.95, 1.05), 11: (0.94, 1.06)}
"""Statutory and planning limits of voltage, per unit."""


def substation(model: GridModel, site: Site) -> str:
    """Write a substation with its region and place; return its mRID."""
    country = model.define("GeographicalRegion", "Great Britain (sample grid)", {})
    region = model.define("SubGeographicalRegion", "Northern marches", {"SubGeographicalRegion.Region": Ref(country)})
    mrid = model.define("Substation", site.name, {"Substation.Region": Ref(region)})
    model.place("Substation", mrid, site.name, [(site.latitude, site.longitude)])
    return mrid


def voltage_level(model: GridModel, site: Site, kv: float) -> Level:
    """Write a voltage level, and its substation and base voltage when they are new."""
    station = substation(model, site)
    rated = model.define("BaseVoltage", f"{kv:g} kV", {"BaseVoltage.nominalVoltage": kv})
    low, high = _BANDS[int(kv)]
    values: dict[str, Value] = {
        "VoltageLevel.Substation": Ref(station),
        "VoltageLevel.BaseVoltage": Ref(rated),
        "VoltageLevel.lowVoltageLimit": round(low * kv, 3),
        "VoltageLevel.highVoltageLimit": round(high * kv, 3),
    }
    return Level(model.define("VoltageLevel", f"{site.name} {kv:g} kV", values), site, kv)


def busbar(model: GridModel, level: Level, number: int = 1) -> Node:
    """Write a section of busbar and return the node it stands on."""
    name = f"{level.name} busbar section {number}"
    node = model.node(level, f"busbar node {number}")
    mrid = model.define("BusbarSection", name, {"Equipment.EquipmentContainer": Ref(level.mrid)})
    model.terminals(mrid, name, [node])
    model.amend("SSH", "Equipment", mrid, {"Equipment.inService": True})
    return node


def breaker(model: GridModel, name: str, start: Node, end: Node, *, normally_open: bool = False) -> str:
    """Write a circuit breaker between two nodes of one level; it stands as it normally does. Return its mRID."""
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(start.level.mrid),
        "Switch.normalOpen": normally_open,
        "Switch.retained": normally_open,
    }
    mrid = model.define("Breaker", name, values)
    model.terminals(mrid, name, [start, end])
    state = {"Equipment.inService": True, "Switch.locked": False, "Switch.open": normally_open}
    model.amend("SSH", "Breaker", mrid, state)
    if not normally_open:
        model.join(start, end)
    return mrid


def bay(model: GridModel, bar: Node, name: str, *, normally_open: bool = False) -> Node:
    """Write the breaker that connects a circuit or transformer to a busbar; return the node behind it."""
    behind = model.node(bar.level, f"{name} bay node")
    breaker(model, f"{bar.level.name} {name} circuit breaker", bar, behind, normally_open=normally_open)
    return behind


def circuit(model: GridModel, name: str, ends: tuple[Node, Node], conductor: Conductor, km: float) -> str:
    """Write a circuit between two nodes, with its ratings and route; return its mRID."""
    region = model.mrid("SubGeographicalRegion", "Northern marches")
    container = model.define("Line", name, {"Line.Region": Ref(region)})
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(container),
        "ConductingEquipment.BaseVoltage": Ref(model.mrid("BaseVoltage", f"{conductor.kv:g} kV")),
        "Conductor.length": round(km, 3),
        "ACLineSegment.r": round(conductor.r * km, 6),
        "ACLineSegment.x": round(conductor.x * km, 6),
        "ACLineSegment.bch": round(conductor.b * 1e-6 * km, 12),
        "ACLineSegment.gch": 0.0,
    }
    mrid = model.define("ACLineSegment", name, values)
    zero_sequence: dict[str, Value] = {
        "ACLineSegment.r0": round(conductor.r0 * km, 6),
        "ACLineSegment.x0": round(conductor.x0 * km, 6),
        "ACLineSegment.b0ch": round(conductor.b0 * 1e-6 * km, 12),
        "ACLineSegment.g0ch": 0.0,
        "ACLineSegment.shortCircuitEndTemperature": 80.0,
    }
    model.files["SC"].amend("ACLineSegment", mrid, zero_sequence)
    model.amend("SSH", "Equipment", mrid, {"Equipment.inService": True})
    for number, terminal in enumerate(model.terminals(mrid, name, ends), 1):
        rating(model, f"{name} end {number}", terminal, conductor.amperes)
    sites = (ends[0].level.site, ends[1].level.site)
    model.place("ACLineSegment", mrid, name, _route(*sites))
    return mrid


def rating(model: GridModel, name: str, terminal: str, amperes: float) -> None:
    """Write the continuous and the short-term rating of what is connected at a terminal, in amperes."""
    limits = model.define("OperationalLimitSet", f"{name} ratings", {"OperationalLimitSet.Terminal": Ref(terminal)})
    kinds = (("Continuous", "patl", amperes), ("Short-term", "tatl", round(amperes * SHORT_TERM, 1)))
    for label, kind, value in kinds:
        values: dict[str, Value] = {
            "OperationalLimit.OperationalLimitSet": Ref(limits),
            "OperationalLimit.OperationalLimitType": Ref(_limit_type(model, label, kind)),
            "CurrentLimit.normalValue": float(value),
        }
        mrid = model.define("CurrentLimit", f"{name} {label.lower()} rating", values, name=f"{label} rating")
        model.amend("SSH", "CurrentLimit", mrid, {"CurrentLimit.value": float(value)})


def transformer(
    model: GridModel, name: str, ends: tuple[Node, Node], design: TransformerType, *, boost: float = 0.0
) -> str:
    """Write a two-winding transformer between two nodes of one substation; return its mRID.

    Args:
        model: The model to write to.
        name: The transformer's name.
        ends: Its high- and its low-voltage node.
        design: Its type.
        boost: By how much, per unit, the tap changer is to raise the low voltage.
    """
    station = model.mrid("Substation", ends[0].level.site.name)
    mrid = model.define("PowerTransformer", name, {"Equipment.EquipmentContainer": Ref(station)})
    model.amend("SSH", "Equipment", mrid, {"Equipment.inService": True})
    generator = design.lv_kv == GENERATOR_KV
    model.files["SC"].amend("PowerTransformer", mrid, {"PowerTransformer.isPartOfGeneratorUnit": generator})
    terminals = model.terminals(mrid, name, ends)
    windings = []
    for number, (terminal, node) in enumerate(zip(terminals, ends, strict=True), 1):
        place = _End(mrid, terminal, node.level.kv, number)
        windings.append(_winding(model, f"{name} winding {number}", place, design))
        kv = design.hv_kv if number == 1 else design.lv_kv
        rating(model, f"{node.level.name} {name} winding {number}", terminal, design.amperes(kv))
    if design.taps is not None:
        _tap_changer(model, name, windings[0], design, Control(terminals[1], ends[1].level.kv, boost))
    return mrid


@dataclass(frozen=True)
class Control:
    """What a tap changer looks after: a terminal, its nominal voltage in kV, and the boost it stands at."""

    terminal: str
    kv: float
    boost: float


@dataclass(frozen=True)
class _End:
    """Where a winding belongs: its transformer, its terminal, the nominal voltage there, and its number."""

    transformer: str
    terminal: str
    kv: float
    number: int


def _winding(model: GridModel, name: str, place: _End, design: TransformerType) -> str:
    """Write a winding; the whole impedance stands at the high-voltage one, as IEC 61970-301 has it."""
    high = place.number == 1
    connection = design.windings[place.number - 1]
    kv = design.hv_kv if high else design.lv_kv
    r, x = (design.ohms(design.r_percent), design.ohms(design.x_percent)) if high else (0.0, 0.0)
    values: dict[str, Value] = {
        "PowerTransformerEnd.PowerTransformer": Ref(place.transformer),
        "TransformerEnd.Terminal": Ref(place.terminal),
        "TransformerEnd.BaseVoltage": Ref(model.mrid("BaseVoltage", f"{place.kv:g} kV")),
        "TransformerEnd.endNumber": place.number,
        "PowerTransformerEnd.connectionKind": Choice(f"cim:WindingConnection.{connection}"),
        "PowerTransformerEnd.ratedS": float(design.mva),
        "PowerTransformerEnd.ratedU": float(kv),
        "PowerTransformerEnd.r": round(r, 6),
        "PowerTransformerEnd.x": round(x, 6),
        "PowerTransformerEnd.g": 0.0,
        "PowerTransformerEnd.b": 0.0,
    }
    mrid = model.define("PowerTransformerEnd", name, values)
    earthed = connection == "Yn"
    zero_sequence: dict[str, Value] = {
        "PowerTransformerEnd.r0": round(r, 6),
        "PowerTransformerEnd.x0": round(x * 0.9, 6),
        "PowerTransformerEnd.g0": 0.0,
        "PowerTransformerEnd.b0": 0.0,
        "PowerTransformerEnd.phaseAngleClock": 0 if high else design.clock,
        "TransformerEnd.grounded": earthed,
    }
    if earthed:
        zero_sequence |= {"TransformerEnd.rground": 0.0, "TransformerEnd.xground": 0.0}
    model.files["SC"].amend("PowerTransformerEnd", mrid, zero_sequence)
    return mrid


def _tap_changer(model: GridModel, name: str, winding: str, design: TransformerType, control: Control) -> None:
    taps = design.taps
    if taps is None:
        return
    regulator = model.define(
        "TapChangerControl",
        f"{name} voltage control",
        {
            "RegulatingControl.mode": Choice("cim:RegulatingControlModeKind.voltage"),
            "RegulatingControl.Terminal": Ref(control.terminal),
        },
    )
    values: dict[str, Value] = {
        "RatioTapChanger.TransformerEnd": Ref(winding),
        "RatioTapChanger.stepVoltageIncrement": taps.percent,
        "TapChanger.TapChangerControl": Ref(regulator),
        "TapChanger.lowStep": taps.low,
        "TapChanger.highStep": taps.high,
        "TapChanger.neutralStep": taps.neutral,
        "TapChanger.normalStep": taps.neutral,
        "TapChanger.neutralU": float(design.hv_kv),
        "TapChanger.ltcFlag": True,
    }
    mrid = model.define("RatioTapChanger", f"{name} tap changer", values)
    step = design.step_for(control.boost)
    model.amend("SSH", "RatioTapChanger", mrid, {"TapChanger.controlEnabled": True, "TapChanger.step": step})
    target = _target(round(control.kv * 1.015, 2), discrete=True)
    deadband = {"RegulatingControl.targetDeadband": round(control.kv * 0.02, 2)}
    model.amend("SSH", "TapChangerControl", regulator, target | deadband)


def voltage_control(model: GridModel, name: str, terminal: str, kv: float) -> str:
    """Write a control that holds a terminal's voltage at `kv`; return its mRID."""
    mrid = model.define(
        "RegulatingControl",
        name,
        {
            "RegulatingControl.mode": Choice("cim:RegulatingControlModeKind.voltage"),
            "RegulatingControl.Terminal": Ref(terminal),
        },
    )
    model.amend("SSH", "RegulatingControl", mrid, _target(kv, discrete=False))
    return mrid


def load(model: GridModel, name: str, node: Node, demand: Demand, group: str) -> str:
    """Write a load that follows the profile of its group; return its mRID."""
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(node.level.mrid),
        "ConformLoad.LoadGroup": Ref(group),
    }
    mrid = model.define("ConformLoad", name, values)
    model.terminals(mrid, name, [node])
    state = {"Equipment.inService": True, "EnergyConsumer.p": demand.mw, "EnergyConsumer.q": demand.mvar}
    model.amend("SSH", "ConformLoad", mrid, state)
    return mrid


def load_group(model: GridModel, area: str, name: str) -> str:
    """Write a group of loads within a licence area; return its mRID."""
    whole = model.define("LoadArea", f"{area} load area", {})
    part = model.define("SubLoadArea", f"{name} load area", {"SubLoadArea.LoadArea": Ref(whole)})
    return model.define("ConformLoadGroup", f"{name} demand", {"LoadGroup.SubLoadArea": Ref(part)})


def _target(kv: float, *, discrete: bool) -> dict[str, Value]:
    return {
        "RegulatingControl.discrete": discrete,
        "RegulatingControl.enabled": True,
        "RegulatingControl.targetValue": kv,
        "RegulatingControl.targetValueUnitMultiplier": Choice("cim:UnitMultiplier.k"),
    }


def _limit_type(model: GridModel, label: str, kind: str) -> str:
    values: dict[str, Value] = {
        "OperationalLimitType.direction": Choice("cim:OperationalLimitDirectionKind.absoluteValue"),
        "eu:OperationalLimitType.kind": Choice(f"eu:LimitKind.{kind}"),
        "OperationalLimitType.isInfiniteDuration": kind == "patl",
    }
    if kind == "tatl":
        values["OperationalLimitType.acceptableDuration"] = float(_SHORT_TERM_SECONDS)
    return model.define("OperationalLimitType", f"{label} rating", values)


def _route(start: Site, end: Site) -> list[tuple[float, float]]:
    """Let a route bow a little to one side between its ends, as wayleaves do."""
    north, east = end.latitude - start.latitude, end.longitude - start.longitude
    points = []
    for part in (0.0, 0.3, 0.65, 1.0):
        bow = 0.08 * math.sin(math.pi * part)
        points.append((start.latitude + part * north - bow * east, start.longitude + part * east + bow * north))
    return points
