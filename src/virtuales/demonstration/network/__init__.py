"""Sample grids: base network models of a fictional part of Great Britain, and the demand of its week 24.

A grid has one transmission owner and one distribution operator. 400 kV double circuits run from a hub with a power
station to two neighbouring grid supply points, closed into a ring by a pair of 275 kV circuits; below each 132 kV
busbar stand bulk supply points (132/33 kV) and primary substations (33/11 kV). A 132 kV circuit joins the two grid
supply points; its breaker at the far end is normally open, and closing it lets one of them carry the other.

Models are CGMES 3.0 (IEC 61970-600-2): equipment (EQ), short circuit (SC), steady-state hypothesis (SSH), topology
(TP) and geographical location (GL), one file each in one zip, node-breaker, without solved state.

**How the models meet.** The boundary is the pair of 132 kV busbar sections of each grid supply point, where in Great
Britain ownership changes. Both owners' models hold these busbars, their substation, voltage level, coupler and
connectivity nodes, under the same mRIDs, because identifiers derive from the grid's seed and names alone. What lies
beyond is replaced: in the transmission owner's model by an `EquivalentInjection` that takes the supply point's net
demand, in the distribution operator's by an `ExternalNetworkInjection` with voltage control and fault level. So each
model solves alone, with no boundary set to fetch, and to merge the two is to drop those equivalents and take the union.
The system operator's model is that union. A separate boundary set (EQBD) was not used: it cuts networks inside a tie
line, and here a busbar belongs to both. pypowsybl reads the zips as they are. pandapower 3.5 reads them with
`cgmes_version="ltds"`; its `"3.0"` looks for the service state of lines under their own class, where the SSH profile
has `cim:Equipment`.

>>> NetworkSpec(grid_supply_points=2).sites
21
"""

from virtuales.demonstration.network.distribution import open_point_name
from virtuales.demonstration.network.model import GridModel
from virtuales.demonstration.network.organisations import SAMPLE_ORGANISATIONS, SampleOrganisation
from virtuales.demonstration.network.packages import SamplePackage, sample_packages
from virtuales.demonstration.network.plan import GridPlan, plan_grid
from virtuales.demonstration.network.spec import NetworkSpec
from virtuales.demonstration.network.views import VIEWS, ModelFile, View, generate, write_archive
from virtuales.demonstration.network.week24 import week24_csv

__all__ = [
    "SAMPLE_ORGANISATIONS",
    "VIEWS",
    "GridModel",
    "GridPlan",
    "ModelFile",
    "NetworkSpec",
    "SampleOrganisation",
    "SamplePackage",
    "View",
    "generate",
    "open_point_name",
    "plan_grid",
    "sample_packages",
    "week24_csv",
    "write_archive",
]
