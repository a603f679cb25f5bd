"""Numbers of JSON as text: the canonical form of `xsd:double`, and the forms of other datatypes."""

import math
from collections.abc import Sequence
from decimal import Decimal

from virtuales.rdf.namespaces import XSD

DECIMAL, DOUBLE, INTEGER = XSD.decimal.value, XSD.double.value, XSD.integer.value
_FLOATS = frozenset([DOUBLE, XSD.float.value])


def canonical_double(value: float | str) -> str:
    """Write a number in the canonical form of `xsd:double` (XML Schema 1.1 part 2, section E.1).

    >>> canonical_double(30.0), canonical_double(-0.00125), canonical_double(1e300)
    ('3.0E1', '-1.25E-3', '1.0E300')
    """
    number = float(value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("INF" if number > 0 else "-INF")
    shortest = repr(number)
    sign = "-" if shortest[0] == "-" else ""
    mantissa, _, power = shortest.removeprefix("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = len(whole) - 1 - len(whole + fraction) + len(digits) + int(power or 0) if digits else 0
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def retyped(text: str, natural: str | None, stated: str) -> str:
    """Write a number of JSON as the datatype that the mapping states has it, where that is not its natural one.

    Args:
        text: The number in the canonical form of its natural datatype.
        natural: The IRI of its natural datatype; None for what is no number.
        stated: The IRI of the stated one.

    >>> [retyped(text, DOUBLE, DECIMAL) for text in ("7.5E0", "6.7E1", "9.0E-1", "1.0E-7")]
    ['7.5', '67.0', '0.9', '0.0000001']
    >>> retyped("6.7E1", DOUBLE, INTEGER), retyped("33", INTEGER, DOUBLE)
    ('67', '3.3E1')
    """
    if natural == INTEGER and stated == DOUBLE:
        return canonical_double(text)
    if natural == DOUBLE and stated not in _FLOATS and text[-1].isdigit():
        plainly = format(Decimal(text).normalize(), "f")
        return plainly if "." in plainly or stated != DECIMAL else f"{plainly}.0"
    return text


def doubles_as(numbers: Sequence[float | None], stated: str) -> list[str | None] | None:
    """Write numbers as a stated datatype has them, as `retyped` does; None where they keep their canonical form."""
    if stated in _FLOATS:
        return None
    made: list[str | None] = []
    for number in numbers:
        text = None if number is None else repr(number)
        if text is not None and ("e" in text or "n" in text):
            text = retyped(canonical_double(text), DOUBLE, stated)
        elif text is not None and stated != DECIMAL:
            text = text.removesuffix(".0")
        made.append(text)
    return made
