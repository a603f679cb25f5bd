"""The routes of an application as they are documented: those of its OpenAPI description, and the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from virtuales.web.dependencies import get_asker

_NO_ROUTES: tuple[BaseRoute, ...] = ()


@dataclass(frozen=True)
class Door:
    """A method and path that an application answers.

    Args:
        method: The HTTP method, in capitals.
        path: The path, with parameters in braces.
        described: Whether the OpenAPI description has it.
        needs_token: Whether it refuses whoever brings no token.
    """

    method: str
    path: str
    described: bool
    needs_token: bool


def doors(app: FastAPI) -> list[Door]:
    """Return every method and path that an application answers, in the order in which they were added."""
    return [door for route in _flat(app.routes) for door in _doors(route)]


def _flat(routes: list[BaseRoute] | tuple[BaseRoute, ...]) -> Iterator[BaseRoute]:
    """Give single routes; an included router keeps its own."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is None:
            yield route
        else:
            yield from _flat(getattr(router, "routes", _NO_ROUTES))


def _doors(route: BaseRoute) -> Iterator[Door]:
    if isinstance(route, Mount):
        yield Door("GET", f"{route.path}/…", described=False, needs_token=False)
    elif isinstance(route, Route | APIRoute):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            needs_token = isinstance(route, APIRoute) and _asks(route.dependant)
            yield Door(method, route.path_format, described=bool(route.include_in_schema), needs_token=needs_token)


def _asks(dependant: Dependant) -> bool:
    return any(each.call is get_asker or _asks(each) for each in dependant.dependencies)
