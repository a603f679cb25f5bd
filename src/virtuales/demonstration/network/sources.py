"""What feeds a network: generating units, and the equivalents that stand for the networks of others."""

import math
from dataclasses import dataclass
from typing import Literal

from virtuales.demonstration.network.cimxml import Choice, Ref, Value
from virtuales.demonstration.network.equipment import voltage_control
from virtuales.demonstration.network.model import GridModel, Node
from virtuales.demonstration.network.plan import Demand

Fuel = Literal["ThermalGeneratingUnit", "WindGeneratingUnit"]


@dataclass(frozen=True)
class Output:
    """What a generating unit can do and does.

    Args:
        capacity_mw: The most it can give.
        mw: What it gives now.
        control_kv: The voltage it holds at its terminals; None when it gives active power only.
    """

    capacity_mw: float
    mw: float
    control_kv: float | None = None


def generating_unit(model: GridModel, name: str, node: Node, kind: Fuel, output: Output) -> str:
    """Write a generating unit with its synchronous machine; return the machine's mRID."""
    station = model.mrid("Substation", node.level.site.name)
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(station),
        "GeneratingUnit.genControlSource": Choice("cim:GeneratorControlSource.offAGC"),
        "GeneratingUnit.maxOperatingP": output.capacity_mw,
        "GeneratingUnit.minOperatingP": 0.0,
        "GeneratingUnit.nominalP": output.capacity_mw,
    }
    if kind == "WindGeneratingUnit":
        values["WindGeneratingUnit.windGenUnitType"] = Choice("cim:WindGenUnitKind.onshore")
    unit = model.define(kind, name, values)
    # One unit alone has the highest participation factor, as IEC 61970-456 wants of a case that is not solved yet.
    share = 1.0 if model.first("leading unit") else 0.5
    model.amend("SSH", kind, unit, {"Equipment.inService": True, "GeneratingUnit.normalPF": share})
    return _machine(model, f"{name} machine", node, unit, output)


def _machine(model: GridModel, name: str, node: Node, unit: str, output: Output) -> str:
    mva = round(output.capacity_mw / 0.85, 1)
    terminal = model.mrid("Terminal", f"{name} terminal 1")
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(node.level.mrid),
        "RotatingMachine.GeneratingUnit": Ref(unit),
        "RotatingMachine.ratedS": mva,
        "RotatingMachine.ratedU": node.level.kv,
        "SynchronousMachine.type": Choice("cim:SynchronousMachineKind.generator"),
        "SynchronousMachine.maxQ": round(mva * 0.5, 1),
        "SynchronousMachine.minQ": round(mva * -0.35, 1),
    }
    held = output.control_kv
    if held is not None:
        values["RegulatingCondEq.RegulatingControl"] = Ref(model.mrid("RegulatingControl", f"{name} voltage control"))
    mrid = model.define("SynchronousMachine", name, values)
    model.terminals(mrid, name, [node])
    if held is not None:
        voltage_control(model, f"{name} voltage control", terminal, held)
    state: dict[str, Value] = {
        "Equipment.inService": True,
        "RegulatingCondEq.controlEnabled": held is not None,
        "RotatingMachine.p": -output.mw,
        "RotatingMachine.q": 0.0,
        "SynchronousMachine.operatingMode": Choice("cim:SynchronousMachineOperatingMode.generator"),
        "SynchronousMachine.referencePriority": 0,
    }
    model.amend("SSH", "SynchronousMachine", mrid, state)
    _machine_impedance(model, mrid, node.level.kv**2 / mva)
    return mrid


def _machine_impedance(model: GridModel, mrid: str, ohm: float) -> None:
    """Write a machine's short-circuit data; `ohm` is the impedance that is 1 per unit."""
    values: dict[str, Value] = {
        "SynchronousMachine.earthing": False,
        "SynchronousMachine.r": round(0.003 * ohm, 6),
        "SynchronousMachine.r0": round(0.003 * ohm, 6),
        "SynchronousMachine.r2": round(0.01 * ohm, 6),
        "SynchronousMachine.x0": round(0.1 * ohm, 6),
        "SynchronousMachine.x2": round(0.19 * ohm, 6),
        "SynchronousMachine.satDirectSubtransX": 0.18,
    }
    model.files["SC"].amend("SynchronousMachine", mrid, values)


def grid_infeed(model: GridModel, name: str, node: Node, estimate: Demand, *, fault_ka: float) -> str:
    """Write the equivalent of a stronger network that feeds this one and holds its voltage; return its mRID.

    Args:
        model: The model to write to.
        name: The equivalent's name.
        node: Where it is connected.
        estimate: What is expected to flow in.
        fault_ka: The initial symmetrical short-circuit current it can give, in kA; three quarters at the least.
    """
    held = round(node.level.kv * 1.02, 2)
    capacity = round(math.sqrt(3) * node.level.kv * fault_ka * 0.25, 1)
    control = f"{name} voltage control"
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(node.level.mrid),
        "RegulatingCondEq.RegulatingControl": Ref(model.mrid("RegulatingControl", control)),
        "ExternalNetworkInjection.governorSCD": 0.0,
        "ExternalNetworkInjection.maxP": capacity,
        "ExternalNetworkInjection.minP": -capacity,
        "ExternalNetworkInjection.maxQ": round(capacity / 2, 1),
        "ExternalNetworkInjection.minQ": round(-capacity / 2, 1),
    }
    mrid = model.define("ExternalNetworkInjection", name, values)
    terminal = model.terminals(mrid, name, [node])[0]
    voltage_control(model, control, terminal, held)
    state: dict[str, Value] = {
        "Equipment.inService": True,
        "RegulatingCondEq.controlEnabled": True,
        "ExternalNetworkInjection.p": -estimate.mw,
        "ExternalNetworkInjection.q": -estimate.mvar,
        "ExternalNetworkInjection.referencePriority": 1,
    }
    model.amend("SSH", "ExternalNetworkInjection", mrid, state)
    model.files["SC"].amend("ExternalNetworkInjection", mrid, _fault_level(fault_ka * 1000))
    return mrid


def _fault_level(amperes: float) -> dict[str, Value]:
    values: dict[str, Value] = {
        "ExternalNetworkInjection.ikSecond": False,
        "ExternalNetworkInjection.maxInitialSymShCCurrent": amperes,
        "ExternalNetworkInjection.minInitialSymShCCurrent": amperes * 0.75,
        "ExternalNetworkInjection.voltageFactor": 1.1,
    }
    for end in ("max", "min"):
        values[f"ExternalNetworkInjection.{end}R0ToX0Ratio"] = 0.12
        values[f"ExternalNetworkInjection.{end}R1ToX1Ratio"] = 0.08
        values[f"ExternalNetworkInjection.{end}Z0ToZ1Ratio"] = 0.9
    return values


def network_demand(model: GridModel, name: str, node: Node, transfer: Demand) -> str:
    """Write the equivalent of a network that takes power from this one; return its mRID."""
    network = model.define("EquivalentNetwork", f"{name} network", {})
    values: dict[str, Value] = {
        "Equipment.EquipmentContainer": Ref(node.level.mrid),
        "EquivalentEquipment.EquivalentNetwork": Ref(network),
        "EquivalentInjection.regulationCapability": False,
    }
    mrid = model.define("EquivalentInjection", name, values)
    model.terminals(mrid, name, [node])
    state: dict[str, Value] = {
        "Equipment.inService": True,
        "EquivalentInjection.p": transfer.mw,
        "EquivalentInjection.q": transfer.mvar,
    }
    model.amend("SSH", "EquivalentInjection", mrid, state)
    weak: dict[str, Value] = {
        f"EquivalentInjection.{letter}{order}": value
        for letter, value in (("r", 5.0), ("x", 50.0))
        for order in ("", "0", "2")
    }
    model.files["SC"].amend("EquivalentInjection", mrid, weak)
    return mrid
