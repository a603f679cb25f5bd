"""Measurements of quality as the command line shows them: of the whole, then what the model asks for and is missing."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from virtuales.catalogue.quality_words import quality_sentence

_MISSING_SHOWN = 5


def quality_lines(quality: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say what was measured, a line each: of the whole, and which mandatory properties are missing most."""
    found = list(quality)
    whole = [each for each in found if not each.get("about") and not each.get("profile")]
    lines = [
        sentence for each in whole if (sentence := quality_sentence(str(each.get("metric")), str(each.get("value"))))
    ]
    missing = sorted((each for each in found if each.get("metric") == "MissingValues"), key=_count, reverse=True)
    lines += [
        f"{_count(each):,} of {_local(each.get('about'))} lack {_local(each.get('of_property'))}."
        for each in missing[:_MISSING_SHOWN]
    ]
    if len(missing) > _MISSING_SHOWN:
        lines.append(f"{len(missing) - _MISSING_SHOWN} more properties are missing somewhere; `--json` shows all.")
    return lines


def _count(each: Mapping[str, Any]) -> int:
    value = str(each.get("value"))
    return int(value) if value.isdecimal() else 0


def _local(iri: object) -> str:
    return re.split("[#/]", str(iri))[-1]
