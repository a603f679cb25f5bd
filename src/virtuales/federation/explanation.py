"""The account of a federated answer for people: as lines of text, and as a picture.

The picture is a flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html), which viewers of Markdown draw.
"""

from collections.abc import Iterator

from virtuales.federation.account import Account, Share, Source, Step

_LABEL = 60
_LINES = 40


def as_text(account: Account) -> str:
    """Write what was fetched, step by step, and what each source gave."""
    lines = [f"{many(len(account.steps), 'step')}, {many(account.requests, 'request')}, {account.seconds:.2f} s"]
    for number, step in enumerate(account.steps, 1):
        lines += [f"{number}. {step.wanted}", f"   {manner(step)}"]
        for place, share in sorted(step.shares.items()):
            lines.append(f"   {account.sources[place].url}: {_what(share)}")
            lines += [f"      {line}" for line in _beginning(step.lifted.get(place, ""))]
    lines.append("sources")
    for source in account.sources:
        lines += [f"   {source.url}: {_of(source)}", *(f"      {line}" for line in _terms(source))]
    return "\n".join(lines) + "\n"


def as_mermaid(account: Account) -> str:
    """Draw what was fetched from where as a flowchart of Mermaid."""
    return "\n".join(["flowchart LR", *_drawn(account)]) + "\n"


def missing(account: Account) -> str | None:
    """Say in a sentence what a partial answer lacks; None where it lacks nothing."""
    failed = [each for each in account.sources if each.status not in {"answered", "not asked"}]
    if not failed:
        return None
    named = "; ".join(f"{each.url} ({each.status}: {each.problem})" for each in failed)
    return f"The answer is not complete: it lacks what {many(len(failed), 'source')} would have given. {named}"


def uncarried(account: Account) -> Iterator[str]:
    """Give a sentence for each endpoint's terms that nothing carries, so that their patterns match nothing there."""
    for source in account.sources:
        lost = [each for each in source.terms if each.outcome == "not carried"]
        if lost:
            yield f"{source.url}: " + " ".join(f"<{each.term}>: {each.reason}" for each in lost)


def _drawn(account: Account) -> Iterator[str]:
    for number, step in enumerate(account.steps, 1):
        text = step.wanted if len(step.wanted) <= _LABEL else step.wanted[: _LABEL - 1] + "…"
        yield f'  step{number}["{_quoted(f"{number}. {text}")}<br/>{_quoted(manner(step))}"]'
        if number > 1:
            yield f"  step{number - 1} --> step{number}"
    for place, source in enumerate(account.sources):
        yield f'  source{place}[("{_quoted(source.url)}<br/>{_quoted(_of(source))}")]'
    for number, step in enumerate(account.steps, 1):
        for place, share in sorted(step.shares.items()):
            yield f'  source{place} -. "{_what(share)}" .-> step{number}'
    yield "  answer([the answer])"
    if account.steps:
        yield f"  step{len(account.steps)} --> answer"


def _beginning(text: str) -> list[str]:
    """Give the lines of a text, but not all of many."""
    lines = text.splitlines()
    return lines if len(lines) <= _LINES else [*lines[:_LINES], f"… and {len(lines) - _LINES} more lines"]


def _terms(source: Source) -> Iterator[str]:
    """Give a line for each term of the query that an endpoint's mappings are about."""
    for each in source.terms:
        if each.outcome != "kept":
            why = ", ".join((*each.by, each.reason) if each.reason else each.by)
            yield f"{each.outcome}: {each.place} <{each.term}>" + (
                f" by {why}" if each.by else f": {why}" if why else ""
            )


def manner(step: Step) -> str:
    """Say how a step was fetched: whole or with values, from which graph, and how long it took."""
    where = f" in {step.graph}" if step.graph else ""
    how = "whole" if step.values is None else f"with {many(step.values, 'value')}"
    return f"{how}{where}, {step.seconds:.3f} s"


def _what(share: Share) -> str:
    return f"{many(share.requests, 'request')}, {many(share.triples, 'triple')}"


def _of(source: Source) -> str:
    said = f"{source.status}, {many(source.requests, 'request')}, {many(source.triples, 'triple')}"
    said += f", {source.seconds:.2f} s"
    return f"{said}: {source.problem}" if source.problem else said


def many(number: int, what: str) -> str:
    """Say how many of something there are.

    >>> many(1, "triple"), many(2000, "triple")
    ('1 triple', '2,000 triples')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _quoted(text: str) -> str:
    """Write text so that it stands in a label: Mermaid takes character references."""
    for sign, reference in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, reference)
    return text
