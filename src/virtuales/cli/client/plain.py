"""Text from elsewhere, made harmless for a terminal."""

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(value: object) -> str:
    r"""Return the text of a value without characters that steer a terminal or turn the direction of writing.

    >>> plain("a\x1b[31mb")
    'a�[31mb'
    """
    return _CONTROLS.sub("\ufffd", str(value))
