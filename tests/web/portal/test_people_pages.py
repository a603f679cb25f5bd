"""People at the portal: invited, signing in and out, looked after; one node in this process serves all of it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute, APIRouter
from tests.clients import problem
from tests.in_process import browser_of
from tests.web.portal.authenticator import Authenticator

from virtuales.clock import ManualClock
from virtuales.node import Node
from virtuales.settings import read_settings
from virtuales.trust.people.attempts import FREE
from virtuales.trust.people.totp import code_at
from virtuales.web import portal
from virtuales.web.app import create_app
from virtuales.web.portal.visitors import require_same_origin
from virtuales.workflow.people import open_people

BASE = "http://localhost:8499"
SECRET = "the operator's secret in this test"
PASSWORD = "orbit canal thirteen lamp"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    place = tmp_path_factory.mktemp("people")
    settings = read_settings(data_dir=place, base_url=BASE, role="orchestrator", operator_secret=SECRET)
    made = Node(settings, clock=ManualClock(datetime(2026, 6, 1, 12, tzinfo=UTC)))
    made.people.close()
    made.people = open_people(
        settings, made.workspace, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(node: Node) -> Any:  # noqa: ANN401 - a FastAPI application, without its life span
    return create_app(node)


@pytest.fixture
def browser(app: Any) -> httpx.Client:  # noqa: ANN401 - as above
    return browser_of(app, BASE)


@pytest.fixture
def operator(app: Any) -> httpx.Client:  # noqa: ANN401 - as above
    client = browser_of(app, BASE)
    form = {"client_id": "operator", "client_secret": SECRET}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def letters(node: Node, to: str) -> list[str]:
    """Return the texts of the letters to somebody, the oldest first."""
    files = sorted(node.people.outbox.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    found = [message_from_bytes(file.read_bytes()) for file in files]
    return [str(one.get_payload()) for one in found if one["To"] == to]


def token_in(letter: str) -> str:
    """Return the token of the link in a letter."""
    (token,) = re.findall(r"\?token=([\w-]+)", letter)
    return str(token)


def invite(node: Node, operator: httpx.Client, name: str, *roles: str) -> str:
    """Invite somebody and return the token in their letter."""
    email = f"{name}@centre.example"
    form = {"email": email, "name": name.capitalize(), "roles": list(roles)}
    assert operator.post("/people", data=form).status_code == 303
    return token_in(letters(node, email)[-1])


def joined(node: Node, operator: httpx.Client, browser: httpx.Client, name: str, *roles: str) -> str:
    """Invite somebody, have them join in a browser, and return their key."""
    token = invite(node, operator, name, *roles)
    answer = browser.post("/invitation", data={"token": token, "password": PASSWORD})
    assert answer.headers["location"] == "/account?done=joined"
    account = node.people.identity.accounts.find_by_email(f"{name}@centre.example")
    assert account
    return account.person


def enter(browser: httpx.Client, name: str, password: str = PASSWORD) -> Any:  # noqa: ANN401 - httpx's answer
    return browser.post("/sign-in", data={"email": f"{name}@centre.example", "password": password})


def test_every_form_of_the_portal_refuses_other_sites() -> None:
    forms = [
        route
        for module in pkgutil.iter_modules(portal.__path__)
        for route in getattr(importlib.import_module(f"{portal.__name__}.{module.name}"), "router", APIRouter()).routes
        if isinstance(route, APIRoute) and (route.methods or set()) - {"GET", "HEAD"}
    ]
    assert len(forms) > 15
    for route in forms:
        asked = [dependency.call for dependency in route.dependant.dependencies]
        assert require_same_origin in asked, f"{route.path} takes forms of other sites"


def test_refuses_invitations_without_the_role(node: Node, operator: httpx.Client, browser: httpx.Client) -> None:
    joined(node, operator, browser, "una", "analyst")
    answer = browser.get("/people")
    assert answer.status_code == 403
    assert "It takes the role administrator or operator." in answer.text
    assert browser.post("/people", data={"email": "x@centre.example", "name": "X"}).status_code == 403


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"email": "nobody", "name": "N", "roles": "analyst"}, "no e-mail address"),
        ({"email": "n@centre.example", "name": "", "roles": "analyst"}, "name cannot be used"),
        ({"email": "n@centre.example", "name": "N"}, "needs roles of people"),
        ({"email": "n@centre.example", "name": "N", "roles": "node"}, "needs roles of people"),
        ({"email": "n@centre.example", "name": "N", "roles": "king"}, "not a valid Role"),
    ],
)
def test_says_what_is_wrong_with_an_invitation(operator: httpx.Client, form: dict[str, str], says: str) -> None:
    answer = operator.post("/people", data=form)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert says in answer.text.replace("&#39;", "'")


def test_an_invitation_works_once_and_makes_an_active_person(
    node: Node, operator: httpx.Client, browser: httpx.Client
) -> None:
    token = invite(node, operator, "ada", "steward", "reviewer")
    assert "Accept the invitation" in browser.get("/invitation", params={"token": token}).text
    weak = browser.post("/invitation", data={"token": token, "password": "ada"})
    assert weak.status_code == 422
    assert "too short" in weak.text
    assert browser.post("/invitation", data={"token": token, "password": PASSWORD}).status_code == 303
    page = browser.get("/account").text
    assert "Ada" in page
    assert "reviewer, steward" in page
    assert browser.post("/invitation", data={"token": token, "password": PASSWORD}).status_code == 404


def test_signing_in_rotates_the_session_and_signing_out_ends_it(
    node: Node,
    app: Any,  # noqa: ANN401 - as above
    operator: httpx.Client,
    browser: httpx.Client,
) -> None:
    joined(node, operator, browser, "bea", "analyst")
    earlier = dict(browser.cookies)
    answer = enter(browser, "bea")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))
    assert dict(browser.cookies) != earlier
    stolen = browser_of(app, BASE, cookies=earlier)
    assert stolen.get("/account").status_code == 303
    kept = dict(browser.cookies)
    assert browser.post("/sign-out").status_code == 303
    stolen = browser_of(app, BASE, cookies=kept)
    assert stolen.get("/account").status_code == 303


def test_answers_alike_whoever_is_known(node: Node, operator: httpx.Client, browser: httpx.Client) -> None:
    joined(node, operator, browser, "cleo", "analyst")
    invite(node, operator, "invited", "analyst")
    browser.cookies.clear()
    pages = {
        re.sub(r"\w+@centre.example", "", enter(browser, name, "wrong").text) for name in ("cleo", "invited", "no")
    }
    assert len(pages) == 1
    asked = {
        browser.post("/forgotten-password", data={"email": f"{one}@centre.example"}).text for one in ("cleo", "no")
    }
    assert len(asked) == 1
    assert "new-password" in letters(node, "cleo@centre.example")[-1]
    assert letters(node, "no@centre.example") == []


def test_guesses_are_slowed_down_whoever_is_known(node: Node, operator: httpx.Client, browser: httpx.Client) -> None:
    joined(node, operator, browser, "dora", "analyst")
    browser.cookies.clear()
    for name in ("dora", "stranger"):
        statuses = [enter(browser, name, "wrong").status_code for _ in range(FREE + 2)]
        assert statuses == [401] * FREE + [429] * 2, name
    assert enter(browser, "dora").status_code == 429


def test_a_forgotten_password_is_replaced_by_a_link(node: Node, operator: httpx.Client, browser: httpx.Client) -> None:
    joined(node, operator, browser, "eva", "analyst")
    browser.post("/forgotten-password", data={"email": "Eva@Centre.example"})
    token = token_in(letters(node, "eva@centre.example")[-1])
    assert "Choose a new password" in browser.get("/new-password", params={"token": token}).text
    assert browser.post("/new-password", data={"token": token, "password": "weak"}).status_code == 422
    answer = browser.post("/new-password", data={"token": token, "password": "another good password"})
    assert answer.headers["location"] == "/sign-in?done=reset"
    assert browser.get("/account").status_code == 303, "the session has ended"
    assert browser.get("/new-password", params={"token": token}).status_code == 404
    assert enter(browser, "eva").status_code == 401
    assert enter(browser, "eva", "another good password").status_code == 303


def test_a_changed_password_ends_other_sessions(
    node: Node,
    app: Any,  # noqa: ANN401 - as above
    operator: httpx.Client,
    browser: httpx.Client,
) -> None:
    joined(node, operator, browser, "fay", "analyst")
    other = browser_of(app, BASE)
    assert enter(other, "fay").status_code == 303
    wrong = browser.post("/account/password", data={"old": "wrong", "new": "another good password"})
    assert wrong.status_code == 401
    right = browser.post("/account/password", data={"old": PASSWORD, "new": "another good password"})
    assert right.headers["location"] == "/account?done=password"
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert enter(other, "fay", "another good password").status_code == 303
    assert browser.post("/sign-out/everywhere").status_code == 303
    assert other.get("/account").status_code == 303


def test_roles_and_standing_hold_from_the_next_request_on(
    node: Node,
    app: Any,  # noqa: ANN401 - as above
    operator: httpx.Client,
    browser: httpx.Client,
) -> None:
    key = joined(node, operator, browser, "gwen", "analyst")
    assert browser.get("/people").status_code == 403
    assert operator.post(f"/people/{key}/roles", data={"roles": ["administrator"]}).status_code == 303
    assert "People of Orchestrator" in browser.get("/people").text
    assert operator.post(f"/people/{key}/standing", data={"move": "suspend"}).status_code in {303, 409}
    second = browser_of(app, BASE)
    joined(node, operator, second, "hope", "administrator")
    operator.post(f"/people/{key}/standing", data={"move": "suspend"})
    assert browser.get("/people").status_code == 303
    assert enter(browser, "gwen").status_code == 401
    assert operator.post(f"/people/{key}/standing", data={"move": "reinstate"}).status_code == 303
    assert enter(browser, "gwen").status_code == 303
    assert operator.post(f"/people/{key}/standing", data={"move": "remove"}).status_code == 303
    assert browser.get("/account").status_code == 303
    assert node.people.identity.accounts.find(key) is None


def test_the_journal_knows_people_by_iri_alone(node: Node, operator: httpx.Client, browser: httpx.Client) -> None:
    key = joined(node, operator, browser, "iris", "analyst")
    events = [event for event in node.workspace.ledger.journal.events() if event.draft.subject.endswith(key)]
    assert [event.draft.kind for event in events] == ["PersonInvited", "PersonJoined"]
    everything = b"".join(event.body for event in node.workspace.ledger.journal.events())
    secrets = [b"iris@", b"Iris", PASSWORD.encode(), next(iter(browser.cookies.values())).encode()]
    assert not [one for one in secrets if one in everything]


def test_programs_look_after_people_with_the_role_alone(node: Node, app: Any) -> None:  # noqa: ANN401 - as above
    client = browser_of(app, BASE, headers={"Accept": "application/json"})
    problem(client.get("/api/v1/people"), 401)
    form = {"grant_type": "client_credentials", "client_id": "operator", "client_secret": SECRET}
    without = client.post("/oauth/token", data={**form, "scope": "catalogue:read"}).json()["access_token"]
    refused = problem(client.get("/api/v1/people", headers={"Authorization": f"Bearer {without}"}), 403)
    assert "organisation:manage" in refused["reasons"][0]
    client.headers["Authorization"] = f"Bearer {client.post('/oauth/token', data=form).json()['access_token']}"
    body = {"email": "jo@centre.example", "name": "Jo", "roles": ["editor"]}
    made = client.post("/api/v1/people", json=body).json()
    assert (made["status"], made["roles"]) == ("Invited", ["editor"])
    problem(client.post("/api/v1/people", json=body), 409)
    problem(client.post(f"/api/v1/people/{made['key']}/suspension"), 409)
    problem(client.post(f"/api/v1/people/{made['key']}/reinstatement"), 409)
    assert client.post(f"/api/v1/people/{made['key']}/invitation").status_code == 200
    assert len(letters(node, "jo@centre.example")) == 2
    changed = client.put(f"/api/v1/people/{made['key']}/roles", json={"roles": ["steward"]}).json()
    assert changed["roles"] == ["steward"]
    assert made["key"] in {one["key"] for one in client.get("/api/v1/people").json()}
    assert client.delete(f"/api/v1/people/{made['key']}").status_code == 200
    problem(client.delete(f"/api/v1/people/{made['key']}"), 404)


def test_letters_and_the_database_are_their_owners_alone(node: Node, operator: httpx.Client) -> None:
    invite(node, operator, "kim", "analyst")
    data = node.settings.data_dir
    private = [data / "identity.sqlite", data / "outbox", *(data / "outbox").iterdir()]
    assert [file for file in private if file.stat().st_mode & 0o077] == []


def code_now(node: Node, person: str, *, ahead: int = 0) -> str:
    """Return the code that a person's app shows, so many steps from now."""
    account = node.people.identity.accounts.get(person)
    secret = account.totp_secret or node.people.identity.factors.find_proposed(person)
    assert secret
    return code_at(secret, int(node.clock.now().timestamp()) // 30 + ahead)


def test_a_second_factor_is_asked_for_once_it_is_set_up(
    node: Node, operator: httpx.Client, browser: httpx.Client
) -> None:
    key = joined(node, operator, browser, "lena", "administrator")
    factor = "/account/second-factor"
    assert browser.post(factor, data={"password": "wrong"}).status_code == 401
    assert browser.post(factor, data={"password": PASSWORD}).status_code == 303
    assert browser.get(factor).headers["cache-control"] == "no-store"
    assert browser.post(f"{factor}/confirmation", data={"code": "12"}).status_code == 422
    shown = browser.post(f"{factor}/confirmation", data={"code": code_now(node, key, ahead=-1)}).text
    recovery = re.findall(r"<code>([a-z2-9-]{19})</code>", shown)
    assert len(recovery) == 10
    assert recovery[0] not in browser.get(factor).text
    browser.post("/sign-out")
    answer = enter(browser, "lena")
    assert answer.headers["location"] == "/sign-in/second-factor?next=%2F"
    assert browser.get("/account").status_code == 303, "half a session opens nothing"
    assert browser.post("/people", data={"email": "x@centre.example"}).headers["location"].startswith("/sign-in")
    half = dict(browser.cookies)
    wrong = browser.post("/sign-in/second-factor", data={"code": "000000"})
    assert wrong.status_code == 401
    assert "The code is wrong." in wrong.text
    entered = browser.post("/sign-in/second-factor", data={"code": code_now(node, key), "next": "/people"})
    assert entered.headers["location"] == "/people"
    assert dict(browser.cookies) != half
    assert browser.get("/people").status_code == 200
    browser.post("/sign-out")
    enter(browser, "lena")
    assert browser.post("/sign-in/second-factor", data={"code": code_now(node, key)}).status_code == 401, "taken before"
    assert browser.post("/sign-in/second-factor", data={"code": recovery[0]}).status_code == 303
    assert browser.post(f"{factor}/end", data={"password": PASSWORD}).status_code == 303
    browser.post("/sign-out")
    assert enter(browser, "lena").headers["location"] == "/"
    assert browser.post("/sign-in/second-factor", data={"code": "1"}).headers["location"] == "/sign-in"


def add_passkey(browser: httpx.Client, device: Authenticator) -> int:
    """Add a device's passkey and return the status of the answer."""
    options = browser.post("/account/passkeys/options", data={"password": PASSWORD}).json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    return browser.post("/account/passkeys", data={"credential": device.make(options), "label": "Phone"}).status_code


def show_passkey(browser: httpx.Client, device: Authenticator, options: dict[str, Any] | None = None) -> int:
    """Sign in with a device's passkey and return the status of the answer."""
    asked = options or browser.post("/sign-in/passkey/options").json()
    return browser.post("/sign-in/passkey", data={"credential": device.show(asked), "next": "/account"}).status_code


def test_a_passkey_lets_its_owner_in_without_password_and_code(
    node: Node, operator: httpx.Client, browser: httpx.Client
) -> None:
    joined(node, operator, browser, "mia", "analyst")
    device = Authenticator(BASE, "localhost")
    problem(browser.post("/account/passkeys/options", data={"password": "no"}, headers={"Accept": "*/*"}), 401)
    assert add_passkey(browser, device) == 303
    assert "Phone" in browser.get("/account/passkeys").text
    browser.post("/sign-out")
    assert "Use a passkey" in browser.get("/sign-in").text
    options = browser.post("/sign-in/passkey/options").json()
    assert "allowCredentials" not in options or options["allowCredentials"] == [], "it names nobody"
    assert show_passkey(browser, device, options) == 303
    assert "Mia" in browser.get("/account").text
    assert show_passkey(browser, device, options) == 401, "a challenge is good once"
    (passkey,) = node.people.passkeys.of(node.people.sign_in.find(next(iter(browser.cookies.values()))))  # type: ignore[arg-type]  # somebody has signed in
    assert browser.post("/account/passkeys/removal", data={"key": "AAAA"}).status_code == 404
    assert browser.post("/account/passkeys/removal", data={"key": passkey.key}).status_code == 303
    assert show_passkey(browser, device) == 401


def test_refuses_passkeys_that_are_not_what_they_have_to_be(
    node: Node, operator: httpx.Client, browser: httpx.Client
) -> None:
    key = joined(node, operator, browser, "nell", "analyst")
    assert add_passkey(browser, Authenticator("https://elsewhere.example", "localhost")) == 401
    assert add_passkey(browser, Authenticator(BASE, "elsewhere.example")) == 401
    assert add_passkey(browser, Authenticator(BASE, "localhost", verifies=False)) == 401
    device = Authenticator(BASE, "localhost")
    for_anybody = browser.post("/sign-in/passkey/options").json()
    refused = browser.post("/account/passkeys", data={"credential": device.make(for_anybody)})
    assert refused.status_code == 401, "the challenge was not for a new passkey"
    assert add_passkey(browser, device) == 303
    for wrong in (
        Authenticator(BASE, "localhost"),
        Authenticator("https://elsewhere.example", "localhost", key=device.key),
        Authenticator(BASE, "localhost", key=device.key, verifies=False),
        Authenticator(BASE, "localhost", key=device.key, credential=b"unknown"),
    ):
        assert show_passkey(browser, wrong) == 401
    for text in ("", "[]", "{}", '{"rawId": 1}', '{"rawId": "!", "response": {}}', "[" * 9_000, "x" * 30_000):
        assert browser.post("/sign-in/passkey", data={"credential": text}).status_code == 401
    assert show_passkey(browser, device) == 303
    assert operator.post(f"/people/{key}/standing", data={"move": "suspend"}).status_code == 303
    assert show_passkey(browser, device) == 401
