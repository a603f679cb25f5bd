"""A network model under construction: its instance files, its nodes and which of them are one electrical point."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from virtuales.demonstration.network.cimxml import PROFILES, InstanceFile, Profile, Ref, Value, Values
from virtuales.demonstration.network.plan import Site

_CRS = "urn:ogc:def:crs:EPSG::4326"


@dataclass(frozen=True)
class Level:
    """A voltage level of a substation."""

    mrid: str
    site: Site
    kv: float

    @property
    def name(self) -> str:
        """The level's name, unique in the grid."""
        return f"{self.site.name} {self.kv:g} kV"


@dataclass(frozen=True)
class Node:
    """A connectivity node of a voltage level."""

    mrid: str
    name: str
    level: Level


class GridModel:
    """Collects objects file by file and derives the topology from the switches that are closed.

    Args:
        seed: The seed of the grid; every identifier is derived from it and from names alone, so that two organisations'
            models of one grid call the same thing by the same mRID.
    """

    def __init__(self, seed: int) -> None:
        self._namespace = uuid5(NAMESPACE_URL, f"https://w3id.org/virtuales/sample-grid/{seed}")
        self._seen: set[str] = set()
        self._terminals: list[tuple[str, Node]] = []
        self._nodes: dict[str, Node] = {}
        self._joined: dict[str, str] = {}
        self.files: dict[Profile, InstanceFile] = {profile: InstanceFile() for profile in PROFILES}

    def mrid(self, *names: str) -> str:
        """Return the identifier that belongs to a name."""
        return str(_uuid(self._namespace, names))

    def first(self, mrid: str) -> bool:
        """Tell whether an object is met for the first time; shared objects are written once."""
        if mrid in self._seen:
            return False
        self._seen.add(mrid)
        return True

    def define(self, kind: str, key: str, values: Values, *, name: str | None = None) -> str:
        """Write an identified object to the equipment file and return its mRID.

        Args:
            kind: The class's local name.
            key: What makes it unique among objects of its class.
            values: Attributes and associations beside name and mRID.
            name: What people call it; the key when it is None.
        """
        mrid = self.mrid(kind, key)
        if self.first(mrid):
            identity: Values = {"IdentifiedObject.mRID": mrid, "IdentifiedObject.name": name or key}
            self.files["EQ"].define(kind, mrid, {**identity, **values})
        return mrid

    def amend(self, profile: Profile, kind: str, mrid: str, values: Values) -> None:
        """Write what a profile other than equipment says about an object; once for each object and profile."""
        if self.first(f"{profile} {mrid}"):
            self.files[profile].amend(kind, mrid, {"IdentifiedObject.mRID": mrid, **values})

    def node(self, level: Level, name: str) -> Node:
        """Return the connectivity node of a level that has this name, made when it is new."""
        container = {"ConnectivityNode.ConnectivityNodeContainer": Ref(level.mrid)}
        node = Node(self.define("ConnectivityNode", f"{level.name} {name}", container), f"{level.name} {name}", level)
        self._nodes.setdefault(node.mrid, node)
        return node

    def terminals(self, equipment: str, name: str, nodes: Iterable[Node]) -> list[str]:
        """Connect a piece of equipment to nodes, one terminal each, and return the terminals' mRIDs."""
        made = []
        for number, node in enumerate(nodes, 1):
            values: dict[str, Value] = {
                "ACDCTerminal.sequenceNumber": number,
                "Terminal.ConductingEquipment": Ref(equipment),
                "Terminal.ConnectivityNode": Ref(node.mrid),
            }
            label = f"{name} terminal {number}"
            fresh = self.mrid("Terminal", label) not in self._seen
            mrid = self.define("Terminal", label, values)
            made.append(mrid)
            if fresh:
                self.amend("SSH", "Terminal", mrid, {"ACDCTerminal.connected": True})
                self._terminals.append((mrid, node))
        return made

    def join(self, one: Node, other: Node) -> None:
        """Say that a closed switch makes two nodes one electrical point."""
        self._joined[self._root(one.mrid)] = self._root(other.mrid)

    def place(self, kind: str, mrid: str, name: str, points: Iterable[tuple[float, float]]) -> None:
        """Write where an object stands or runs.

        Args:
            kind: What is placed, for the location's identity.
            mrid: The object placed.
            name: The object's name.
            points: Latitude and longitude, WGS 84 degrees.
        """
        file, system, location = self.files["GL"], self.mrid("CoordinateSystem"), self.mrid("Location", kind, name)
        if self.first(system):
            names = {"IdentifiedObject.mRID": system, "IdentifiedObject.name": "WGS84"}
            file.define("CoordinateSystem", system, names | {"CoordinateSystem.crsUrn": _CRS})
        if not self.first(location):
            return
        file.define(
            "Location",
            location,
            {
                "IdentifiedObject.mRID": location,
                "IdentifiedObject.name": name,
                "Location.CoordinateSystem": Ref(system),
                "Location.PowerSystemResources": Ref(mrid),
            },
        )
        for number, (latitude, longitude) in enumerate(points, 1):
            values: dict[str, Value] = {
                "PositionPoint.sequenceNumber": number,
                "PositionPoint.xPosition": f"{longitude:.5f}",
                "PositionPoint.yPosition": f"{latitude:.5f}",
                "PositionPoint.Location": Ref(location),
            }
            file.define("PositionPoint", self.mrid("PositionPoint", location, str(number)), values)

    def write_topology(self) -> None:
        """Write the topology file: one topological node for each set of nodes that closed switches join."""
        file = self.files["TP"]
        named: dict[str, str] = {}
        for node in self._nodes.values():
            root = self._root(node.mrid)
            if root not in named:
                named[root] = self._topological_node(node)
            file.amend("ConnectivityNode", node.mrid, _joined_to("ConnectivityNode", node.mrid, named[root]))
        for terminal, node in self._terminals:
            values = _joined_to("Terminal", terminal, named[self._root(node.mrid)])
            file.amend("Terminal", terminal, values)

    def _topological_node(self, node: Node) -> str:
        mrid = self.mrid("TopologicalNode", node.name)
        values: dict[str, Value] = {
            "IdentifiedObject.mRID": mrid,
            "IdentifiedObject.name": node.name,
            "TopologicalNode.BaseVoltage": Ref(self.mrid("BaseVoltage", f"{node.level.kv:g} kV")),
            "TopologicalNode.ConnectivityNodeContainer": Ref(node.level.mrid),
        }
        self.files["TP"].define("TopologicalNode", mrid, values)
        return mrid

    def _root(self, mrid: str) -> str:
        while (above := self._joined.get(mrid, mrid)) != mrid:
            self._joined[mrid] = self._joined.get(above, above)
            mrid = above
        return mrid


def _uuid(namespace: UUID, names: Iterable[str]) -> UUID:
    return uuid5(namespace, "|".join(names))


def _joined_to(kind: str, mrid: str, node: str) -> Values:
    return {"IdentifiedObject.mRID": mrid, f"{kind}.TopologicalNode": Ref(node)}
