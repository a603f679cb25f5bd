"""Random queries in the vocabulary of the small worlds."""

from hypothesis import strategies as st
from tests.alignment.rewriting.small_worlds import PREFIXES, THINGS

VARIABLES = ["?p", "?q", "?r", "?s"]
variables = st.sampled_from(VARIABLES)
ends = st.one_of(*[variables] * 5, st.sampled_from(THINGS))
links = st.sampled_from(["a:to", "a:part", "a:near", "a:start", "a:stop"])
values = st.one_of(variables, variables, st.sampled_from(["a:red", "a:blue", "a:green"]))
numbers = st.one_of(variables, st.sampled_from(["1000.0", "2000.0", "3000.0"]))
wholes = st.one_of(variables, st.sampled_from(["1", "2"]))
classes = st.one_of(variables, variables, st.sampled_from(["a:Thing", "a:Node", "a:Line"]))
PATHS = ["a:to/a:part", "^a:to", "^a:near/a:to", "a:start/a:stop", "!(a:to|a:kind)"]
REPEATED = ["a:to+", "(a:near|^a:part)+", "(a:to/a:near)+"]


@st.composite
def triples(draw: st.DrawFn, *, facts_known: bool) -> str:
    """Make one triple."""
    subject = draw(ends)
    paths = st.sampled_from(PATHS + REPEATED if facts_known else PATHS)
    choices = [
        st.builds("{} {} {}".format, st.just(subject), links, ends),
        st.builds("{} {} {}".format, st.just(subject), paths, ends),
        st.builds("{} a {}".format, st.just(subject), classes),
        st.builds("{} {} {}".format, st.just(subject), st.sampled_from(["a:kind", "a:colour"]), values),
        st.builds("{} {} {}".format, st.just(subject), st.sampled_from(["a:celsius", "a:metres"]), wholes),
        st.builds("{} rdfs:label {}".format, st.just(subject), st.one_of(variables, st.just('"x"'))),
        st.builds("{} {} {}".format, st.just(subject), variables, st.one_of(ends, values)),
        st.builds("{} a:to [ a:part {} ]".format, st.just(subject), ends),
    ]
    if facts_known:
        choices += [
            st.builds("{} a:power {}".format, st.just(subject), numbers),
            st.builds("{} a:shut {}".format, st.just(subject), st.one_of(variables, st.just("false"))),
            st.builds("{} a/rdfs:subClassOf* {}".format, st.just(subject), st.sampled_from(["a:Thing", "a:Node"])),
        ]
    return draw(st.one_of(choices))


def conditions() -> st.SearchStrategy[str]:
    """Make conditions of filters."""
    return st.one_of(
        st.builds("{} != {}".format, variables, variables),
        st.builds("{} IN (a:red, a:Line, x:t1, 1)".format, variables),
        st.builds("BOUND({}) && isIRI({})".format, variables, variables),
        st.builds("{} > 1500".format, variables),
    )


@st.composite
def groups(draw: st.DrawFn, depth: int = 2, *, facts_known: bool = True) -> str:
    """Make the inside of a group."""
    parts = draw(st.lists(triples(facts_known=facts_known), min_size=1, max_size=2))
    text = " . ".join(parts)
    if depth == 0:
        return text
    inner = groups(depth - 1, facts_known=facts_known)
    further = st.one_of(
        st.builds("OPTIONAL {{ {} }}".format, inner),
        st.builds("MINUS {{ {} }}".format, inner),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("FILTER EXISTS {{ {} }}".format, inner),
        st.builds("FILTER NOT EXISTS {{ {} }}".format, inner),
        st.builds("FILTER ({})".format, conditions()),
        st.builds("VALUES {} {{ a:red x:t1 x:t2 a:Node }}".format, variables),
        st.builds("{{ SELECT {} (COUNT(*) AS ?n) {{ {} }} GROUP BY {} }}".format, st.just("?p"), inner, st.just("?p")),
        st.builds("{{ SELECT DISTINCT ?p ?q {{ {} }} }}".format, inner),
    )
    return " ".join([text, *draw(st.lists(further, max_size=2))])


def queries(*, facts_known: bool = True) -> st.SearchStrategy[str]:
    """Make queries."""
    inside = groups(facts_known=facts_known)
    return st.one_of(
        st.builds("SELECT * {{ {} }}".format, inside),
        st.builds("SELECT DISTINCT ?p ?q {{ {} }}".format, inside),
        st.builds("SELECT ?p (COUNT(?q) AS ?total) {{ {} }} GROUP BY ?p".format, inside),
        st.builds("CONSTRUCT {{ ?p a:to ?q ; a ?r }} WHERE {{ {} }}".format, inside),
        st.builds("ASK {{ {} }}".format, inside),
    ).map(PREFIXES.__add__)
