"""XPath 1.0 expressions of a mapping, compiled with the namespaces that the mapping declares."""

from collections.abc import Callable

from lxml import etree

from virtuales.errors import InputError
from virtuales.preparation.rml.mapping import LogicalSource

Element = etree._Element  # noqa: SLF001  (the library names its class so)


def compile_xpath(expression: str, source: LogicalSource, *, where: str) -> Callable[[Element], object]:
    """Compile an expression; the function that results evaluates it on an element.

    Raises:
        InputError: it is malformed, or, when it is evaluated, uses a prefix or function that nobody declared.
    """
    try:
        compiled = etree.XPath(expression, namespaces=dict(source.namespaces) or None, regexp=False)
        compiled(etree.Element("probe"))  # prefixes and functions are looked up only now
    except etree.XPathError as error:
        raise InputError(
            f"`{expression[:200]}` is no XPath that is understood here: {error}.",
            where=where,
            remedy="Write XPath 1.0, and declare its prefixes by `rml:namespace`.",
        ) from None

    def evaluate(element: Element) -> object:
        try:
            return compiled(element)
        except etree.XPathError as error:
            raise InputError(f"`{expression[:200]}` fails: {error}.", where=where) from None

    return evaluate
