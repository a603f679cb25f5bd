"""The web application of a node: every router, with errors as problem documents."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from virtuales import __version__
from virtuales.errors import NotFound
from virtuales.node import Node
from virtuales.web import openapi, problems
from virtuales.web.api import (
    agreement_events,
    agreements,
    attestations,
    audit,
    bargaining,
    catalogue,
    catalogue_query,
    catalogue_search,
    connectors,
    context,
    data,
    datasets,
    dataspace,
    dataspace_negotiations,
    dataspace_transfers,
    derivation,
    draft_graphs,
    events,
    federation,
    identity,
    licences,
    mappings,
    models,
    negotiations,
    objects,
    obligations,
    offered,
    openid,
    organisations,
    people,
    policy_register,
    queries,
    saved_searches,
    schemas,
    terms,
    token_keys,
    transfers,
    use_cases,
)
from virtuales.web.api import requests as access_requests
from virtuales.web.body_limit import BodyLimit
from virtuales.web.portal import pages
from virtuales.web.query_door import QueryDoor

_DESCRIPTION = """
A node of the Virtual Energy System. The six steps, in order: **prepare** and **publish** a dataset, **search and
find** it, **request access**, **review and provide access**, **consume** it.

Access tokens come from the orchestrator's `/oauth/token`, each for one node (`resource`). Errors are problem
documents (RFC 9457) that say what is wrong, where, and what would be right.
"""


def create_app(node: Node) -> FastAPI:
    """Build the application that serves a node; the node starts and ends with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        node.start()
        yield
        node.close()

    app = FastAPI(
        title="VirtualES node",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.node = node
    app.add_middleware(QueryDoor)
    app.add_middleware(BodyLimit)  # around the other
    problems.install(app)
    app.include_router(data.router)  # queries first, since addresses are looked for in this order
    app.include_router(catalogue_query.router)
    for module in (
        identity,
        attestations,  # these two before organisations, whose addresses hold any key
        terms,
        organisations,
        datasets,
        catalogue_search,
        catalogue,
        offered,
        access_requests,
        negotiations,
        bargaining,
        agreements,
    ):
        app.include_router(module.router)
    app.include_router(openid.router)
    app.include_router(token_keys.router)
    app.include_router(agreement_events.router)
    app.include_router(obligations.router)
    app.include_router(policy_register.router)
    app.include_router(people.router)
    app.include_router(events.router)
    app.include_router(audit.router)
    app.include_router(schemas.router)
    app.include_router(saved_searches.router)
    app.include_router(federation.router)
    app.include_router(draft_graphs.router)
    app.include_router(models.router)
    app.include_router(objects.router)
    app.include_router(context.router)
    app.include_router(use_cases.router)
    app.include_router(mappings.router)
    app.include_router(queries.router)
    app.include_router(licences.router)
    app.include_router(derivation.router)
    app.include_router(dataspace.router)
    app.include_router(dataspace.catalogue_router)
    app.include_router(dataspace_negotiations.router)
    app.include_router(dataspace_transfers.router)
    app.include_router(dataspace_transfers.data_router)
    app.include_router(dataspace_transfers.received_router)
    app.include_router(connectors.router)
    app.include_router(transfers.router)
    app.add_api_route("/problems/{name}", _problem, summary="What a kind of problem means", tags=["Problems"])
    app.add_api_route("/health", _health, summary="Whether the node is up", tags=["Operation"])
    pages.install(app)
    openapi.install(app)
    return app


def _problem(name: str) -> dict[str, object]:
    """Describe a kind of problem by the name at the end of its type."""
    kinds = problems.problem_kinds()
    if name not in kinds:
        raise NotFound("There is no such kind of problem.", where=name, remedy="One of: " + ", ".join(sorted(kinds)))
    return problems.describe_problem(kinds[name])


def _health() -> dict[str, str]:
    """Answer while the node is up."""
    return {"status": "up", "version": __version__}
