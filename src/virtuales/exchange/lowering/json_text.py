"""Writing JSON with numbers digit for digit: what passes through a binary fraction comes back as another number."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from virtuales.exchange.lowering.values import Number

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
"""A value of JSON; a number is a `Number`."""


def json_text(value: Json, *, indent: int | None = None) -> str:
    r"""Write a value as JSON; with an indent over several lines, else in one.

    >>> json_text({"mw": Number("12.50"), "names": ["é", None]})
    '{"mw": 12.50, "names": ["é", null]}'
    >>> print(json_text({"a": [True]}, indent=2))
    {
      "a": [
        true
      ]
    }
    """
    return _text(value, indent, 0)


def _text(value: Json, indent: int | None, depth: int) -> str:
    if isinstance(value, Number):
        return str(value)
    if value is None or isinstance(value, bool | int | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {_text(each, indent, depth + 1)}" for key, each in value.items()
        ]
        return _enclosed("{}", parts, indent, depth)
    return _enclosed("[]", [_text(each, indent, depth + 1) for each in value], indent, depth)


def _enclosed(brackets: str, parts: list[str], indent: int | None, depth: int) -> str:
    start, end = brackets[0], brackets[1]
    if not parts:
        return brackets
    if indent is None:
        return start + ", ".join(parts) + end
    inner, outer = "\n" + " " * indent * (depth + 1), "\n" + " " * indent * depth
    return start + inner + f",{inner}".join(parts) + outer + end
