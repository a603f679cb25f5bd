"""Draws the portal's pages: templates, assets, and the headers that every page is sent with.

Pages are complete without script and without the built style sheet; nothing is fetched from another address.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from virtuales.web.portal.words import Sensitivity

STATIC = Path(__file__).resolve().parent / "static"
STATIC_PATH = "/static/portal"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Cookie",
}
"""What every page is sent with: nothing inline, nothing from elsewhere, in nobody's frame, in no shared cache."""


@dataclass(frozen=True)
class Assets:
    """Addresses of the style sheet and of the scripts; there is no general script until the assets are built."""

    style: str
    script: str | None
    passkeys: str = ""


class Portal:
    """What all pages are drawn with.

    Args:
        assets: Where style and script are.
        sensitivities: The sensitivity classes by their letters, with words for people.
    """

    def __init__(self, assets: Assets, sensitivities: Mapping[str, Sensitivity]) -> None:
        self.sensitivities = sensitivities
        self._environment = Environment(
            loader=PackageLoader("virtuales.web.portal"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["assets"] = assets
        self._environment.globals["sensitivities"] = sensitivities
        self._environment.filters.update(
            day=day, size=size, count=count, ticked=ticked, iri_query=_iri_query, last_part=last_part
        )

    def page(self, request: Request, template: str, *, status: int = 200, **facts: object) -> HTMLResponse:
        """Draw a page.

        Args:
            request: What was asked.
            template: Name of the template.
            status: HTTP status.
            facts: What the template shows; `visitor` has to be among them.
        """
        settings = request.app.state.node.settings
        text = self._environment.get_template(template).render(
            path=request.url.path, node=settings, here=_path_and_query(request), **facts
        )
        return HTMLResponse(text, status_code=status, headers=dict(HEADERS))


async def get_portal(request: Request) -> Portal:
    """Return what the application draws its pages with."""
    portal: Portal = request.app.state.portal
    return portal


PortalHere = Annotated[Portal, Depends(get_portal)]


def find_assets(directory: Path = STATIC) -> Assets:
    """Return the built style and script, or the plain style sheet when nothing was built.

    The addresses carry a digest of the content, so that a browser never keeps an outdated one.
    """
    built, passkeys = directory / "built", _address(STATIC / "passkeys.js", STATIC)  # that is not built
    if (built / "portal.css").is_file() and (built / "portal.js").is_file():
        return Assets(_address(built / "portal.css", directory), _address(built / "portal.js", directory), passkeys)
    return Assets(_address(directory / "plain.css", directory), None, passkeys)


def _address(file: Path, directory: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:10]
    return f"{STATIC_PATH}/{file.relative_to(directory).as_posix()}?v={digest}"


def _path_and_query(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def day(moment: datetime | str | None) -> str:
    """Write a date as people do.

    >>> day("2026-06-08T10:00:00Z")
    '8 June 2026'
    """
    if moment is None:
        return ""
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{parsed.day} {parsed:%B %Y}"


def size(length: int) -> str:
    """Write a number of bytes as people do.

    >>> size(999), size(1500), size(2_340_000)
    ('999 bytes', '1.5 kB', '2.3 MB')
    """
    if length < 1000:  # noqa: PLR2004  # the SI step
        return f"{length} bytes"
    value, unit = length / 1000, "kB"
    for larger in ("MB", "GB", "TB"):
        if value < 1000:  # noqa: PLR2004  # the SI step
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}"


def count(number: int, thing: str, things: str | None = None) -> str:
    """Write a number of things.

    >>> count(1, "dataset"), count(1200, "dataset")
    ('1 dataset', '1,200 datasets')
    """
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def ticked(text: str) -> Markup:
    """Show text in which back-ticks mark what is typed, and asterisks what is stressed.

    >>> ticked("Ask `/sparql` & **wait**.")
    Markup('Ask <code>/sparql</code> &amp; <strong>wait</strong>.')
    """
    parts = []
    for place, part in enumerate(text.split("`")):
        if place % 2:
            parts.append(f"<code>{escape(part)}</code>")
            continue
        parts.extend(
            f"<strong>{escape(piece)}</strong>" if odd % 2 else str(escape(piece))
            for odd, piece in enumerate(part.split("**"))
        )
    return Markup("".join(parts))  # noqa: S704  # every part was escaped above


def last_part(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rstrip("/").rpartition("#")[2].rpartition("/")[2]


def _iri_query(iri: str, name: str = "iri") -> str:
    return urlencode({name: iri}, quote_via=quote)
