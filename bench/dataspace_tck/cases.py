"""What the people at a node do in each case of the kit: the kit's own cases say so, in their sequences of messages.

A case is a list of moves, each with the state in which it is made; a move is made once. Cases of the provider's role
are `CN` and `TP`, those of the consumer's `CN_C` and `TP_C`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Script = tuple[tuple[str, str], ...]

NEGOTIATIONS: Final[Mapping[str, Script]] = MappingProxyType(
    {
        "CN_01_01": (("REQUESTED", "offer"),),
        "CN_01_02": (("REQUESTED", "offer"), ("REQUESTED", "terminate")),
        "CN_01_03": (("REQUESTED", "offer"), ("ACCEPTED", "agree"), ("VERIFIED", "finalise")),
        "CN_01_04": (("REQUESTED", "agree"), ("VERIFIED", "finalise")),
        "CN_02_01": (("REQUESTED", "terminate"),),
        "CN_02_02": (),
        "CN_02_03": (("REQUESTED", "agree"),),
        "CN_02_04": (("REQUESTED", "offer"),),
        "CN_02_05": (("REQUESTED", "offer"), ("OFFERED", "terminate")),
        "CN_02_06": (("REQUESTED", "offer"), ("ACCEPTED", "terminate")),
        "CN_02_07": (("REQUESTED", "agree"), ("VERIFIED", "terminate")),
        "CN_03_01": (("REQUESTED", "agree"), ("VERIFIED", "finalise")),
        "CN_03_02": (("REQUESTED", "offer"),),
        "CN_03_03": (("REQUESTED", "offer"),),
        "CN_03_04": (("REQUESTED", "offer"),),
        "CN_C_01_01": (("OFFERED", "accept"), ("AGREED", "verify")),
        "CN_C_01_02": (("OFFERED", "offer"),),
        "CN_C_01_03": (("OFFERED", "terminate"),),
        "CN_C_01_04": (("AGREED", "verify"),),
        "CN_C_02_01": (),
        "CN_C_02_02": (("REQUESTED", "terminate"),),
        "CN_C_02_03": (("AGREED", "terminate"),),
        "CN_C_02_04": (),
        "CN_C_02_05": (("OFFERED", "accept"),),
        "CN_C_02_06": (("AGREED", "verify"),),
        "CN_C_03_01": (),
        "CN_C_03_02": (),
        "CN_C_03_03": (),
        "CN_C_03_04": (("OFFERED", "accept"),),
        "CN_C_03_05": (("OFFERED", "accept"),),
        "CN_C_03_06": (("OFFERED", "accept"),),
    }
)

TRANSFERS: Final[Mapping[str, Script]] = MappingProxyType(
    {
        "TP_01_01": (("REQUESTED", "start"), ("STARTED", "terminate")),
        "TP_01_02": (("REQUESTED", "start"), ("STARTED", "complete")),
        "TP_01_03": (("REQUESTED", "start"), ("STARTED", "suspend"), ("SUSPENDED", "terminate")),
        "TP_01_04": (
            ("REQUESTED", "start"),
            ("STARTED", "suspend"),
            ("SUSPENDED", "start"),
            ("STARTED", "complete"),
        ),
        "TP_01_05": (("REQUESTED", "terminate"),),
        "TP_02_01": (("REQUESTED", "start"),),
        "TP_02_02": (("REQUESTED", "start"),),
        "TP_02_03": (("REQUESTED", "start"),),
        "TP_02_04": (("REQUESTED", "start"),),
        "TP_02_05": (),
        "TP_03_01": (),
        "TP_03_02": (),
        "TP_03_03": (("REQUESTED", "start"),),
        "TP_03_04": (("REQUESTED", "start"),),
        "TP_03_05": (("REQUESTED", "start"),),
        "TP_03_06": (("REQUESTED", "start"),),
        "TP_C_01_01": (),
        "TP_C_01_02": (),
        "TP_C_01_03": (),
        "TP_C_01_04": (),
        "TP_C_01_05": (),
        "TP_C_02_01": (("STARTED", "terminate"),),
        "TP_C_02_02": (("STARTED", "complete"),),
        "TP_C_02_03": (("STARTED", "suspend"), ("SUSPENDED", "terminate")),
        "TP_C_02_04": (("STARTED", "suspend"), ("SUSPENDED", "start"), ("STARTED", "complete")),
        "TP_C_02_05": (("REQUESTED", "terminate"),),
        "TP_C_03_01": (),
        "TP_C_03_02": (),
        "TP_C_03_03": (),
        "TP_C_03_04": (),
        "TP_C_03_05": (),
        "TP_C_03_06": (),
    }
)
CATALOGUE: Final = ("CAT_01_01", "CAT_01_02")


def is_consumer(case: str) -> bool:
    """Tell whether a case tests the consumer's role."""
    return "_C_" in case
