"""Sample network models: what is refused, that bytes repeat, and that the files hold together."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from virtuales.demonstration.network import (
    SAMPLE_ORGANISATIONS,
    VIEWS,
    GridModel,
    NetworkSpec,
    View,
    generate,
    open_point_name,
    plan_grid,
    sample_packages,
    write_archive,
)
from virtuales.errors import InputError

CIM = "http://iec.ch/TC57/CIM100#"
EU = "http://iec.ch/TC57/CIM100-European#"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
MD = "{http://iec.ch/TC57/61970-552/ModelDescription/1#}"
PROFILES = {
    "EQ": "CoreEquipment-EU",
    "SC": "ShortCircuit-EU",
    "SSH": "SteadyStateHypothesis-EU",
    "TP": "Topology-EU",
    "GL": "GeographicalLocation-EU",
}
EQUIVALENTS = {"EquivalentInjection", "EquivalentNetwork", "ExternalNetworkInjection", "RegulatingControl", "Terminal"}


@dataclass(frozen=True)
class Described:
    """One object of one file: its class, identifier, whether the file introduces it, and what it says."""

    kind: str
    mrid: str
    introduced: bool
    texts: dict[str, str]
    references: dict[str, str]


def objects(content: bytes) -> Iterator[Described]:
    for element in etree.fromstring(content):
        if element.tag.startswith(MD):
            continue
        identifier = element.get(f"{RDF}ID")
        subject = identifier or element.get(f"{RDF}about", "").removeprefix("#")
        yield Described(
            kind=etree.QName(element).localname,
            mrid=subject.removeprefix("_"),
            introduced=identifier is not None,
            texts={etree.QName(c).localname: c.text or "" for c in element if c.get(f"{RDF}resource") is None},
            references={
                etree.QName(c).localname: c.get(f"{RDF}resource", "")
                for c in element
                if c.get(f"{RDF}resource") is not None
            },
        )


def model(view: View, spec: NetworkSpec | None = None) -> dict[str, list[Described]]:
    return {file.profile: list(objects(file.content)) for file in generate(spec or NetworkSpec(), view)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grid_supply_points", 0),
        ("grid_supply_points", 2_001),
        ("bulk_supply_points", 0),
        ("bulk_supply_points", 13),
        ("feeders", -1),
        ("feeders", 25),
        ("seed", -1),
        ("year", 1999),
        ("feeders", 1.5),
        ("feeders", True),
    ],
)
def test_refuses_a_size_that_cannot_be_built(field: str, value: object) -> None:
    with pytest.raises(InputError) as caught:
        NetworkSpec(**{field: value})  # type: ignore[arg-type]
    assert field in str(caught.value)
    assert "whole number from" in str(caught.value)


def test_refuses_more_substations_than_there_are_names() -> None:
    with pytest.raises(InputError, match="more of them than there are names"):
        NetworkSpec(grid_supply_points=2_000, bulk_supply_points=12, feeders=24)


def test_refuses_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such directory"):
        sample_packages(tmp_path / "nowhere")


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
    one, two = (sample_packages(tmp_path / run) for run in ("one", "two"))
    assert [p.archive.read_bytes() for p in one] == [p.archive.read_bytes() for p in two]
    assert [p.week24.read_bytes() for p in one if p.week24] == [p.week24.read_bytes() for p in two if p.week24]


def test_another_seed_draws_another_grid() -> None:
    names = [{site.name for site in plan_grid(NetworkSpec(seed=seed)).sites} for seed in (1, 2)]
    assert len(names[0] & names[1]) < len(names[0])
    assert GridModel(1).mrid("Substation", "Ravenscar") != GridModel(2).mrid("Substation", "Ravenscar")


@pytest.mark.parametrize("spec", [NetworkSpec(), NetworkSpec(grid_supply_points=5, bulk_supply_points=4, feeders=3)])
def test_plans_as_many_substations_as_specified_each_with_its_own_name(spec: NetworkSpec) -> None:
    sites = plan_grid(spec).sites
    assert len(sites) == spec.sites
    assert len({site.name for site in sites}) == spec.sites


def test_grows_with_its_specification() -> None:
    sizes = [
        sum(file.content.count(b"\n    <") for file in generate(NetworkSpec(grid_supply_points=count)))
        for count in (2, 4, 8)
    ]
    assert sizes[1] == pytest.approx(2 * sizes[0], rel=0.05)
    assert sizes[2] == pytest.approx(4 * sizes[0], rel=0.05)


@pytest.mark.parametrize("view", VIEWS)
def test_headers_name_profile_dependencies_and_scenario(view: View) -> None:
    files = generate(NetworkSpec(), view)
    assert [file.profile for file in files] == list(PROFILES)
    identifiers, dependencies = {}, {}
    for file in files:
        root = etree.fromstring(file.content)
        assert {"cim": CIM, "eu": EU}.items() <= root.nsmap.items()
        header = root.find(f"{MD}FullModel")
        assert header is not None
        identifiers[file.profile] = header.get(f"{RDF}about")
        dependencies[file.profile] = {e.get(f"{RDF}resource") for e in header.findall(f"{MD}Model.DependentOn")}
        profile = f"http://iec.ch/TC57/ns/CIM/{PROFILES[file.profile]}/3.0"
        assert header.findtext(f"{MD}Model.profile") == profile
        assert header.findtext(f"{MD}Model.scenarioTime") == "2026-06-10T16:30:00Z"
        assert (header.findtext(f"{MD}Model.modelingAuthoritySet") or "").endswith(".example/modelling")
        assert file.name == f"20260610T1630Z_{file.name.split('_')[1]}_{file.profile}_001.xml"
    assert dependencies["EQ"] == set()
    assert dependencies["SC"] == dependencies["SSH"] == dependencies["GL"] == {identifiers["EQ"]}
    assert dependencies["TP"] == {identifiers["EQ"], identifiers["SSH"]}


@pytest.mark.parametrize("view", VIEWS)
def test_every_reference_resolves_within_the_model(view: View) -> None:
    files = model(view)
    introduced = [one.mrid for file in files.values() for one in file if one.introduced]
    assert len(introduced) == len(set(introduced))
    known = set(introduced)
    for file in files.values():
        for one in file:
            assert one.introduced or one.mrid in known
            for target in one.references.values():
                assert not target.startswith("#_") or target[2:] in known


@pytest.mark.parametrize("view", VIEWS)
def test_every_identified_object_repeats_its_identifier(view: View) -> None:
    equipment = model(view)["EQ"]
    assert all(one.texts["IdentifiedObject.mRID"] == one.mrid for one in equipment)
    assert all(one.texts["IdentifiedObject.name"] for one in equipment)


def test_the_interconnection_is_open_and_normally_so() -> None:
    plan = plan_grid(NetworkSpec())
    one, other = (supply.site.name for supply in plan.grid_supply_points)
    breaker = GridModel(plan.spec.seed).mrid("Breaker", open_point_name(one, other))
    files = model("distribution")
    opened = {o.mrid for o in files["SSH"] if o.texts.get("Switch.open") == "true"}
    normally = {o.mrid for o in files["EQ"] if o.texts.get("Switch.normalOpen") == "true"}
    assert opened == normally == {breaker}
    ends = {o.mrid for o in files["EQ"] if o.references.get("Terminal.ConductingEquipment") == f"#_{breaker}"}
    nodes = {o.references["Terminal.TopologicalNode"] for o in files["TP"] if o.mrid in ends}
    assert len(nodes) == 2, "an open breaker separates two topological nodes"


@pytest.mark.parametrize("view", VIEWS)
def test_circuits_and_transformers_have_ratings_at_both_ends(view: View) -> None:
    equipment = model(view)["EQ"]
    kinds = {one.mrid: one.kind for one in equipment}
    terminals = {
        one.mrid
        for one in equipment
        if one.kind == "Terminal"
        and kinds[one.references["Terminal.ConductingEquipment"][2:]] in {"ACLineSegment", "PowerTransformer"}
    }
    sets = {
        one.mrid: one.references["OperationalLimitSet.Terminal"][2:]
        for one in equipment
        if one.kind == "OperationalLimitSet"
    }
    types = {
        one.mrid: one.references["OperationalLimitType.kind"] for one in equipment if one.kind == "OperationalLimitType"
    }
    rated: dict[str, set[str]] = {}
    for one in equipment:
        if one.kind == "CurrentLimit":
            assert float(one.texts["CurrentLimit.normalValue"]) > 100
            terminal = sets[one.references["OperationalLimit.OperationalLimitSet"][2:]]
            rated.setdefault(terminal, set()).add(types[one.references["OperationalLimit.OperationalLimitType"][2:]])
    assert rated.keys() == terminals
    assert all(kinds == {f"{EU}LimitKind.patl", f"{EU}LimitKind.tatl"} for kinds in rated.values())


def test_owners_share_the_busbars_and_the_operator_holds_the_union() -> None:
    transmission, distribution, system = (
        {one.mrid: one for one in model(view)["EQ"]} for view in ("transmission", "distribution", "system")
    )
    shared = transmission.keys() & distribution.keys()
    assert {transmission[mrid].kind for mrid in shared} >= {
        "BusbarSection",
        "Breaker",
        "ConnectivityNode",
        "Substation",
    }
    assert all(transmission[mrid] == distribution[mrid] for mrid in shared)
    both = transmission | distribution
    assert system.keys() <= both.keys()
    dropped = [both[mrid] for mrid in both.keys() - system.keys()]
    assert {one.kind for one in dropped} <= EQUIVALENTS
    assert all("equivalent" in one.texts["IdentifiedObject.name"] for one in dropped)


@pytest.mark.parametrize("view", VIEWS)
def test_substations_and_circuits_are_placed_in_the_packages_area(view: View, tmp_path: Path) -> None:
    producers = {"transmission": "northmoor", "distribution": "vale", "system": "balancing"}
    package = next(p for p in sample_packages(tmp_path) if p.organisation == producers[view])
    west, south, east, north = package.bbox
    files = model(view)
    placed = {o.references["Location.PowerSystemResources"][2:] for o in files["GL"] if o.kind == "Location"}
    assert placed == {o.mrid for o in files["EQ"] if o.kind in {"Substation", "ACLineSegment"}}
    for one in files["GL"]:
        if one.kind == "PositionPoint":
            assert west - 0.05 < float(one.texts["PositionPoint.xPosition"]) < east + 0.05
            assert south - 0.05 < float(one.texts["PositionPoint.yPosition"]) < north + 0.05


def test_packages_name_their_producers_and_hold_what_they_say(tmp_path: Path) -> None:
    packages = sample_packages(tmp_path)
    assert [package.organisation for package in packages] == ["northmoor", "vale", "balancing"]
    for package in packages:
        assert package.organisation in SAMPLE_ORGANISATIONS
        assert package.sensitivity in {"O", "SA", "SB", "SP", "C"}
        with zipfile.ZipFile(package.archive) as archive:
            assert archive.testzip() is None
            assert [name.split("_")[2] for name in archive.namelist()] == list(PROFILES)
    assert [package.week24 is not None for package in packages] == [False, False, True]


def test_organisations_are_plainly_fictional() -> None:
    for key, organisation in SAMPLE_ORGANISATIONS.items():
        assert organisation.key == key
        assert organisation.contact_email.endswith(".example")
        assert organisation.registration_number.startswith("XX")


def test_an_archive_is_written_where_asked(tmp_path: Path) -> None:
    path = write_archive(
        NetworkSpec(grid_supply_points=1, bulk_supply_points=1, feeders=0), "system", tmp_path / "a.zip"
    )
    assert zipfile.is_zipfile(path)
