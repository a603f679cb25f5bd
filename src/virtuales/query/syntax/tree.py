"""The syntax tree of a SPARQL 1.1 query.

The classes are named after the productions of the grammar, https://www.w3.org/TR/sparql11-query/#sparqlGrammar, and
hold what the query says as it says it: property lists, collections and blank nodes in brackets stay what they are.
Terms are RDF terms with IRIs in full; how they were abbreviated, white space, and brackets that change nothing are left
out.
"""

from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from virtuales.query.syntax.triples import TriplesSameSubject, VarOrIri
from virtuales.rdf.terms import Literal, NamedNode, Variable

# Expressions


@dataclass(frozen=True, slots=True)
class ConditionalOrExpression:
    """`a || b || c`."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class ConditionalAndExpression:
    """`a && b && c`."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class RelationalExpression:
    """`a < b` and the other comparisons."""

    left: "Expression"
    operator: OneOf["=", "!=", "<", ">", "<=", ">="]
    right: "Expression"


@dataclass(frozen=True, slots=True)
class InExpression:
    """`a IN (b, c)`, `a NOT IN (b, c)`; in the grammar a kind of RelationalExpression."""

    operand: "Expression"
    choices: tuple["Expression", ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AdditiveExpression:
    """`a + b`, `a - b`."""

    left: "Expression"
    operator: OneOf["+", "-"]
    right: "Expression"


@dataclass(frozen=True, slots=True)
class MultiplicativeExpression:
    """`a * b`, `a / b`."""

    left: "Expression"
    operator: OneOf["*", "/"]
    right: "Expression"


@dataclass(frozen=True, slots=True)
class UnaryExpression:
    """`!a`, `+a`, `-a`."""

    operator: OneOf["!", "+", "-"]
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """The call of a function, or an aggregate, that an IRI names."""

    function: NamedNode
    arguments: tuple["Expression", ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class BuiltInCall:
    """The call of a function of SPARQL; its name is in capitals."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`COUNT`, `SUM` and the others; without an expression it is `COUNT(*)`."""

    name: str
    expression: "Expression | None"
    distinct: bool = False
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class ExistsFunc:
    """`EXISTS { … }`, `NOT EXISTS { … }`."""

    pattern: "GroupGraphPattern"
    negated: bool = False


Expression = (
    Variable
    | NamedNode
    | Literal
    | ConditionalOrExpression
    | ConditionalAndExpression
    | RelationalExpression
    | InExpression
    | AdditiveExpression
    | MultiplicativeExpression
    | UnaryExpression
    | FunctionCall
    | BuiltInCall
    | Aggregate
    | ExistsFunc
)

# Graph patterns


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, with its mark, before what it was found in or before."""

    text: str


@dataclass(frozen=True, slots=True)
class TriplesBlock:
    """Triples that stand together."""

    triples: tuple[TriplesSameSubject, ...]


@dataclass(frozen=True, slots=True)
class GroupGraphPattern:
    """`{ … }`; a SubSelect stands alone in it."""

    elements: tuple["Element", ...] = ()


@dataclass(frozen=True, slots=True)
class GroupOrUnionGraphPattern:
    """`{ … } UNION { … }`, or a group by itself."""

    alternatives: tuple[GroupGraphPattern, ...]


@dataclass(frozen=True, slots=True)
class OptionalGraphPattern:
    """`OPTIONAL { … }`."""

    pattern: GroupGraphPattern


@dataclass(frozen=True, slots=True)
class MinusGraphPattern:
    """`MINUS { … }`."""

    pattern: GroupGraphPattern


@dataclass(frozen=True, slots=True)
class GraphGraphPattern:
    """`GRAPH g { … }`."""

    name: VarOrIri
    pattern: GroupGraphPattern


@dataclass(frozen=True, slots=True)
class ServiceGraphPattern:
    """`SERVICE s { … }`."""

    name: VarOrIri
    pattern: GroupGraphPattern
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """`FILTER …`."""

    constraint: Expression


@dataclass(frozen=True, slots=True)
class Bind:
    """`BIND (… AS ?v)`."""

    expression: Expression
    variable: Variable


@dataclass(frozen=True, slots=True)
class InlineData:
    """`VALUES … { … }`; a cell of None is UNDEF."""

    variables: tuple[Variable, ...]
    rows: tuple[tuple[NamedNode | Literal | None, ...], ...]


Element: TypeAlias = (
    "TriplesBlock | GroupOrUnionGraphPattern | OptionalGraphPattern | MinusGraphPattern | GraphGraphPattern"
    " | ServiceGraphPattern | Filter | Bind | InlineData | Comment | SubSelect"
)

# Queries


@dataclass(frozen=True, slots=True)
class Prologue:
    """What stands before a query.

    Args:
        base: The base IRI that was declared, against which `IRI()` resolves when the query runs.
        prefixes: The prefixes, each with its IRI in full.
        comments: Comments that stand outside the query's groups, those before it first.
    """

    base: str | None = None
    prefixes: tuple[tuple[str, str], ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """`(… AS ?v)` in SELECT and GROUP BY."""

    expression: Expression
    variable: Variable


@dataclass(frozen=True, slots=True)
class SelectClause:
    """`SELECT …`; without variables it is `SELECT *`."""

    variables: tuple[Variable | Assignment, ...] = ()
    modifier: OneOf["", "DISTINCT", "REDUCED"] = ""


@dataclass(frozen=True, slots=True)
class DatasetClause:
    """`FROM g`, `FROM NAMED g`."""

    iri: NamedNode
    named: bool = False


@dataclass(frozen=True, slots=True)
class OrderCondition:
    """A condition of ORDER BY."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class SolutionModifier:
    """GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET."""

    group: tuple[Expression | Assignment, ...] = ()
    having: tuple[Expression, ...] = ()
    order: tuple[OrderCondition, ...] = ()
    limit: int | None = None
    offset: int | None = None


NO_MODIFIER = SolutionModifier()
NO_PROLOGUE = Prologue()


@dataclass(frozen=True, slots=True)
class SubSelect:
    """A SELECT within a group; `values` is its ValuesClause."""

    select: SelectClause
    where: GroupGraphPattern
    modifier: SolutionModifier = NO_MODIFIER
    values: InlineData | None = None


@dataclass(frozen=True, slots=True)
class SelectQuery:
    """A SELECT query."""

    select: SelectClause
    where: GroupGraphPattern
    modifier: SolutionModifier = NO_MODIFIER
    values: InlineData | None = None
    dataset: tuple[DatasetClause, ...] = ()
    prologue: Prologue = NO_PROLOGUE


@dataclass(frozen=True, slots=True)
class ConstructQuery:
    """A CONSTRUCT query; without a template, the triples of its pattern are the template."""

    template: tuple[TriplesSameSubject, ...] | None
    where: GroupGraphPattern
    modifier: SolutionModifier = NO_MODIFIER
    values: InlineData | None = None
    dataset: tuple[DatasetClause, ...] = ()
    prologue: Prologue = NO_PROLOGUE


@dataclass(frozen=True, slots=True)
class DescribeQuery:
    """A DESCRIBE query; without resources it is `DESCRIBE *`."""

    resources: tuple[VarOrIri, ...]
    where: GroupGraphPattern | None
    modifier: SolutionModifier = NO_MODIFIER
    values: InlineData | None = None
    dataset: tuple[DatasetClause, ...] = ()
    prologue: Prologue = NO_PROLOGUE


@dataclass(frozen=True, slots=True)
class AskQuery:
    """An ASK query."""

    where: GroupGraphPattern
    modifier: SolutionModifier = NO_MODIFIER
    values: InlineData | None = None
    dataset: tuple[DatasetClause, ...] = ()
    prologue: Prologue = NO_PROLOGUE


Query = SelectQuery | ConstructQuery | DescribeQuery | AskQuery
