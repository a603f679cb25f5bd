"""What a SPARQL query may ask for before it runs: no other server, no change, nothing but the graphs it is given.

The engine opens connections for `SERVICE` by itself, so the word is looked for before the query reaches it. Looking
is strict rather than clever: wherever the engine could read the keyword, the query is refused.
"""

import re
from collections.abc import Iterator

from virtuales.errors import InputError

MAX_QUERY_CHARACTERS = 100_000
MAX_NESTING = 256
"""How many brackets of a query may be open at once: engines read them by recursion, and end when there are too many."""

_SKIPPED = re.compile(
    r"""
      \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"      # long string
    | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\n\r]|\\.)*"                    # string
    | '(?:[^'\\\n\r]|\\.)*'
    | <[^<>"{}|^`\\\x00-\x20]*>                # IRI
    | \#[^\n\r]*                               # comment
    | [?$][A-Za-z_0-9\u00b7-\U000effff]+       # variable
    | _:[\w.·-]+                               # blank node
    | (?<![\w])[\w.·-]*:(?:[\w.:·-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*  # prefixed name, checked apart
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SERVICE = re.compile("service", re.IGNORECASE)


def check_query(text: str) -> None:
    """Refuse a query that is too long or that would make this node open connections.

    Raises:
        InputError: the query is over `MAX_QUERY_CHARACTERS`, or holds `SERVICE` where it can be the keyword.

    >>> check_query('SELECT ?service WHERE { ?service a <http://example.org/service>, "service" }')
    >>> check_query('SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }')
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: This endpoint does not call other servers. (SERVICE) Ask each endpoint itself.
    """
    check_length(text)
    refuse_services(text)


def check_length(text: str) -> None:
    """Refuse a query that is too long or nested too deep.

    Raises:
        InputError: it is over `MAX_QUERY_CHARACTERS` or `MAX_NESTING`.

    >>> check_length("ASK " + "{" * 300 + "}" * 300)
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: The query is nested more than 256 deep. (query) Write it flatter.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise InputError(
            f"The query is longer than {MAX_QUERY_CHARACTERS} characters.", where="query", remedy="Shorten it."
        )
    if sum(map(text.count, "({[!")) > MAX_NESTING and _nesting(text) > MAX_NESTING:
        raise InputError(
            f"The query is nested more than {MAX_NESTING} deep.", where="query", remedy="Write it flatter."
        )


def refuse_services(text: str) -> None:
    """Refuse a query that would make this node open connections.

    Raises:
        InputError: it holds `SERVICE` where it can be the keyword.
    """
    forms = {text, _unescaped(text)}
    if any(_SERVICE.search(form) and _SERVICE.search(_SKIPPED.sub(_keep_prefix, form)) for form in forms):
        raise InputError(
            "This endpoint does not call other servers.", where="SERVICE", remedy="Ask each endpoint itself."
        )


def tokens(text: str) -> Iterator[str]:
    """Split a query where strings, IRIs, comments, variables and prefixed names begin and end; joined it is the same.

    >>> list(tokens('?s a "?o"'))
    ['?s', ' a ', '"?o"']
    """
    end = 0
    for match in _SKIPPED.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        yield match.group()
        end = match.end()
    if end < len(text):
        yield text[end:]


def _nesting(text: str) -> int:
    """Return how many brackets are open at once, at most; negations that follow each other count as brackets."""
    deepest = depth = negations = 0
    for character in _SKIPPED.sub(" ", text):
        negations = negations + 1 if character == "!" else negations if character.isspace() else 0
        depth += (character in "({[") - (character in ")}]")
        deepest = max(deepest, depth + negations)
    return deepest


def _unescaped(text: str) -> str:
    """Resolve code point escapes, which SPARQL allows everywhere in a query (section 19.2)."""
    return _ESCAPE.sub(lambda match: chr(min(int(match.group(1) or match.group(2), 16), 0x10FFFF)), text)


def _keep_prefix(match: re.Match[str]) -> str:
    """Blank out what cannot be a keyword; of a prefixed name keep the prefix, which a lax parser could read as one."""
    token = match.group()
    if token[0] in "\"'<#?$_":
        return " "
    return token.partition(":")[0] + " "
