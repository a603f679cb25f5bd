"""A real browser for tests of pages: Chromium as the system has it, with axe to judge what it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright
from tests.clients import Credentials

from virtuales.web.portal.rendering import STATIC

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
_AXE = Axe()
PHONE = 360
"""Width of a small phone in CSS pixels."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium, or skip the test where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, *, script: bool = True, plain: bool = False, width: int = 1200) -> Iterator[Page]:
    """Open a window of its own, with neither cookies nor memory of others.

    Args:
        browser: The browser.
        script: Whether pages may run scripts.
        plain: Whether pages come as they do where the assets have not been built.
        width: Its width in CSS pixels.
    """
    context = browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 800})
    if plain:
        context.route("**/built/portal.css*", _plain_style)
        context.route("**/built/portal.js*", lambda route: route.abort())
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    try:
        yield page
        assert not faults, f"the pages' scripts failed: {faults}"
    finally:
        context.close()


def _plain_style(route: Route) -> None:
    route.fulfill(body=(STATIC / "plain.css").read_text(), content_type="text/css")


def sign_in(page: Page, node: str, client: Credentials) -> None:
    """Sign in to a node's portal."""
    page.goto(f"{node}/sign-in")
    fill_credentials(page, client)


def fill_credentials(page: Page, client: Credentials) -> None:
    """Fill in and send the form that is shown."""
    if page.get_by_label("Client identifier").count() == 0:
        page.get_by_role("link", name="Use a client's secret instead").click()
    page.get_by_label("Client identifier").fill(client.client_id)
    page.get_by_label("Secret").fill(client.client_secret)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, best practices included."""
    found = _AXE.run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]


def overflow(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def focused(page: Page) -> dict[str, str]:
    """Return what has the keyboard's focus: its tag, identifier and text."""
    script = "e => ({tag: e.tagName, id: e.id, text: (e.innerText || '').trim()})"
    found: dict[str, str] = page.evaluate(f"({script})(document.activeElement)")
    return found
