"""The account of a federated answer as a picture in SVG: a row for each step, a column for each source that gave any.

What the picture shows, its description says too (https://www.w3.org/TR/svg-aam-1.0/), short of the numbers in its
cells, for which `virtuales.federation.explanation` has words. There is no style sheet in it, so that pages may hold it
that allow none.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from math import log10
from typing import Final

from virtuales.federation.account import Account, Share, Step
from virtuales.federation.explanation import manner, many

_STEPS, _SOURCES = 40, 24
"""How many of each are drawn; a picture of more would show nothing any more."""
_ROW, _COLUMN, _LEFT, _TEXT, _HEAD, _MARGIN = 122, 132, 48, 430, 72, 16
_DOT = 92
"""How far below the beginning of a row its cells are."""
_LINE_LETTERS, _NAME_LETTERS = 54, 15
_INK, _GREY, _BLUE, _RED, _LINE = "#0b0c0c", "#505a5f", "#1d70b8", "#d4351c", "#b1b4b6"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_IRI: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]*?([^<>\s/#:]+)[/#]?>")
_NODE = _MARGIN + 14


def as_svg(account: Account, names: Sequence[str] = ()) -> str:
    """Draw what was fetched from where, step by step.

    Args:
        account: The account.
        names: What to call the sources, in their order; by default their addresses.
    """
    steps, lanes = account.steps[:_STEPS], _lanes(account)
    called = [*names, *(each.url for each in account.sources[len(names) :])]
    width = _MARGIN * 2 + _LEFT + max(_TEXT, _COLUMN * len(lanes))
    height = _MARGIN * 2 + _HEAD + _ROW * len(steps) + 48
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="Arial, sans-serif"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="plan-title plan-description" {size}>',
        f'<title id="plan-title">{_escaped(_title(account))}</title>',
        f'<desc id="plan-description">{_escaped(_description(account, called))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_heads(account, lanes, called),
        *_spine(len(steps)),
    ]
    for number, step in enumerate(steps):
        body += _row(number, step, lanes)
    body += [*_end(account, len(steps)), "</svg>"]
    return "\n".join(body) + "\n"


def _lanes(account: Account) -> list[int]:
    """Return the sources that get a column: those that gave most, and those that failed, in their order."""
    gave: dict[int, int] = {}
    for step in account.steps:
        for number, share in step.shares.items():
            gave[number] = gave.get(number, 0) + share.triples
    failed = [number for number, each in enumerate(account.sources) if each.problem]
    ranked = [*failed, *sorted(gave.keys() - set(failed), key=lambda number: -gave[number])]
    return sorted(ranked[:_SOURCES])


def _title(account: Account) -> str:
    steps, requests = many(len(account.steps), "step"), many(account.requests, "request")
    return f"How the answer came about: {steps}, {requests}, {many(account.triples_fetched, 'triple')}"


def _description(account: Account, called: Sequence[str]) -> str:
    said = [
        f"Step {number}: {_short(step.wanted)}, {manner(step)}, from "
        + (", ".join(called[place] for place in sorted(step.shares)) or "no source")
        + "."
        for number, step in enumerate(account.steps[:_STEPS], 1)
    ]
    said += [f"{name}: {each.status}." for name, each in zip(called, account.sources, strict=False) if each.problem]
    return " ".join(said) or "Nothing was fetched."


def _heads(account: Account, lanes: Sequence[int], called: Sequence[str]) -> Iterator[str]:
    for place, number in enumerate(lanes):
        x, source = _x(place), account.sources[number]
        for line, text in enumerate(_two_lines(called[number], _NAME_LETTERS)):
            if text:
                at = (x, _MARGIN + 14 + 16 * line)
                yield _text(at, text, font_size="13", text_anchor="middle", font_weight="bold")
        state = _RED if source.problem else _GREY
        yield _text((x, _MARGIN + 48), source.status, text_anchor="middle", fill=state)


def _spine(steps: int) -> Iterator[str]:
    """Draw the line that leads from step to step to the answer."""
    if steps:
        yield f'<path d="M{_NODE} {_y(0)}V{_y(steps) + 10}" stroke="{_INK}" stroke-width="2"/>'


def _row(number: int, step: Step, lanes: Sequence[int]) -> Iterator[str]:
    y, shares = _y(number), [(place, step.shares[lane]) for place, lane in enumerate(lanes) if lane in step.shares]
    yield f'<circle cx="{_NODE}" cy="{y + 14}" r="14" fill="{_INK}"/>'
    middle = {"text_anchor": "middle", "font_weight": "bold", "fill": "#ffffff", "font_size": "13"}
    yield _text((_NODE, y + 19), str(number + 1), **middle)
    lines = [(text, _INK, "monospace") for text in _two_lines(_short(step.wanted), _LINE_LETTERS) if text]
    for line, (text, fill, family) in enumerate([*lines, (manner(step), _GREY, "Arial, sans-serif")]):
        yield _text((_NODE + 26, y + 10 + 16 * line), text, fill=fill, font_family=family)
    if shares:
        yield f'<path d="M{_NODE} {y + _DOT}H{_x(shares[-1][0])}" stroke="{_LINE}" stroke-width="2"/>'
    for place, share in shares:
        yield from _cell(_x(place), y + _DOT, share)


def _cell(x: int, y: int, share: Share) -> Iterator[str]:
    radius = 3 + 1.2 * log10(share.triples + 1)
    fill = _BLUE if share.triples else "#ffffff"
    yield f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{fill}" stroke="{_BLUE}"/>'
    yield _text((x, y - 29), many(share.triples, "triple"), text_anchor="middle")
    yield _text((x, y - 15), many(share.requests, "request"), font_size="11", text_anchor="middle", fill=_GREY)


def _end(account: Account, steps: int) -> Iterator[str]:
    y = _y(steps) + 20
    yield f'<rect x="{_MARGIN}" y="{y - 14}" width="112" height="28" rx="14" fill="{_BLUE}"/>'
    yield _text(
        (_MARGIN + 56, y + 5), "the answer", font_size="13", text_anchor="middle", font_weight="bold", fill="#ffffff"
    )
    left = [(len(account.steps) - _STEPS, "step"), (_apart(account), "source")]
    said = ", ".join(f"{many(count, what)} more" for count, what in left if count > 0)
    if said:
        yield _text((_MARGIN + 128, y + 5), f"not drawn: {said}", fill=_GREY)


def _apart(account: Account) -> int:
    """Return how many sources had a part in the answer, or failed, and have no column."""
    concerned = {place for step in account.steps for place in step.shares}
    concerned |= {number for number, each in enumerate(account.sources) if each.problem}
    return len(concerned) - len(_lanes(account))


def _x(place: int) -> int:
    return _MARGIN + _LEFT + _COLUMN * place + _COLUMN // 2


def _y(number: int) -> int:
    return _MARGIN + _HEAD + _ROW * number


def _short(pattern: str) -> str:
    """Write a pattern with the last part of each IRI alone.

    >>> _short("?s <http://iec.ch/TC57/CIM100#IdentifiedObject.name> ?name .")
    '?s :IdentifiedObject.name ?name .'
    """
    return _IRI.sub(r":\1", " ".join(pattern.split()))


def _two_lines(text: str, letters: int) -> tuple[str, str]:
    """Break a text into two lines; what does not fit is left out of the middle.

    >>> _two_lines("Network model, version 1", 15), _two_lines("https://north.example/sparql", 12)
    (('Network model,', 'version 1'), ('https://n…', '…ple/sparql'))
    """
    if len(text) <= letters:
        return text, ""
    if " " not in text[: letters + 1]:
        return text[: letters - 3] + "…", "…" + text[-(letters - 2) :]
    first = text[: letters + 1].rpartition(" ")[0]
    rest = text[len(first) + 1 :]
    kept = letters // 2
    return first, rest if len(rest) <= letters else f"{rest[: letters - kept - 1]}…{rest[-kept:]}"


def _text(place: tuple[int, int], text: str, **said: str) -> str:
    """Write a text at a place, with attributes of SVG, a low line in place of each hyphen of their names."""
    attributes = {"fill": _INK, "font_size": "12", **said}
    written = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{place[0]}" y="{place[1]}" {written}>{_escaped(text)}</text>'


def _escaped(text: str) -> str:
    """Write a text for XML, which has no control characters (https://www.w3.org/TR/xml/#charsets)."""
    return escape(_CONTROL.sub("\ufffd", text))
