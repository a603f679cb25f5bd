"""What measurements of quality say, in words for people."""

_SHARES = {
    "MandatoryCompleteness": "of what the model asks for is there",
    "Completeness": "of the values that other objects of the same class have are there",
    "ReferentialIntegrity": "of the references lead to an object that is described",
}
_TIMELY = {"true": "As recent as its update frequency says.", "false": "Older than its update frequency says."}


def quality_sentence(metric: str, value: str) -> str | None:
    """Say what was measured of a whole version; None for a metric that has no words.

    >>> quality_sentence("MandatoryCompleteness", "0.9987")
    '99.8% of what the model asks for is there.'
    """
    if metric in _SHARES:
        return f"{percent(value)} {_SHARES[metric]}."
    if metric == "ResultsPerThousandObjects":
        return f"{value} results of the shapes for every thousand objects."
    if metric == "AgeInDays":
        return f"{value} {'day' if value == '1' else 'days'} old when it was prepared."
    return _TIMELY.get(value) if metric == "UpdatedInTime" else None


def percent(share: str) -> str:
    """Write a share as a percentage that says 100 only of the whole.

    >>> percent("1.0000"), percent("0.9999"), percent("nonsense")
    ('100%', '99.9%', 'nonsense')
    """
    try:
        parts = int(float(share) * 1000)
    except (ValueError, OverflowError):
        return share
    return "100%" if parts == 1000 else f"{parts // 10}.{parts % 10}%"  # noqa: PLR2004  # parts of a thousand
