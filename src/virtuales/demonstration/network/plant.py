"""Types of plant: conductors and transformers with the parameters and ratings usual in Great Britain."""

import math
from dataclasses import dataclass

GENERATOR_KV = 22.0
"""Voltage of the power stations' machines."""


@dataclass(frozen=True)
class Conductor:
    """A type of circuit; impedances at 20 degrees Celsius, positive then zero sequence, per kilometre.

    Args:
        kv: Nominal voltage.
        r: Resistance in ohm/km.
        x: Reactance in ohm/km.
        b: Shunt susceptance in microsiemens/km.
        r0: Zero-sequence resistance in ohm/km.
        x0: Zero-sequence reactance in ohm/km.
        b0: Zero-sequence susceptance in microsiemens/km.
        amperes: Continuous summer rating.
    """

    kv: float
    r: float
    x: float
    b: float
    r0: float
    x0: float
    b0: float
    amperes: float


OVERHEAD_400 = Conductor(400, 0.0171, 0.272, 4.24, 0.102, 0.795, 2.49, 3180)
OVERHEAD_275 = Conductor(275, 0.0342, 0.319, 3.61, 0.121, 0.842, 2.12, 1590)
OVERHEAD_132 = Conductor(132, 0.0683, 0.388, 2.95, 0.186, 0.968, 1.71, 795)
OVERHEAD_33 = Conductor(33, 0.157, 0.349, 3.2, 0.305, 1.62, 1.55, 470)


@dataclass(frozen=True)
class TapRange:
    """A ratio tap changer on the high-voltage winding.

    Args:
        low: The lowest step.
        high: The highest step.
        neutral: The step at the rated ratio.
        percent: Change of the winding's voltage per step, in per cent.
    """

    low: int
    high: int
    neutral: int
    percent: float


@dataclass(frozen=True)
class TransformerType:
    """A type of two-winding transformer.

    Args:
        hv_kv: Rated voltage of the high-voltage winding.
        lv_kv: Rated voltage of the low-voltage winding.
        mva: Rated apparent power.
        r_percent: Resistance, in per cent on the rated power.
        x_percent: Reactance, in per cent on the rated power.
        windings: Kinds of connection (CIM `WindingConnection`) of the high- and the low-voltage winding.
        clock: Phase displacement of the low-voltage winding, in steps of 30 degrees.
        taps: The tap changer; None for a fixed ratio.
    """

    hv_kv: float
    lv_kv: float
    mva: float
    r_percent: float
    x_percent: float
    windings: tuple[str, str]
    clock: int
    taps: TapRange | None

    def ohms(self, percent: float) -> float:
        """Turn an impedance in per cent into ohms on the high-voltage side."""
        return percent / 100 * self.hv_kv**2 / self.mva

    def amperes(self, kv: float) -> float:
        """Return the rated current at one of the rated voltages."""
        return round(self.mva * 1000 / (math.sqrt(3) * kv), 1)

    def voltage_drop(self, mw: float, mvar: float) -> float:
        """Return the voltage drop, in per unit, that a load causes across one transformer of this type."""
        along = (self.r_percent * mw + self.x_percent * mvar) / 100 / self.mva
        across = (self.x_percent * mw - self.r_percent * mvar) / 100 / self.mva
        return along + across**2 / 2

    def step_for(self, boost: float) -> int:
        """Return the tap step that raises the low voltage by `boost` per unit (negative lowers it)."""
        if self.taps is None:
            return 0
        wanted = self.taps.neutral - round(boost / (1 + boost) * 100 / self.taps.percent)
        return min(self.taps.high, max(self.taps.low, wanted))


SUPERGRID_400_275 = TransformerType(400, 275, 750, 0.11, 12.0, ("Yn", "Yn"), 0, None)
SUPERGRID_400_132 = TransformerType(400, 132, 240, 0.26, 20.0, ("Yn", "Yn"), 0, TapRange(1, 19, 10, 1.67))
GRID_132_33 = TransformerType(132, 33, 90, 0.55, 22.5, ("Yn", "D"), 1, TapRange(1, 19, 13, 1.67))
PRIMARY_33_11 = TransformerType(33, 11, 24, 0.9, 20.0, ("D", "Yn"), 11, TapRange(1, 17, 12, 1.43))


def generator_transformer(mva: float) -> TransformerType:
    """Return a type of 400/22 kV generator transformer of a rated power."""
    return TransformerType(410, GENERATOR_KV, mva, 0.2, 15.0, ("Yn", "D"), 1, None)
