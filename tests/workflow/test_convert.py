"""Official models in CGMES 2.4.15 become models in CGMES 3.0 that conform, solve alike, and lead back."""

import importlib
import zipfile
from collections import abc
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.shared_data import shared

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.validator import validate
from virtuales.clock import SystemClock
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader, write_zip
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.ntriples import body
from virtuales.preparation.cim.writer import write_model
from virtuales.resources import contributed
from virtuales.workflow.convert import Converted, Converter

# pypowsybl is typed but re-exports nothing explicitly, so a type checker cannot see its public names.
networks: Any = importlib.import_module("pypowsybl.network")
solver: Any = importlib.import_module("pypowsybl.loadflow")

OLD, NEW = "cgmes-2.4.15", "cgmes-3.0"
MODELS = ModelRegistry.load(contributed("ontology"))
SHAPES = SchemaRegistry.load(contributed("shapes"))
CIM = "data/cim/cgmes-2.4.15"
MICRO = f"{CIM}/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
MINI = f"{CIM}/MiniGrid/NodeBreaker/CGMES_v2.4.15_MiniGridTestConfiguration_"
PACKAGES = {
    "MicroGrid assembled": (MICRO + "BC_Assembled_v2", MICRO + "BD_v2"),
    "MicroGrid Belgium": (MICRO + "BC_BE_v2", MICRO + "BD_v2"),
    "MicroGrid Netherlands": (MICRO + "BC_NL_v2", MICRO + "BD_v2"),
    "MiniGrid node-breaker": (MINI + "BaseCase_Complete_v3", MINI + "Boundary_v3"),
    "MiniGrid bus-branch": (
        f"{CIM}/MiniGrid/BusBranch/CGMES_v2.4.15_MiniGridTestConfiguration_BaseCase_v3",
        MINI + "Boundary_v3",
    ),
}
packages = pytest.mark.parametrize("name", PACKAGES)


def converter() -> Converter:
    folder = contributed("mappings")
    return Converter(MODELS, MappingRegistry.load(folder), RuleRegistry.load(folder), SystemClock())


def read(files: abc.Sequence[Path], directory: Path) -> tuple[ModelFile, ...]:
    directory.mkdir()
    return CollectionReader(MODELS, "urn:model").read(files, directory).models


def converted(name: str, tmp_path: Path) -> tuple[tuple[ModelFile, ...], Converted]:
    files = [file for folder in PACKAGES[name] for file in sorted(shared(folder).glob("*.xml"))]
    models = read(files, tmp_path / "read")
    (tmp_path / "made").mkdir()
    return models, converter().convert(models, NEW, tmp_path / "made")


def zipped(models: abc.Iterable[ModelFile], target: Path) -> Path:
    write_zip({Path(model.name).name: partial(write_model, model) for model in models}, target)
    return target


def statements(models: abc.Iterable[ModelFile]) -> set[bytes]:
    found: set[bytes] = set()
    for model in models:
        with model.statements.open("rb") as lines:
            found.update(body(lines, model.header))
    return found


def terms(lines: abc.Iterable[bytes]) -> set[str]:
    """Return the property that each statement says, or the class where it says one."""
    parts = (line.split(b" ", 2) for line in lines)
    said = (rest[:-3] if predicate.endswith(b"-ns#type>") else predicate for _, predicate, rest in parts)
    return {term.decode()[1:-1] for term in said}


def test_refuses_models_of_several_editions_and_a_model_nobody_mapped(tmp_path: Path) -> None:
    file = shared(MICRO + "BD_v2/MicroGridTestConfiguration_EQ_BD.xml")
    models = read([file], tmp_path / "read")
    with pytest.raises(InputError, match="No mapping set relates"):
        converter().convert(models, "dcat-3", tmp_path)


@packages
def test_the_result_conforms_and_every_statement_is_accounted_for(name: str, tmp_path: Path) -> None:
    models, result = converted(name, tmp_path)
    account = result.account
    assert account.statements == sum(entry.count for entry in account.entries)
    assert account.statements >= len(statements(models))
    assert account.total("lost") / account.statements < 0.005
    assert {one.detail.split(".")[0] for one in account.lost} <= {
        "Declared to have no counterpart",
        "No mapping names the term",
    }
    assert [one for one in account.made if not one.placed] == []
    for model in result.models:
        report = validate(ColumnarGraph.from_n_triples(model.statements), SHAPES.shapes_for(model.profiles))
        assert report.acceptable, f"{model.name}: {[group.message for group in report.groups][:3]}"


@packages
def test_leads_back_to_the_original_except_for_what_is_listed(name: str, tmp_path: Path) -> None:
    models, result = converted(name, tmp_path)
    (tmp_path / "back").mkdir()
    back = converter().convert(result.models, OLD, tmp_path / "back")
    before, after = statements(models), statements(back.models)
    lost = {one.term for one in (*result.account.lost, *back.account.lost)}
    unplaced = {one.term for one in back.account.made if not one.placed}
    by_rule = {one.term for one in result.account.entries if one.outcome == "rule"}
    assert terms(before - after) <= lost | unplaced | by_rule
    made = {one.term.rpartition("#")[2] for one in result.account.made} | {
        one.term.rpartition("#")[2] for one in back.account.made
    }
    assert {term.rpartition("#")[2] for term in terms(after - before)} <= made


def test_impedances_lead_back_to_the_same_numbers(tmp_path: Path) -> None:
    models, result = converted("MicroGrid assembled", tmp_path)
    (tmp_path / "back").mkdir()
    back = converter().convert(result.models, OLD, tmp_path / "back")

    def numbers(of: abc.Iterable[ModelFile]) -> dict[bytes, float]:
        lines = (
            line for line in statements(of) if b"SynchronousMachine.r2>" in line or b"SynchronousMachine.x0>" in line
        )
        return {line.rpartition(b' "')[0]: float(line.split(b'"')[1]) for line in lines}

    assert len(numbers(models)) == 10
    assert numbers(back.models) == pytest.approx(numbers(models), rel=1e-6)


DYNAMICS = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:cim="http://iec.ch/TC57/2013/CIM-schema-cim16#"
    xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#">
  <md:FullModel rdf:about="urn:uuid:5c6a1e0e-0a5e-4f43-9f5c-3a4a5a2b7c11">
    <md:Model.created>2026-01-01T00:00:00Z</md:Model.created>
    <md:Model.profile>http://entsoe.eu/CIM/Dynamics/3/1</md:Model.profile>
  </md:FullModel>
  <cim:GovGAST2 rdf:ID="_5c6a1e0e-0a5e-4f43-9f5c-3a4a5a2b7c12">
    <cim:GovGAST2.z>{}</cim:GovGAST2.z>
  </cim:GovGAST2>
</rdf:RDF>
"""


@pytest.mark.parametrize(("droop", "mode"), [("true", "1"), ("false", "0")])
def test_the_mode_of_a_governor_becomes_a_number_and_leads_back(droop: str, mode: str, tmp_path: Path) -> None:
    file = tmp_path / "DY.xml"
    file.write_text(DYNAMICS.format(droop), encoding="utf-8")
    result = converter().convert(read([file], tmp_path / "read"), NEW, tmp_path)
    (tmp_path / "back").mkdir()
    back = converter().convert(result.models, OLD, tmp_path / "back")
    assert modes(result.models) == [mode]
    assert modes(back.models) == [droop]


def modes(models: abc.Iterable[ModelFile]) -> list[str]:
    return [line.split(b'"')[1].decode() for line in statements(models) if b"GovGAST2.z>" in line]


def load_flow(package: Path, *, alternating: bool = True) -> dict[str, tuple[float, float]]:
    """Solve a package and give, for each load and generator, its voltage per unit and its angle in degrees.

    Angles are counted from the first machine's, since which node has the angle zero is the solver's own choice.
    MiniGrid is for short-circuit studies and has no voltage to hold, in either edition: there all machines are made to
    hold their nominal voltage.

    Args:
        package: The zip.
        alternating: Whether the whole equations are solved, or the direct-current approximation.
    """
    network = networks.load(str(package))
    levels = network.get_voltage_levels()["nominal_v"]
    machines = network.get_generators(all_attributes=True)
    if not machines["voltage_regulator_on"].any():
        for name, level in machines["voltage_level_id"].items():
            network.update_generators(id=name, target_v=float(levels[level]), voltage_regulator_on=True)
    parameters = solver.Parameters(distributed_slack=False)
    (result, *_) = solver.run_ac(network, parameters) if alternating else solver.run_dc(network, parameters)
    assert result.status == solver.ComponentStatus.CONVERGED, result.status_text
    buses = network.get_buses()
    found = {}
    for table in (network.get_generators(all_attributes=True), network.get_loads(all_attributes=True)):
        for name, row in table.iterrows():
            if row["bus_id"] in buses.index:
                bus = buses.loc[row["bus_id"]]
                found[str(name)] = (bus["v_mag"] / levels[row["voltage_level_id"]], bus["v_angle"])
    _, zero = found[min(found)]
    return {name: (voltage, angle - zero) for name, (voltage, angle) in found.items()}


@packages
def test_other_software_finds_the_same_load_flow_in_both_editions(name: str, tmp_path: Path) -> None:
    models, result = converted(name, tmp_path)
    alternating = name.startswith("MicroGrid")  # MiniGrid's equations are solved on some runs only, in either edition
    before = load_flow(zipped(models, tmp_path / "before.zip"), alternating=alternating)
    after = load_flow(zipped(result.models, tmp_path / "after.zip"), alternating=alternating)
    assert before
    assert after == {key: pytest.approx(value, abs=1e-6, nan_ok=True) for key, value in before.items()}


def test_other_software_finds_the_load_flow_of_the_official_edition_in_what_was_converted(tmp_path: Path) -> None:
    """MiniGrid's official edition in CGMES 3.0 is of the same network; MicroGrid's was modelled anew."""
    _, result = converted("MiniGrid node-breaker", tmp_path)
    official = tmp_path / "official.zip"
    with zipfile.ZipFile(official, "w") as archive:
        for file in sorted(shared("data/cim/cgmes-3.0/MiniGrid").glob("*.xml")):
            archive.write(file, file.name)
    theirs = load_flow(official, alternating=False)
    ours = load_flow(zipped(result.models, tmp_path / "made.zip"), alternating=False)
    assert len(theirs) == 8
    assert ours == {key: pytest.approx(value, abs=1e-6, nan_ok=True) for key, value in theirs.items()}
