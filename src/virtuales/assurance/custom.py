"""Constraint components that a shapes graph defines itself, with validators written in SPARQL.

See https://www.w3.org/TR/shacl/#sparql-constraint-components.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from virtuales.assurance.queries import read_query
from virtuales.assurance.reading import Malformed, Node, Statements, bare
from virtuales.assurance.shapes import SHACL, Constraint, Parameter


@dataclass(frozen=True)
class CustomComponent:
    """A component that a shapes graph defines.

    Args:
        node: Its node.
        parameters: For each parameter (bare IRI) the variable it is bound to.
        optional: The parameters that a shape may leave out.
    """

    node: Node
    parameters: dict[str, str]
    optional: frozenset[str]

    def is_used_by(self, shape: Node) -> bool:
        """Tell whether a shape gives all parameters that must be given."""
        needed = [name for name in self.parameters if name not in self.optional]
        return bool(needed) and all(shape.values(name) for name in needed)

    def read(self, shape: Node) -> Iterator[Constraint | Malformed]:
        """Read the constraints of a shape that uses the component; a fault stands in place of one that is in error."""
        given: dict[str, list[str | None]] = {name: [*shape.values(name)] or [None] for name in self.parameters}
        if len(self.parameters) > 1 and any(len(values) > 1 for values in given.values()):
            yield Malformed(f"A parameter of {self.node.term} has several values.")
            return
        try:
            validator, form = self._validator(shape)
            for values in product(*given.values()):
                bound = dict(zip(self.parameters.values(), values, strict=True))
                query = read_query(validator, form, shape=shape, parameters=bound)
                if not query.messages:
                    query = replace(query, messages=tuple(self.node.values("message")))
                name = bare(self.node.term)
                yield Constraint(name, terms=(self.node.term,), query=query, flag=form == "ask")
        except Malformed as error:
            yield error

    def _validator(self, shape: Node) -> tuple[Node, str]:
        kind = "propertyValidator" if shape.values("path") else "nodeValidator"
        for name in (kind, "validator"):
            for value in self.node.values(name):
                validator = self.node.graph.node(value)
                for form in ("select", "ask"):
                    if validator.values(form):
                        return validator, form
        raise Malformed(f"{self.node.term} has no SPARQL validator for a shape of this kind.")


def custom_components(statements: Statements) -> Iterator[CustomComponent | tuple[str, Malformed]]:
    """Give the components that a shapes graph defines; for one in error its node and the fault."""
    kinds = statements.subclasses(f"{SHACL}ConstraintComponent")
    for node in statements.nodes():
        if kinds.isdisjoint(node.values("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")):
            continue
        try:
            yield _component(node)
        except Malformed as error:
            yield node.term, error


def _component(node: Node) -> CustomComponent:
    several = read_parameters(node)
    if not node.term.startswith("<"):
        raise Malformed("A constraint component must have an IRI.")
    parameters = {one.path: one.name for one in several}
    return CustomComponent(node, parameters, frozenset(one.path for one in several if one.optional))


def read_parameters(node: Node) -> tuple[Parameter, ...]:
    """Read the parameters of a component, function or target type, in the order of the file.

    Raises:
        Malformed: a parameter has no path whose local name could name a variable.
    """
    found = []
    for value in node.values("parameter"):
        parameter = node.graph.node(value)
        (path,) = parameter.iris("path") or [""]
        name = re.split("[#/:]", bare(path))[-1] if path else ""
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or name in {"this", "value", "path", "PATH"}:
            raise Malformed(f"A parameter of {node.term} has no path that could name a variable.")
        found.append(Parameter(bare(path), name, parameter.boolean("optional")))
    return tuple(found)
