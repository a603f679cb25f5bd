"""A made-up electricity system, split by owner: network models in terms of CIM, and a market operator's units.

Everything is named by its mRID as a `urn:uuid`, so that no IRI shows whose it is. Where networks meet, both owners
describe the node: the same mRID, each with its own equipment on it. The market's units name the generators of others.
"""

import random
import uuid
from typing import Final

from federation.statements import RDF_TYPE, Federation, Site, text, typed

CIM: Final = "http://iec.ch/TC57/CIM100#"
MARKET: Final = "http://market.example/terms#"
FUELS: Final = ("wind", "solar", "gas", "battery")
FEEDERS: Final = 4
"""Feeders, each with a breaker, a line and a consumer or generator, in each voltage level."""


def grid(owners: int, substations: int, *, seed: int = 2) -> Federation:
    """Make the models of one transmission owner, of distribution owners and of a market operator, always the same.

    Args:
        owners: How many sites; the first is the transmission owner's, the last the market operator's.
        substations: How many substations each network has.
        seed: What the numbers are drawn from.
    """
    draw = random.Random(seed)  # noqa: S311 - sample data, not secrets
    names = ["transmission", *(f"distribution{number}" for number in range(1, owners - 1)), "market"]
    sites = [Site(name, "market" if name == "market" else "network") for name in names]
    for site in sites[:-1]:
        for number in range(substations):
            _substation(site, number, draw)
    for site in sites[1:-1]:
        for number in range(0, substations, 4):
            _boundary(sites[0], site, number)
    _units(sites[-1], sites[:-1], substations, draw)
    places = {"networks": names[:-1], "distribution": names[1:-1], "market": ["market"]}
    places |= {"transmission": ["transmission"], "first": names[1:2], "all": names}
    constants = {
        "Substation": f"<{_mrid('distribution1', 'Substation0')}>",
        "Unit": f"<{_mrid('market', 'Unit0')}>",
        "Ties": f"<{_mrid('distribution1', 'Ties')}>",
    }
    return Federation("energy", sites, constants, places)


def _mrid(owner: str, name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{owner}/{name}')}"


def _thing(site: Site, name: str, kind: str, *, owner: str = "") -> str:
    """Describe a thing by its class and its name; return its IRI."""
    iri = _mrid(owner or site.name, name)
    site.relate(iri, RDF_TYPE, f"{CIM}{kind}")
    site.say(iri, f"{CIM}IdentifiedObject.mRID", text(iri.removeprefix("urn:uuid:")))
    site.say(iri, f"{CIM}IdentifiedObject.name", text(f"{name} {owner or site.name}"))
    return iri


def _terminal(site: Site, name: str, equipment: str, node: str) -> None:
    terminal = _thing(site, name, "Terminal")
    site.relate(terminal, f"{CIM}Terminal.ConductingEquipment", equipment)
    site.relate(terminal, f"{CIM}Terminal.ConnectivityNode", node)


def _substation(site: Site, number: int, draw: random.Random) -> None:
    station = _thing(site, f"Substation{number}", "Substation")
    level = _thing(site, f"Level{number}", "VoltageLevel")
    site.relate(level, f"{CIM}VoltageLevel.Substation", station)
    site.say(level, f"{CIM}VoltageLevel.highVoltageLimit", typed(draw.choice((132, 275, 400)), "decimal"))
    busbar = _thing(site, f"Node{number}", "ConnectivityNode")
    site.relate(busbar, f"{CIM}ConnectivityNode.ConnectivityNodeContainer", level)
    for feeder in range(FEEDERS):
        name = f"{number}-{feeder}"
        far = _thing(site, f"FarNode{name}", "ConnectivityNode")
        line = _thing(site, f"Line{name}", "ACLineSegment")
        site.say(line, f"{CIM}ACLineSegment.r", typed(draw.randint(1, 400) / 100, "decimal"))
        _terminal(site, f"Near{name}", line, busbar)
        _terminal(site, f"Far{name}", line, far)
        at_end = _generator(site, name, draw) if (number + feeder) % 3 == 0 else _consumer(site, name, draw)
        site.relate(at_end, f"{CIM}Equipment.EquipmentContainer", level)
        _terminal(site, f"End{name}", at_end, far)


def _generator(site: Site, name: str, draw: random.Random) -> str:
    machine = _thing(site, f"Machine{name}", "SynchronousMachine")
    unit = _thing(site, f"Generator{name}", "GeneratingUnit")
    site.relate(machine, f"{CIM}RotatingMachine.GeneratingUnit", unit)
    site.say(unit, f"{CIM}GeneratingUnit.maxOperatingP", typed(draw.randint(1, 600), "decimal"))
    return machine


def _consumer(site: Site, name: str, draw: random.Random) -> str:
    consumer = _thing(site, f"Consumer{name}", "EnergyConsumer")
    site.say(consumer, f"{CIM}EnergyConsumer.pfixed", typed(draw.randint(1, 80), "decimal"))
    return consumer


def _boundary(transmission: Site, site: Site, number: int) -> None:
    """Let both owners describe the node where their networks meet, each with its own tie on it."""
    for side in (transmission, site):
        ties = _mrid(side.name, "Ties")
        node = _thing(side, f"Boundary{number}", "ConnectivityNode", owner=site.name)
        line = _thing(side, f"Tie{number}-{site.name}", "ACLineSegment")
        side.relate(line, f"{CIM}Equipment.EquipmentContainer", ties)
        _terminal(side, f"TieTerminal{number}-{site.name}", line, node)


def _units(market: Site, networks: list[Site], substations: int, draw: random.Random) -> None:
    """Register most generators as units of the market, and name the generator of each."""
    count = 0
    for site in networks:
        for number in range(substations):
            for feeder in range(FEEDERS):
                if (number + feeder) % 3 or draw.random() < 0.2:  # noqa: PLR2004
                    continue
                unit = _thing(market, f"Unit{count}", "RegisteredGenerator")
                market.relate(unit, f"{MARKET}generator", _mrid(site.name, f"Generator{number}-{feeder}"))
                market.say(unit, f"{MARKET}fuel", text(draw.choice(FUELS)))
                market.say(unit, f"{MARKET}capacity", typed(draw.randint(1, 500), "decimal"))
                count += 1
