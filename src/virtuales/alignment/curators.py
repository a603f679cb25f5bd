"""The people who answer for mappings: a table of ORCID iDs, names and affiliations.

An ORCID iD is 16 digits of which the last checks the others (ISO/IEC 7064, MOD 11-2); see
https://support.orcid.org/hc/en-us/articles/360006897674.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from virtuales.alignment.findings import Findings
from virtuales.alignment.table import Block, read_table, read_text
from virtuales.errors import InputError

CURATORS: Final = "curators.tsv"
ORCID: Final = "https://orcid.org/"
_COLUMNS: Final = ("orcid", "name", "affiliation")
_FORM: Final = re.compile(r"(?:https?://orcid\.org/|orcid:)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE)


@dataclass(frozen=True)
class Curator:
    """Somebody who makes or reviews mappings.

    Args:
        orcid: The ORCID iD as an IRI.
        name: The name.
        affiliation: The organisation, or what else to know; may be empty.
    """

    orcid: str
    name: str
    affiliation: str = ""


def parse_orcid(text: str, *, where: str) -> str:
    """Return an ORCID iD as an IRI.

    Args:
        text: The iD, bare, as a CURIE or as an IRI.
        where: Where it stands, for the error.

    Raises:
        InputError: it has not the form of one, or its check digit is wrong.

    >>> parse_orcid("0000-0002-1825-0097", where="curators.tsv")
    'https://orcid.org/0000-0002-1825-0097'
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        remedy = "Write four groups of four digits, such as 0000-0002-1825-0097."
        raise InputError(f"`{text}` is no ORCID iD.", where=where, remedy=remedy)
    groups = [group.upper() for group in found.groups()]
    digits = "".join(groups)
    if digits[-1] != _check_digit(digits[:-1]):
        raise InputError(f"`{text}` is no ORCID iD: its last digit does not fit.", where=where, remedy="Copy it again.")
    return ORCID + "-".join(groups)


def read_curators(source: Path) -> tuple[Curator, ...]:
    """Read the table of curators, in its order.

    Raises:
        UnreadableInput: there is no such file, or it is not UTF-8.
        InputError: the table has other columns, an iD is wrong or stands twice, or a name is missing; names the line.
    """
    findings = Findings(str(source))
    table = read_table(Block(read_text(source, str(source), findings), 1), str(source), findings)
    if table.names != _COLUMNS:
        remedy = "They are " + ", ".join(f"`{name}`" for name in _COLUMNS) + ", with tabs between them."
        raise InputError("The table of curators has other columns.", where=f"{source}, line 1", remedy=remedy)
    found: dict[str, Curator] = {}
    for line, (orcid, name, affiliation) in zip(table.lines, zip(*table.columns, strict=True), strict=True):
        place = f"{source}, line {line}"
        iri = parse_orcid(orcid, where=place)
        if iri in found:
            raise InputError(f"{orcid} stands twice.", where=place, remedy="Keep one of the lines.")
        if not name.strip():
            raise InputError(f"{orcid} has no name.", where=place, remedy="Write the curator's name.")
        found[iri] = Curator(iri, name.strip(), affiliation.strip())
    return tuple(found.values())


def _check_digit(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004  # the standard writes ten as X
