"""The bars of all cases at all latencies side by side, as a table in Markdown."""

from collections.abc import Mapping, Sequence

from federation.bars import Bar

TITLES = {
    "not_right": "answers not right",
    "times_fedx": "times as fast as FedX",
    "times_comunica": "times as fast as Comunica",
    "slower_than_fedx": "queries slower than FedX",
    "share_of_fedx_requests": "share of FedX's requests",
    "times_longer_than_plan": "times as long as the plan by hand",
}
"""What bars are called, in the order of the table; times are geometric means."""


def table(judged: Mapping[str, Sequence[Bar]]) -> str:
    """Write the bars of each case; what is bold is not reached.

    >>> print(table({"trade": [Bar("times_fedx", 21.04, "times", True, "at least 20")]}))
    | | trade |
    |---|---|
    | times as fast as FedX | 21 |
    """
    found = {name: {case: bar for case, bars in judged.items() for bar in bars if bar.name == name} for name in TITLES}
    lines = ["| | " + " | ".join(judged) + " |", "|---|" + "---|" * len(judged)]
    for name, title in TITLES.items():
        if found[name]:
            cells = (_cell(found[name].get(case)) for case in judged)
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(bar: Bar | None) -> str:
    if bar is None:
        return ""
    value = f"{bar.value:.1%}" if bar.unit == "share" else f"{bar.value:.3g}"
    return value if bar.passed else f"**{value}**"
