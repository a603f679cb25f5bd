"""What a view has to be like whoever wrote it: techniques that can be applied, and a query that makes statements."""

from typing import Final

from virtuales.errors import InputError
from virtuales.policy.views.view import View
from virtuales.query.request import check_query
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import ConstructQuery

PRECISIONS: Final = ("year", "month", "day")
_CHARACTERS_MOST: Final = 1000
LEAST_GROUP: Final = 2
"""A group of one is an object."""


def refuse_unfit(view: View) -> None:
    """Refuse a view whose techniques could not be applied.

    Raises:
        InputError: names what is wrong.
    """
    if view.construct is not None:
        _refuse_other_queries(view.construct)
    for coarse in view.generalisations:
        if coarse.precision not in PRECISIONS and not _is_length(coarse.precision):
            what = f"`{coarse.precision[:40]}` is no precision."
            remedy = f"Write {', '.join(PRECISIONS)}, or the number of characters that are left."
            raise InputError(what, where="generalise", remedy=remedy)
    if any(rounded.step <= 0 for rounded in view.roundings):
        raise InputError("The step of rounding is not positive.", where="round", remedy="Write a positive number.")
    if view.pseudonyms and not (view.pseudonyms.objects or view.pseudonyms.properties):
        what = "Neither objects nor values are to be given pseudonyms."
        raise InputError(what, where="pseudonyms", remedy="Name properties, or say `objects`.")
    if view.aggregation and view.aggregation.least < LEAST_GROUP:
        what = f"A group of fewer than {LEAST_GROUP} is an object."
        raise InputError(what, where="aggregate", remedy="Ask for more objects in each group.")


def _refuse_other_queries(text: str) -> None:
    check_query(text)
    query = parse_query(text)
    if not isinstance(query, ConstructQuery):
        raise InputError("The view's query makes no statements.", where="construct", remedy="Write a CONSTRUCT query.")
    if query.dataset:
        what = "The view's query names graphs; it is put to the whole version."
        raise InputError(what, where="construct", remedy="Leave FROM out.")


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) <= _CHARACTERS_MOST
