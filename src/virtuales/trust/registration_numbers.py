"""Numbers of organisations, checked in form: legal entity identifiers, and company numbers of Great Britain.

An LEI (ISO 17442) has 18 letters and digits and two check digits by ISO 7064, mod 97-10. A company number has eight
characters; letters in front say which register it is from, and whoever looks there sees whether there is such a one.
"""

import re
from typing import Final, Never

from virtuales.errors import InputError

_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_LEI_LENGTH: Final = 20
_NEAR_AN_LEI: Final = range(16, 25)
_COMPANY_DIGITS: Final = 8
_COMPANY_NUMBER: Final = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|R[0-9]{7}|(?:IP|NP|SP)[0-9]{5}R")


def is_lei(number: str) -> bool:
    """Tell whether a number in its normal form is an LEI rather than a company number.

    >>> is_lei("213800WSGIIZCXF1P572"), is_lei("SC123456")
    (True, False)
    """
    return len(number) == _LEI_LENGTH


def parse_registration_number(text: str) -> str:
    """Return a company number or LEI in its normal form, without spaces and in capitals.

    Raises:
        InputError: it is neither, or the check digits of the LEI are wrong; says what is wrong with it.

    >>> parse_registration_number("sc 123456")
    'SC123456'
    """
    number = "".join(text.split()).upper()
    if len(number) in _NEAR_AN_LEI:
        _check_lei(number)
    else:
        _check_company_number(number, text)
    return number


def lei_check_digits(first: str) -> str:
    """Return the two check digits for the first 18 characters of an LEI; letters count 10 to 35.

    >>> lei_check_digits("213800WSGIIZCXF1P5")
    '72'
    """
    number = int("".join(str(int(character, 36)) for character in first))
    return f"{98 - number * 100 % 97:02}"


def _check_lei(number: str) -> None:
    if len(number) != _LEI_LENGTH:
        _refuse(f"An LEI has {_LEI_LENGTH} characters, and this has {len(number)}.", "Copy the LEI again, whole.")
    if not re.fullmatch(r"[A-Z0-9]+", number):
        _refuse("An LEI has letters A to Z and digits alone.", "Copy the LEI again.")
    if not _LEI.fullmatch(number):
        _refuse("An LEI ends in two check digits.", "Copy the LEI again.")
    if number[-2:] != lei_check_digits(number[:-2]):
        _refuse(f"The check digits of the LEI, {number[-2:]}, do not fit what stands before them.", "Copy it again.")


def _check_company_number(number: str, text: str) -> None:
    if number.isascii() and number.isdigit() and len(number) < _COMPANY_DIGITS:
        _refuse(
            f"A company number has {_COMPANY_DIGITS} digits, and this has {len(number)}.",
            f"Write the zeros in front: {number.zfill(_COMPANY_DIGITS)}.",
        )
    if not _COMPANY_NUMBER.fullmatch(number):
        _refuse(
            f"`{text}` is neither a GB company number nor an LEI.",
            "A company number has 8 digits, or 2 letters and 6 digits; an LEI has 20 letters and digits.",
        )


def _refuse(what: str, remedy: str) -> Never:
    raise InputError(what, where="registration_number", remedy=remedy)
