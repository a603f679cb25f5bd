"""Regular expressions of XPath, written for the engine that polars matches with.

The two agree nearly everywhere; what differs is translated here. See https://www.w3.org/TR/xpath-functions/#regex-syntax.
"""

import re

from virtuales.assurance.reading import Malformed

_NAME_START = r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}"
_NAME = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}"
_CLASSES = {"i": _NAME_START, "I": "^" + _NAME_START, "c": _NAME, "C": "^" + _NAME}
_PIECE = re.compile(r"\\(.)|(\[)|(\])|(-\[)")
_FLAGS = frozenset("ismxq")


def regular_expression(pattern: str, flags: str) -> str:
    """Translate a pattern and its flags.

    Args:
        pattern: A regular expression of XPath's `fn:matches`.
        flags: Its flags: any of `i`, `s`, `m`, `x`, `q`.

    Raises:
        Malformed: a flag or a construct that cannot be translated.

    >>> regular_expression("^[A-Z]+$", "i")
    '(?i)^[A-Z]+$'
    """
    unknown = sorted(set(flags) - _FLAGS)
    if unknown:
        raise Malformed(f"`{unknown[0]}` is no flag of a regular expression.")
    if "q" in flags:
        pattern, flags = re.escape(pattern), flags.replace("q", "")
    if re.search(r"\\[1-9]", pattern):
        raise Malformed("A pattern with a back-reference is not supported.")
    kept = "".join(sorted(set(flags)))
    return (f"(?{kept})" if kept else "") + _translated(pattern)


def _translated(pattern: str) -> str:
    r"""Write out `\i` and `\c` (XML names) and class subtraction, which the engine spells `--`."""
    depth = 0

    def piece(match: re.Match[str]) -> str:
        nonlocal depth
        if match[1]:
            inside = _CLASSES.get(match[1])
            return f"[{inside}]" if inside else match[0]
        is_subtraction = bool(match[4]) and depth > 0  # a hyphen before a class is just a hyphen
        depth += -1 if match[3] else 1
        return "--[" if is_subtraction else match[0]

    return _PIECE.sub(piece, pattern)
