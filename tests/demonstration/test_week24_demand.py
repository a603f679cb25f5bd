"""Week-24 demand: a complete table whose highest half hour is the case that the models describe."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from virtuales.demonstration.network import GridModel, NetworkSpec, generate, plan_grid, week24_csv
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run
from virtuales.preparation.rml.finding import find_sources
from virtuales.preparation.rml.reading import read_mapping
from virtuales.preparation.rml.targets import Output, write_chunks
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.terms import plain
from virtuales.resources import contributed

CIM = "{http://iec.ch/TC57/CIM100#}"


def rows(spec: NetworkSpec) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(week24_csv(plan_grid(spec)).decode())))


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    return rows(NetworkSpec())


def test_has_seven_days_of_48_half_hours_for_each_supply_point(table: list[dict[str, str]]) -> None:
    plan = plan_grid(NetworkSpec())
    expected = [
        (supply.site.name, (date(2026, 6, 8) + timedelta(days=day)).isoformat(), str(period))
        for supply in plan.grid_supply_points
        for day in range(7)
        for period in range(1, 49)
    ]
    found = [(r["grid_supply_point"], r["settlement_date"], r["settlement_period"]) for r in table]
    assert found == expected


def test_periods_follow_each_other_in_universal_time(table: list[dict[str, str]]) -> None:
    starts = [datetime.fromisoformat(row["period_start_utc"]) for row in table[: 7 * 48]]
    assert starts[0] == datetime.fromisoformat("2026-06-07T23:00:00Z")
    assert {later - sooner for sooner, later in pairwise(starts)} == {timedelta(minutes=30)}


def test_names_the_substation_that_the_models_name(table: list[dict[str, str]]) -> None:
    spec = NetworkSpec()
    for row in table:
        assert row["grid_supply_point_mrid"] == GridModel(spec.seed).mrid("Substation", row["grid_supply_point"])


def test_net_demand_is_gross_demand_less_embedded_generation(table: list[dict[str, str]]) -> None:
    for row in table:
        net = float(row["gross_demand_mw"]) - float(row["embedded_generation_mw"])
        assert float(row["net_demand_mw"]) == pytest.approx(net, abs=0.006)
        assert 0 < float(row["gross_demand_mvar"]) < float(row["gross_demand_mw"])


def test_the_highest_half_hour_is_the_sum_of_the_models_loads(table: list[dict[str, str]]) -> None:
    spec = NetworkSpec()
    state = next(file for file in generate(spec, "distribution") if file.profile == "SSH")
    loads = [float(e.text or "nan") for e in etree.fromstring(state.content).iter(f"{CIM}EnergyConsumer.p")]
    highest = [
        max(
            (row for row in table if row["grid_supply_point"] == supply.site.name),
            key=lambda row: float(row["gross_demand_mw"]),
        )
        for supply in plan_grid(spec).grid_supply_points
    ]
    assert {row["period_start_utc"] for row in highest} == {"2026-06-10T16:30:00Z"}
    assert sum(float(row["gross_demand_mw"]) for row in highest) == pytest.approx(sum(loads), abs=0.02)


def test_demand_has_the_shape_of_a_week(table: list[dict[str, str]]) -> None:
    demand = {(r["settlement_date"], int(r["settlement_period"])): float(r["gross_demand_mw"]) for r in table[: 7 * 48]}
    days = [sum(demand[str(date(2026, 6, 8 + day)), period] for period in range(1, 49)) for day in range(7)]
    assert max(days[5:]) < min(days[:5]), "weekends are lower"
    for day in range(7):
        night, evening = demand[str(date(2026, 6, 8 + day)), 8], demand[str(date(2026, 6, 8 + day)), 36]
        assert 0.5 < night / evening < 0.7


def test_the_week_of_another_year_starts_on_its_monday() -> None:
    first = rows(NetworkSpec(year=2027))[0]
    assert first["settlement_date"] == "2027-06-14"


def test_is_lifted_by_the_contributed_mapping_onto_the_models_of_the_network(tmp_path: Path) -> None:
    plan = plan_grid(NetworkSpec())
    (tmp_path / "week24-demand.csv").write_bytes(week24_csv(plan))
    mapping = read_mapping(contributed("mappings") / "week24-demand.rml.ttl")
    chunks = carry_out_in_bulk(mapping, Run(find_sources(mapping, tmp_path, {}), "https://vale.example/"))
    written = write_chunks(chunks, Output(tmp_path / "lifted.nt", N_TRIPLES, tmp_path))
    named = {
        plain(quad.subject): plain(quad.object)
        for quad in parse_file(tmp_path / "lifted.nt")
        if quad.predicate.value.endswith("IdentifiedObject.name") and plain(quad.subject).startswith("urn:uuid:")
    }
    model = GridModel(NetworkSpec().seed)
    assert named == {
        f"urn:uuid:{model.mrid('Substation', supply.site.name)}": supply.site.name for supply in plan.grid_supply_points
    }
    assert [one.statements for one in written] == [27 * len(plan.grid_supply_points)]
