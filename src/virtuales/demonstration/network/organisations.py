"""The sample organisations. None of them exists; the domains are reserved for examples (RFC 2606)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Role = Literal["system operator", "transmission owner", "distribution operator"]


@dataclass(frozen=True)
class SampleOrganisation:
    """An organisation of the demonstration.

    Args:
        key: A short name for files and commands.
        legal_name: The name it registers under.
        registration_number: A company number with a prefix that the register of companies does not use.
        contact_name: Whom to ask.
        contact_email: Where to ask.
        role: What it does in the energy system.
    """

    key: str
    legal_name: str
    registration_number: str
    contact_name: str
    contact_email: str
    role: Role


_ALL = (
    SampleOrganisation(
        key="balancing",
        legal_name="National Balancing Operator Limited",
        registration_number="XX000001",
        contact_name="Morwenna Hale",
        contact_email="data.sharing@balancing.example",
        role="system operator",
    ),
    SampleOrganisation(
        key="northmoor",
        legal_name="Northmoor Transmission plc",
        registration_number="XX000002",
        contact_name="Idris Falconer",
        contact_email="network.models@northmoor.example",
        role="transmission owner",
    ),
    SampleOrganisation(
        key="vale",
        legal_name="Vale Networks Limited",
        registration_number="XX000003",
        contact_name="Priya Thackeray",
        contact_email="open.data@vale-networks.example",
        role="distribution operator",
    ),
    SampleOrganisation(
        key="eastmere",
        legal_name="Eastmere Electricity Distribution Limited",
        registration_number="XX000004",
        contact_name="Tamsin Okoro",
        contact_email="planning@eastmere.example",
        role="distribution operator",
    ),
)

SAMPLE_ORGANISATIONS: Mapping[str, SampleOrganisation] = MappingProxyType({one.key: one for one in _ALL})
"""Every sample organisation by its key; `eastmere` publishes nothing, its planner asks for the others' models."""
