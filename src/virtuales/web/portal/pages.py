"""The portal's pages."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from virtuales.resources import contributed
from virtuales.web.portal import (
    about,
    account,
    agreements,
    authorizing,
    catalogue,
    datasets,
    desk,
    errors,
    inbox,
    licences,
    mappings,
    models,
    negotiations,
    objects,
    obligations,
    organisations,
    passkeys,
    people,
    producers,
    queries,
    requesting,
    saved_searches,
    second_factor,
    signing,
    terms,
    things,
    use_cases,
)
from virtuales.web.portal.rendering import STATIC, STATIC_PATH, Portal, find_assets
from virtuales.web.portal.words import load_sensitivities


def install(app: FastAPI) -> None:
    """Add the portal's pages to an application."""
    portal = Portal(find_assets(), load_sensitivities(contributed("ontology") / "sensitivity.ttl"))
    app.state.portal = portal
    for module in (
        about,
        terms,
        signing,
        account,
        authorizing,
        second_factor,
        passkeys,
        people,
        desk,
        catalogue,
        datasets,
        objects,
        models,
        mappings,
        use_cases,
        queries,
        producers,
        organisations,
        requesting,
        inbox,
        saved_searches,
        negotiations,
        agreements,
        obligations,
        licences,
        things,
    ):
        app.include_router(module.router)
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC), name="portal-static")
    errors.install(app, portal)
