"""Fetching what DESCRIBE tells: what each endpoint says of the resources itself."""

from virtuales.federation.account import Step
from virtuales.federation.context import Place
from virtuales.federation.fetching import Fetcher
from virtuales.federation.jobs import Job
from virtuales.federation.local import source_of
from virtuales.federation.requests import Wanted
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.scope import in_scope
from virtuales.query.syntax.tree import DescribeQuery
from virtuales.rdf.terms import NamedNode, Variable


def fetch_descriptions(query: DescribeQuery, fetcher: Fetcher, place: Place) -> None:
    """Ask every endpoint to describe the resources that a query is about; what its pattern can use is here already."""
    found = {str(each) for each in query.resources if isinstance(each, NamedNode)}
    variables = [each for each in query.resources if isinstance(each, Variable)]
    if query.where is not None:
        variables = variables or ([] if query.resources else list(in_scope(query.where)))
        for variable in variables:
            found |= fetcher.local.solved(variable, query)
    named = sorted(each for each in found if each.startswith("<"))
    size = fetcher.asking.options.block
    blocks = [named[start : start + size] for start in range(0, len(named), size)]
    thing = Variable("s")
    said = Wanted((Triple(thing, Variable("p"), Variable("o")),))
    jobs: list[Job] = []
    for source in place.asked:
        if source in fetcher.liftings:  # its own description would be in its own terms
            fetcher.is_given(source, said, place)
            values = [((thing,), fetcher.sent(source, [(each,) for each in block])) for block in blocks]
            jobs += [Job(source, fetcher.construct(source, said, place, values=each)) for each in values]
        else:
            jobs += [Job(source, f"DESCRIBE {' '.join(block)}{place.clauses}") for block in blocks]
    blank = {source_of(each) for each in found if each.startswith("_:")}
    kept = "isBlank(?s)"
    jobs += [Job(source, fetcher.construct(source, said, place, condition=kept)) for source in sorted(blank)]
    fetcher.load(jobs, place, Step("descriptions", values=len(named)))
