"""How the composition of licences is shown to people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from virtuales.cli.client.output import say

_COLOURS: Mapping[str, str] = MappingProxyType({"allowed": "green", "allowed if": "yellow", "not allowed": "bold red"})


def print_composition(composed: Mapping[str, Any]) -> None:
    """Show a composition, as JSON has it: the outcome, reasons or conditions, and what the result may carry."""
    say(composed["outcome"], style=_COLOURS.get(composed["outcome"], ""))
    for reason in composed["reasons"]:
        said = f"{reason['message']} {reason['remedy']}" if reason.get("remedy") else reason["message"]
        say(f"- {said}")
    if composed["may_carry"]:
        say("The result may carry:", ", ".join(sorted(composed["may_carry"])))
    else:
        say("The result may carry none of the known licences.")
