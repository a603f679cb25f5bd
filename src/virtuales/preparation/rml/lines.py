"""On which line of a Turtle document each node begins: the parser does not say, so the document is made to say it.

A copy of the document is written with a statement about the line put before each statement and into each pair of
brackets, on the same line, so that the parser resolves prefixes, bases and blank nodes as ever.
See https://www.w3.org/TR/turtle/#sec-grammar.
"""

import re

LINE = "urn:virtuales:line"
"""The predicate of the statements about lines."""

_token = re.compile(
    r'''
      (?P<blank>\s+|\#[^\n\r]*)
    | (?P<term><[^<>"{}|^`\x00-\x20]*>)
    | (?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!\'\'))*\'\'\'
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<open>[\[(])
    | (?P<close>[\])])
    | (?P<end>\.)
    | (?P<mark>[;,])
    | (?P<word>(?:[^\s<>"'\[\]();,.\#\\]|\\.)+(?:\.+(?:[^\s<>"'\[\]();,.\#\\]|\\.)+)*)
    ''',
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVES = {"prefix": 2, "base": 1}
"""The directives that end without a full stop, and how many words follow them."""


def with_lines(text: str) -> str:
    """Return a well-formed Turtle document that also says on which line each subject and pair of brackets begins.

    >>> with_lines("<a:a> <a:b> [ <a:c> 1 ] .")
    '<a:a> <urn:virtuales:line> 1 . <a:a> <a:b> [ <urn:virtuales:line> 1 ;  <a:c> 1 ] .'
    """
    made, line, depth, awaits, skip = [], 1, 0, True, 0
    for match in _token.finditer(text):
        kind, token = match.lastgroup, match[0]
        if awaits and kind in {"term", "word"}:
            if skip:
                skip -= 1
            elif token.lower() in _DIRECTIVES:
                skip = _DIRECTIVES[token.lower()]
            else:
                awaits = False
                if not token.startswith("@"):
                    made.append(f"{token} <{LINE}> {line} . ")
        made.append(token)
        if kind == "open":
            depth, awaits = depth + 1, False
            made.append(f" <{LINE}> {line} ; " if match[0] == "[" else "")
        elif kind == "close":
            depth -= 1
        elif kind == "end":
            awaits = depth == 0
        line += token.count("\n")
    return "".join(made)
