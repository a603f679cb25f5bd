"""What a view has to be like whoever wrote it: techniques that can be applied, and a query that makes statements."""

from decimal import Decimal
from typing import Final

from virtuales.errors import InputError
from virtuales.policy.views.view import Aggregation, Noise, View
from virtuales.query.request import check_query
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import ConstructQuery

PRECISIONS: Final = ("year", "month", "day")
_CHARACTERS_MOST: Final = 1000
_LOSS_MOST: Final = 20
_DELTA_MOST: Final = Decimal("0.001")
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
    if view.aggregation and view.aggregation.noise:
        _refuse_unfit_noise(view, view.aggregation, view.aggregation.noise)


def _refuse_unfit_noise(view: View, grouped: Aggregation, noise: Noise) -> None:
    """Refuse noise that would not protect."""
    bounded = [one.about for one in noise.bounds]
    missing = [about for about in grouped.measured if about not in bounded]
    if missing:
        what = f"Nothing bounds the values of {', '.join(f'<{one.value}>' for one in missing)}."
        remedy = "Give the least and greatest value that one object can have, from what is known without the data."
        raise InputError(what, where="bounds", remedy=remedy)
    if len(bounded) != len(set(bounded)) or set(bounded) - set(grouped.measured):
        what = "Bounds are given twice, or of a property that is neither added up nor averaged."
        raise InputError(what, where="bounds", remedy="Give them once for each property of `sums` and `means`.")
    if any(one.lower >= one.upper for one in noise.bounds):
        raise InputError("A lower bound is not below its upper one.", where="bounds", remedy="Write lower, upper.")
    if not 0 < noise.epsilon <= noise.budget or noise.budget > _LOSS_MOST:
        what = f"The privacy loss is {noise.epsilon:f} and the budget {noise.budget:f}."
        remedy = f"Ask for 0 < epsilon <= budget <= {_LOSS_MOST}; 1 is usual."
        raise InputError(what, where="epsilon", remedy=remedy)
    if not 0 < noise.delta <= _DELTA_MOST:
        what = "Which groups there are tells of objects too, and delta is what is left of that."
        raise InputError(what, where="delta", remedy=f"Ask for 0 < delta <= {_DELTA_MOST}, such as 0.000001.")
    if not grouped.drops_small:
        what = "A refusal because of a small group would tell its size."
        raise InputError(what, where="small_groups", remedy="Have small groups left out.")
    if view.construct is not None:
        what = "A query may make many objects of one, so noise for one would not hide it."
        raise InputError(what, where="construct", remedy="Choose classes, properties, values or an area.")


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
