"""Sixty questions to entries of operators' portals and of the demonstration: whether the right one is on top.

The first half uses words of the entries. The second uses words that are not in the entry that is looked for, or not in
this form, and that the registered models and mappings lead from.
"""

import pytest
from tests.catalogue.index.portal_entries import portal_entries, sample_entries
from tests.catalogue.index.small_catalogue import PUBLIC, index_of

from virtuales.alignment.registry import MappingRegistry
from virtuales.catalogue.index.index import SearchIndex
from virtuales.catalogue.index.question import SearchQuestion, Sight
from virtuales.catalogue.index.thesaurus import Thesaurus
from virtuales.catalogue.index.wording import read_units
from virtuales.models.registry import ModelRegistry
from virtuales.models.terms import terms_of
from virtuales.resources import contributed

ENOUGH = 55
ON_TOP = 3
FAULT_LEVELS = ("ltds-table-4a-3ph-fault-level", "ltds-table-4b-earth-fault-level")
IN_THEIR_WORDS: dict[str, tuple[str, ...]] = {
    "embedded capacity register": ("ukpn-embedded-capacity-register",),
    "embedded capacity register under 1 MW": ("ukpn-embedded-capacity-register-1-under-1mw",),
    "132 kV overhead lines": ("ukpn-132kv-overhead-lines",),
    "poles and towers at 33 kV": ("ukpn-33kv-poles-towers",),
    "where are the grid supply points?": ("ukpn-grid-supply-points",),
    "flexibility tenders": ("ukpn-flexibility-tender-data",),
    "curtailment events": ("ukpn-curtailment-events-site-specific",),
    "national register of charge points": ("ozev-ukpn-national-chargepoint-register",),
    "how many smart meters are installed in each local authority": ("ukpn-smart-meter-installation-volumes",),
    "losses of the network": ("ukpn-network-losses",),
    "power quality and harmonics": ("ukpn-power-quality",),
    "list of large demand": ("ukpn-large-demand-list",),
    "demand profiles of data centres": ("ukpn-data-centre-demand-profiles",),
    "live power cuts": ("nged-live-power-cuts",),
    "live data of primaries in the West Midlands": ("nged-live-primary-data-west-midlands",),
    "capacity heatmap": ("nged-ltds-capacity-heatmap",),
    "risk of conflict report": ("primacy-risk-of-conflict-report",),
    "noise near substations": ("ukpn-noise-contours",),
    "rota load disconnection": ("ukpn-rota-load-disconnection",),
    "glossary of business terms": ("ukpn-business-glossary",),
    "earth fault levels": ("ltds-table-4b-earth-fault-level",),
    "observed load data, table 3a": (
        "ltds-table-3a-load-data-observed", "ltds-table-3a-load-data-observed-transposed",
    ),
    "operational restrictions": ("ltds-table-7-operational-restrictions",),
    "boundaries of the licences": ("ukpn-licence-boundaries",),
    "utilisation of secondary sites": ("ukpn-secondary-site-utilisation",),
    "prices of flexibility dispatches": ("ukpn-flexibility-dispatches",),
    "whole-system base case for week 24": ("balancing",),
    "transmission base network model": ("northmoor",),
    "distribution model with the 132 kV interconnection": ("vale",),
    "underground conductors in Allerdale": ("sp-enw-gis-conductor-allerdale",),
}  # fmt: skip
IN_OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "OHL 132kV": ("ukpn-132kv-overhead-lines",),
    "33 kV OHL": ("ukpn-33kv-overhead-lines",),
    "transmission exit points": ("ukpn-grid-supply-points",),
    "transmission exit point narrative": ("ukpn-gsp-narrative",),
    "insights into transmission exit points": ("ukpn-gsp-insights",),
    "live data of the transmission exit points in South Wales": ("nged-live-gsp-data-south-wales",),
    "East Midlands transmission exit point live": ("nged-live-gsp-data-east-midlands",),
    "live zone substation data": ("nged-live-primary-data-west-midlands",),
    "supergrid transformer": ("ukpn-super-grid-transformer",),
    "short circuit level, three phase": ("ltds-table-4a-3ph-fault-level",),
    "prospective short circuit current": FAULT_LEVELS,
    "ground fault level": ("ltds-table-4b-earth-fault-level",),
    "short circuit level operational restrictions": ("ltds-table-7-operational-restrictions",),
    "trafos of secondary sites": ("ukpn-secondary-site-transformers",),
    "grid trafo half-hourly": ("ukpn-grid-transformer-operational-data-half-hourly",),
    "branch data of the LTDS": ("ltds-table-1-circuit-data",),
    "branch operational data at 132 kV, half-hourly": ("ukpn-132kv-circuit-operational-data-half-hourly",),
    "branch operational data at 33 kV by month": ("ukpn-33kv-circuit-operational-data-monthly",),
    "peak load scenarios": ("ukpn-dfes-peak-demand-scenarios",),
    "maximum loading by scenario": ("ukpn-dfes-peak-demand-scenarios",),
    "spare capacity report": ("dfes-network-headroom-report",),
    "available capacity at LV, monitored": ("dfes-lv-headroom-monitored",),
    "offtake of data centres": ("ukpn-data-centre-demand-profiles",),
    "list of large offtake": ("ukpn-large-demand-list",),
    "distributed energy resource curtailment": ("ukpn-curtailment-events-site-specific",),
    "smart meter consumption by distribution substation": ("ukpn-smart-meter-consumption-substation",),
    "smart meter consumption of each outgoing feeder": ("ukpn-smart-meter-consumption-lv-feeder",),
    "power station units' technology profiles": ("ukpn-standard-technology-profiles-generation",),
    "wind farms in a distribution model": ("vale",),
    "alternators in the transmission model": ("northmoor",),
}


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    models, mappings = ModelRegistry.load(contributed("ontology")), MappingRegistry.load(contributed("mappings"))
    terms = (term for name in sorted(models.references()) for term in terms_of(models.model(name), name))
    return Thesaurus(terms, (one for name in mappings.names() for one in mappings.mapping_set(name).mappings))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return index_of(*portal_entries(), *sample_entries(tmp_path_factory.mktemp("samples")))


def found(index: SearchIndex, thesaurus: Thesaurus, text: str) -> list[str]:
    answers = index.answers(Sight((PUBLIC,)))
    hits = answers.search(SearchQuestion(text, limit=ON_TOP), read_units(text, thesaurus)).hits
    return [hit.summary.iri.rpartition("/")[2] for hit in hits]


def test_the_right_entry_is_among_the_first_three(index: SearchIndex, thesaurus: Thesaurus) -> None:
    questions = {**IN_THEIR_WORDS, **IN_OTHER_WORDS}
    assert len(questions) == 60
    tops = {text: found(index, thesaurus, text) for text in questions}
    missed = {text: top for text, top in tops.items() if not set(top) & set(questions[text])}
    assert len(questions) - len(missed) >= ENOUGH, missed
