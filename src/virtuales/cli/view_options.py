"""`--view`: the part of the data that an offer is about, from a file or from pairs of a key and a value."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from virtuales.errors import InputError, UnreadableInput

Document = dict[str, Any]
_AGGREGATE: Final = "aggregate"

ViewOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--view",
        metavar="FILE|KEY=VALUE",
        help="The part of the data that it is about: a file in JSON or TOML, or `class=`, `property=`, `object=`, "
        "`where=NAME=VALUE`, `area=W,S,E,N`, `period=NAME,FROM,UNTIL`, `construct=FILE`, `suppress=`, "
        "`generalise=NAME,TO`, `round=NAME,STEP`, `pseudonym=NAME`, `pseudonyms=objects`, `group=`, `sum=`, `mean=`, "
        "`at-least=`, `small-groups=leave out`, `epsilon=`, `delta=`, `budget=`, `bounds=NAME,LOWER,UPPER`; repeat it.",
    ),
]


def read_view_options(options: Sequence[str] | None) -> Document | None:
    """Return the view that options name, as the node reads it; None without any.

    Raises:
        UnreadableInput: a file cannot be read.
        InputError: an option is no pair, or its key is not known.
    """
    if not options:
        return None
    document: Document = {}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            document |= _read(Path(option))
        elif key in _KEYS:
            _KEYS[key](document, value)
        else:
            remedy = "Use one of: " + ", ".join(sorted(_KEYS)) + "; or name a file."
            raise InputError(f"A view has no `{key}`.", where="--view", remedy=remedy)
    return document


def _listed(name: str) -> Callable[[Document, str], None]:
    return lambda document, value: document.setdefault(name, []).append(value)


def _grouped(name: str) -> Callable[[Document, str], None]:
    return lambda document, value: document.setdefault(_AGGREGATE, {}).setdefault(name, []).append(value)


def _where(document: Document, value: str) -> None:
    name, wanted = _parts(value, "where=NAME=VALUE", "=", 2)
    document.setdefault("where", []).append({"property": name, "value": wanted})


def _area(document: Document, value: str) -> None:
    try:
        document["area"] = [float(edge) for edge in value.split(",")]
    except ValueError:
        raise _no_pair(value, "area=WEST,SOUTH,EAST,NORTH") from None


def _period(document: Document, value: str) -> None:
    name, start, end = _parts(value, "period=NAME,FROM,UNTIL", ",", 3)
    document["period"] = {"property": name, "from": start or None, "until": end or None}


def _construct(document: Document, value: str) -> None:
    document["construct"] = _text(Path(value))


def _generalise(document: Document, value: str) -> None:
    name, precision = _parts(value, "generalise=NAME,TO", ",", 2)
    document.setdefault("generalise", []).append({"properties": [name], "to": precision})


def _round(document: Document, value: str) -> None:
    name, step = _parts(value, "round=NAME,STEP", ",", 2)
    document.setdefault("round", []).append({"properties": [name], "step": _number(step, "round=NAME,STEP")})


def _pseudonym(document: Document, value: str) -> None:
    document.setdefault("pseudonyms", {}).setdefault("properties", []).append(value)


def _pseudonyms(document: Document, value: str) -> None:
    if value != "objects":
        raise _no_pair(value, "pseudonyms=objects")
    document.setdefault("pseudonyms", {})["objects"] = True


def _at_least(document: Document, value: str) -> None:
    if not value.isdecimal():
        raise _no_pair(value, "at-least=NUMBER")
    document.setdefault(_AGGREGATE, {})["at_least"] = int(value)


def _small_groups(document: Document, value: str) -> None:
    document.setdefault(_AGGREGATE, {})["small_groups"] = value


def _noise(name: str) -> Callable[[Document, str], None]:
    return lambda document, value: _hidden(document).update({name: _number(value, f"{name}=NUMBER")})


def _bounds(document: Document, value: str) -> None:
    form = "bounds=NAME,LOWER,UPPER"
    name, *ends = _parts(value, form, ",", 3)
    _hidden(document).setdefault("bounds", {})[name] = [_number(end, form) for end in ends]


def _hidden(document: Document) -> Document:
    found: Document = document.setdefault(_AGGREGATE, {}).setdefault("noise", {})
    return found


_KEYS: Final[Mapping[str, Callable[[Document, str], None]]] = MappingProxyType(
    {
        "class": _listed("classes"),
        "property": _listed("properties"),
        "column": _listed("properties"),
        "object": _listed("objects"),
        "suppress": _listed("suppress"),
        "group": _grouped("by"),
        "sum": _grouped("sums"),
        "mean": _grouped("means"),
        "where": _where,
        "area": _area,
        "period": _period,
        "construct": _construct,
        "generalise": _generalise,
        "round": _round,
        "pseudonym": _pseudonym,
        "pseudonyms": _pseudonyms,
        "at-least": _at_least,
        "small-groups": _small_groups,
        "epsilon": _noise("epsilon"),
        "delta": _noise("delta"),
        "budget": _noise("budget"),
        "bounds": _bounds,
    }
)


def _parts(value: str, form: str, separator: str, number: int) -> list[str]:
    """Split a value from its end, since a name may hold the separator."""
    found = value.rsplit(separator, number - 1)
    if len(found) != number or not found[0]:
        raise _no_pair(value, form)
    return found


def _number(value: str, form: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise _no_pair(value, form) from None


def _no_pair(value: str, form: str) -> InputError:
    return InputError(f"`{value}` does not fit.", where="--view", remedy=f"Write `{form}`.")


def _read(file: Path) -> Document:
    text = _text(file)
    try:
        found = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except ValueError as error:
        raise UnreadableInput(f"The view cannot be read: {error}.", where=str(file)) from error
    if not isinstance(found, dict):
        raise InputError("The view is no object.", where=str(file), remedy="Write `name: value` pairs.")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        remedy = "Name a file, or write KEY=VALUE."
        raise UnreadableInput(f"The file cannot be read: {error}.", where=str(file), remedy=remedy) from error
