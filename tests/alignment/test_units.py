"""Values are converted without rounding, between units of one quantity only; the facts are QUDT's."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Store
from tests.shared_data import shared

from virtuales.alignment.units import PER_UNIT, Base, Unit, Units, exact, shipped_units
from virtuales.errors import ConfigurationError, InputError, UnknownTerm
from virtuales.models.registry import ModelRegistry
from virtuales.models.terms import unit_symbol
from virtuales.resources import contributed

UNITS = shipped_units()
QUDT_FILE = "data/vocab/qudt/src/main/rdf/vocab/unit/VOCAB_QUDT-UNITS-ALL.ttl"
OURS = "https://w3id.org/virtuales/unit#"
STANDARD = [unit for unit in UNITS if not unit.iri.startswith(OURS)]
PAIRS = [(one, two) for one in UNITS for two in UNITS if one.kinds & two.kinds and one.currency == two.currency]


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("MVA", "MW", "one measures ApparentPower, the other ElectricPower or Power"),
        ("MW", "Mvar", "one measures ElectricPower or Power, the other NonActivePower"),
        ("Mvar", "MVA", "the other ApparentPower"),
        ("MWh", "MVArh", "the other ReactiveEnergy"),
        ("MW", "MWh", "dimensions"),
        ("Hz", "s", "dimensions"),
        ("ohm", "S", "dimensions"),
        ("GBP", "EUR", "one is in GBP, the other in EUR"),
        ("GBP/MWh", "EUR/kWh", "one is in GBP, the other in EUR"),
        ("pu", "kV", "a base value"),
        ("%", "pu", "a base value"),
        ("deg", "%", "one measures Angle or PlaneAngle, the other DimensionlessRatio"),
    ],
)
def test_refuses_to_convert_between_different_quantities(source: str, target: str, why: str) -> None:
    with pytest.raises(InputError) as error:
        UNITS.convert(1, source, target)
    assert why in error.value.what


def test_refuses_units_that_are_not_known() -> None:
    with pytest.raises(UnknownTerm, match="`mw/H`"):
        UNITS.convert(1, "mw/H", "kW")


def test_refuses_two_units_that_are_written_the_same_way() -> None:
    named = [Unit(f"urn:{name}", "x", Fraction(1), names=frozenset({"x"})) for name in "ab"]
    with pytest.raises(ConfigurationError, match="both <urn:a> and <urn:b>"):
        Units(named)


@pytest.mark.parametrize(
    ("base", "source", "target"),
    [(Base(0, "kV"), "kV", "pu"), (Base(100, "MVA"), "pu", "MW"), (Base(400, "kV"), "kV", "V")],
)
def test_refuses_base_values_that_are_of_no_use(base: Base, source: str, target: str) -> None:
    with pytest.raises(InputError):
        UNITS.convert(1, source, target, base=base)


@pytest.mark.parametrize(
    ("value", "source", "target", "converted"),
    [
        ("5", "MW", "kW", "5000"),
        ("0.1", "kVAr", "Mvar", "0.0001"),
        (1, "GWh", "TJ", "3.6"),
        (90, "MW/min", "MW/s", "1.5"),
        ("0", "degC", "K", "273.15"),
        (212, "°F", "°C", "100"),
        ("50", "GBP/MWh", "GBP/kWh", "0.05"),
        (250, "gCO2/kWh", "tCO2/MWh", "0.25"),
        (1, "http://qudt.org/vocab/unit/KiloM", "m", "1000"),
        (180, "deg", "deg", "180"),
        (3, "h", "min", "180"),
    ],
)
def test_converts_without_rounding(value: int | str, source: str, target: str, converted: str) -> None:
    assert UNITS.convert(value, source, target) == Fraction(converted)


def test_converts_per_unit_by_the_base_that_is_given() -> None:
    assert UNITS.convert("0.95", "pu", "V", base=Base(132, "kV")) == 125_400
    assert UNITS.convert(66, "kV", "pu", base=Base(132_000, "V")) == Fraction(1, 2)


@given(st.fractions(max_denominator=10**6), st.sampled_from(PAIRS))
def test_there_and_back_is_the_same_value(value: Fraction, pair: tuple[Unit, Unit]) -> None:
    one, two = pair
    assert UNITS.convert(UNITS.convert(value, one.iri, two.iri), two.iri, one.iri) == value


@pytest.mark.parametrize(("written", "number"), [("0.3333333333333333333", Fraction(1, 3)), ("1609.344", None)])
def test_simple_fractions_are_recognised_by_their_digits(written: str, number: Fraction | None) -> None:
    assert exact(written) == (number or Fraction(written))


@pytest.mark.parametrize("name", ["cgmes-2.4.15", "cgmes-3.0", "gb-ltds-1.0.1"])
def test_knows_every_unit_that_models_name(name: str) -> None:
    model = ModelRegistry.load(contributed("ontology")).model(name)
    symbols = {unit_symbol(fact) for fact in model.properties.values()} - {""}
    assert len(symbols) > 10
    assert [symbol for symbol in sorted(symbols) if UNITS.find(symbol) is None] == []


def test_figures_are_those_of_qudt() -> None:
    qudt = Store()
    qudt.bulk_load(path=shared(QUDT_FILE), format=RdfFormat.TURTLE)

    def values(unit: Unit, *names: str) -> set[str]:
        subject = NamedNode(unit.iri)
        predicates = [NamedNode(f"http://qudt.org/schema/qudt/{name}") for name in names]
        return {quad.object.value for one in predicates for quad in qudt.quads_for_pattern(subject, one, None)}  # type: ignore[union-attr]

    assert len(STANDARD) == 111
    for unit in STANDARD:
        (multiplier,) = values(unit, "conversionMultiplier")
        assert unit.multiplier == exact(multiplier), unit.iri
        assert {str(unit.offset)} == ({str(Fraction(one)) for one in values(unit, "conversionOffset")} or {"0"})
        assert values(unit, "symbol") == {unit.symbol}
        assert {f"http://qudt.org/vocab/dimensionvector/{unit.dimension}"} == values(unit, "hasDimensionVector")
        kinds = {iri.rpartition("/")[2] for iri in values(unit, "unitForQuantityKind", "hasQuantityKind")}
        assert unit.kinds <= kinds, unit.iri
        codes = values(unit, "ucumCode")
        assert not codes or codes & unit.names, unit.iri


def test_our_own_units_are_those_that_qudt_has_no_iri_for() -> None:
    qudt = Store()
    qudt.bulk_load(path=shared(QUDT_FILE), format=RdfFormat.TURTLE)
    ours = [unit.iri for unit in UNITS if unit.iri.startswith(OURS)]
    assert len(ours) == 12
    assert PER_UNIT in ours
    for iri in ours:
        there = NamedNode(f"http://qudt.org/vocab/unit/{iri.removeprefix(OURS)}")
        assert not list(qudt.quads_for_pattern(there, None, None)), iri
