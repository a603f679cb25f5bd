"""One question to all producers by SPARQL: answered from every dataset version that the asker may use."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, TypeVar, get_args

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.catalogue.search import Question
from virtuales.errors import UnreadableInput
from virtuales.node import Node
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import WholeAnswer
from virtuales.trust.tokens import Principal
from virtuales.web.answers import answered, in_query_threads
from virtuales.web.dependencies import Asker, NodeHere
from virtuales.web.sparql_protocol import (
    ANSWERS,
    GET_PARAMETERS,
    QUERY_BODY,
    Parameters,
    allowed,
    described,
    parameters,
    query_in,
)
from virtuales.workflow.ask_producers import (
    ENDPOINT,
    AccountedAnswer,
    FederatedQuestion,
    Missing,
    ask_producers,
    describe_federation,
)
from virtuales.workflow.asked_vocabulary import Vocabulary
from virtuales.workflow.federated_account import AnswerAccount
from virtuales.workflow.told_links import ToldLinks
from virtuales.workflow.versions_in_reach import Choice

router = APIRouter(tags=["Consume"])
_BOOLEANS: Final = ("true", "false")
Chosen = TypeVar("Chosen", bound=str)
_ACCOUNTS: Final = "/api/v1/federation/accounts"
_IRIS: Final = {"type": "array", "items": {"type": "string", "format": "iri"}}
_CHOICE: Final[list[dict[str, Any]]] = [
    {
        "name": "version",
        "in": "query",
        "description": "IRI of a dataset version to ask, or of a dataset; it can be given again. Without any, every "
        "dataset of the catalogue that fits the other conditions is asked.",
        "schema": _IRIS,
    },
    {"name": "q", "in": "query", "description": "Words that the datasets must have.", "schema": {"type": "string"}},
    {
        "name": "publisher",
        "in": "query",
        "description": "IRI of the organisation that publishes the datasets.",
        "schema": {"type": "string", "format": "iri"},
    },
    {
        "name": "sensitivity",
        "in": "query",
        "description": "The datasets' sensitivity class, such as `O`.",
        "schema": {"type": "string"},
    },
    {
        "name": "profile",
        "in": "query",
        "description": "IRI of a profile or model that the datasets conform to.",
        "schema": {"type": "string", "format": "iri"},
    },
    {
        "name": "missing",
        "in": "query",
        "description": "Which sources may be missing: `none`; `refused`, those that you may not use, unless you name "
        "versions; `any`, also those that failed, were late or cut.",
        "schema": {"type": "string", "enum": [*get_args(Missing)], "default": "refused"},
    },
    {
        "name": "model",
        "in": "query",
        "description": "The model that the query is in, by its name or IRI: data in other models are asked through the "
        "mappings. Without it all data are asked in the terms of the query.",
        "schema": {"type": "string"},
    },
    {
        "name": "strictness",
        "in": "query",
        "description": "Which other terms may stand for the query's: `exact`; `narrower`, also those that say more; "
        "`close`, also similar ones; `broader`, also those that say less.",
        "schema": {"type": "string", "enum": [*Strictness], "default": "exact"},
    },
    {
        "name": "every-term",
        "in": "query",
        "description": "Whether to refuse the query if it has a term that the mappings do not carry to the model of "
        "every source.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "links",
        "in": "query",
        "description": "What sources call by other IRIs than the query, in TriG: their IRI as subject, `owl:sameAs` or "
        "`skos:exactMatch`, and the query's as object, in a graph named by the dataset version or dataset; in the "
        "default graph for all. Post many as a field of a form.",
        "schema": {"type": "string"},
    },
]
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    **ANSWERS,
    200: {
        **ANSWERS[200],
        "headers": {
            "Link": {
                "description": "`describedby`: the account of the sources, for who asked.",
                "schema": {"type": "string"},
            },
            "Sources": {
                "description": "How many sources are in which state, such as `answered=3, refused=1` (RFC 9651).",
                "schema": {"type": "string"},
            },
        },
    },
    403: {
        "description": "Sources may not be used that may not be missing; `sources` says which, and how to ask.",
        "content": {"application/problem+json": {}},
    },
    502: {
        "description": "Sources failed, were late or cut that may not be missing; `sources` says which.",
        "content": {"application/problem+json": {}},
    },
}


def _described(protocol: dict[str, Any]) -> dict[str, Any]:
    return {**protocol, "parameters": [*protocol["parameters"], *_CHOICE]}


@router.get(ENDPOINT, summary="Query all producers", responses=_ANSWERS, openapi_extra=_described(GET_PARAMETERS))
@router.head(ENDPOINT, include_in_schema=False)
async def query_get(request: Request, node: NodeHere, asker: Asker) -> Response:
    """Answer a SPARQL query from every dataset version that your agreements grant, your own and the open ones.

    Each is asked at its producer's node in your name, as if all the data lay in one store; of each dataset the newest
    version that you may use. Ask at your organisation's own node, which knows its agreements. `Sources` counts what
    became of the sources and `Link` leads to their account; results in JSON and XML link to it too. A source that
    fails is an error unless `missing=any`. With `model`, the model that the query is in, data in other models are asked
    through the mappings, and the account says by which; with `every-term` a query is refused that these do not carry
    whole. `links` say what sources call otherwise. Without a query the endpoint describes itself.
    """
    return await _serve(request, node, asker)


@router.post(ENDPOINT, summary="Query all producers by POST", responses=_ANSWERS, openapi_extra=_described(QUERY_BODY))
async def query_post(request: Request, node: NodeHere, asker: Asker) -> Response:
    """Answer a SPARQL query, sent as the body or as a form, from every dataset version that you may use."""
    return await _serve(request, node, asker)


router.options(ENDPOINT, include_in_schema=False)(allowed("GET, HEAD, OPTIONS, POST"))


@router.get(f"{_ACCOUNTS}/{{key}}", summary="Show what a federated answer rests on", responses={404: {}})
def show_account(
    node: NodeHere, asker: Asker, key: Annotated[str, Path(description="The key at the end of the answer's link.")]
) -> AnswerAccount:
    """Tell which sources answered a query to all producers, were refused, failed, or were late or cut.

    Accounts are kept in memory, those of the last 500 answers, each for the organisation that asked.
    """
    return node.accounts.get(key, asker.organisation if asker else None)


async def _serve(request: Request, node: Node, asker: Principal | None) -> Response:
    found = await parameters(request, "query")
    if request.method != "POST" and not {"query", "update"} & {name for name, _ in found}:
        return described(request, describe_federation(node.workspace))
    posed = query_in(found, request, asker)
    return await in_query_threads(request, lambda: _answer(request, node, asker, _question(posed, found)))


def _question(posed: QueryRequest, found: Parameters) -> FederatedQuestion:
    choice = Choice(_datasets(found), tuple(value for name, value in found if name == "version"))
    links = ToldLinks.read(_once(found, "links"))
    return FederatedQuestion(posed, choice, _missing(found), _vocabulary(found), links)


def _answer(request: Request, node: Node, asker: Principal | None, question: FederatedQuestion) -> Response:
    made = ask_producers(
        node.workspace, asker, question, token_for=lambda other: node.token_of(asker, other) if asker else None
    )
    key = node.accounts.keep(made.account, asker.organisation if asker else None)
    address = f"{node.settings.base_url}{_ACCOUNTS}/{key}"
    headers = {
        "Link": f'<{address}>; rel="describedby"; type="application/json"',
        "Sources": sources_field(made),
    }
    return answered(request, WholeAnswer(made.linked(address)), headers)


def sources_field(made: AccountedAnswer) -> str:
    """Return how many sources are in which state, as a dictionary of RFC 9651."""
    return ", ".join(f"{state.replace(' ', '-')}={count}" for state, count in made.account.counts().items())


def _datasets(found: Parameters) -> Question:
    def one(name: str) -> str | None:
        return _once(found, name) or None

    return Question(one("q") or "", one("publisher"), one("sensitivity"), one("profile"))


def _missing(found: Parameters) -> Missing:
    given: Missing = _one_of(found, "missing", get_args(Missing)) or "refused"
    return given


def _vocabulary(found: Parameters) -> Vocabulary | None:
    model, strictness = _once(found, "model"), _one_of(found, "strictness", [*Strictness])
    every_term = _one_of(found, "every-term", _BOOLEANS) == "true"
    if model:
        return Vocabulary(model, strictness or Strictness.EXACT, every_term=every_term)
    if strictness or every_term:
        raise UnreadableInput(
            "It is not said which model the query is in.",
            where="strictness" if strictness else "every-term",
            remedy="Name it with `model`.",
        )
    return None


def _one_of(found: Parameters, name: str, known: Sequence[Chosen]) -> Chosen | None:
    given = _once(found, name)
    if not given:
        return None
    for each in known:
        if given == each:
            return each
    raise UnreadableInput(
        f"`{given[:80]}` is no value of `{name}`.", where=name, remedy=f"Use one of: {', '.join(known)}."
    )


def _once(found: Parameters, name: str) -> str:
    values = [value for key, value in found if key == name]
    if len(values) > 1:
        raise UnreadableInput(f"`{name}` is given twice.", where=name, remedy="Give one value.")
    return values[0].strip() if values else ""
