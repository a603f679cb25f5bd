"""The portal's pages."""

from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """Add the portal's pages to an application."""
