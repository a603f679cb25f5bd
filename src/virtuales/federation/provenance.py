"""What an answer rests on: which endpoints gave its triples, and which mappings and rules made them the query's."""

from dataclasses import asdict

from virtuales.federation.account import Account, Source, Step


def provenance(account: Account) -> dict[str, object]:
    """Return as plain data, to be written as JSON, what an answer rests on.

    For each endpoint there are the models that its data follow and what became of each term of the query: the terms and
    rules that carry it, with file and line, or why nothing does. For each step there is what was asked for, and for
    each endpoint that answered, how many triples came and what it was asked in its own terms.
    """
    return {
        "complete": account.complete,
        "sources": [_source(each) for each in account.sources],
        "steps": [_step(each, account) for each in account.steps],
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "url": source.url,
        "status": source.status,
        "triples": source.triples,
        "models": list(source.models),
        "terms": [asdict(each) for each in source.terms],
    }


def _step(step: Step, account: Account) -> dict[str, object]:
    gave = [
        {"url": account.sources[place].url, "triples": share.triples, "asked": step.lifted.get(place)}
        for place, share in sorted(step.shares.items())
    ]
    return {"wanted": step.wanted, "graph": step.graph, "sources": gave}
