"""Attempts at people: scripts in labels, frames, forged forms, links that lead elsewhere."""

from functools import partial

import httpx
from tests.redteam.stage import Attempt, Stage

_SCRIPT = "<script>alert(1)</script>"
_ESCAPED = "&lt;script&gt;"
_PAGE = {"Accept": "text/html"}


def _page(stage: Stage, path: str, **params: str) -> httpx.Response:
    answer = stage.http.get(stage.north.home + path, params=params, headers=_PAGE)
    assert _SCRIPT not in answer.text, "what was sent is shown as text"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    return answer


def _form(stage: Stage, path: str, headers: dict[str, str], **fields: str) -> httpx.Response:
    """Send a form with the session of `north`, as a browser would that another site made do so."""
    cookie = f"virtuales-{stage.node('north').port}={stage.north.token(stage.north.home)}"
    return stage.http.post(stage.north.home + path, data=fields, headers={"Cookie": cookie, **headers})


_FORMS = (
    "/inbox/decision",
    "/request-access",
    "/agreements/x/end",
    "/agreements/x/amendment",
    "/agreements/x/evidence",
    "/people",
    "/people/x/roles",
    "/people/x/standing",
    "/account/password",
    "/account/second-factor",
    "/account/second-factor/end",
    "/new-password",
    "/sign-out/everywhere",
    "/inbox/notifications/x/reading",
    "/mappings/decision",
    "/mappings/contribution",
    "/negotiations/x/move",
    "/sign-out",
    "/sign-in",
    "/use-cases/x/remarks",
)


def _forged(path: str, headers: dict[str, str], stage: Stage) -> httpx.Response:
    return _form(stage, path, headers)


def _sign_in(stage: Stage, target: str) -> httpx.Response:
    fields = {"client_id": stage.north.client_id, "client_secret": stage.north.client_secret, "next": target}
    answer = stage.http.post(f"{stage.north.home}/sign-in", data=fields, follow_redirects=False)
    stage.http.cookies.clear()
    assert answer.headers["location"] == "/", answer.headers["location"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    return answer


_TARGETS = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "\\\\evil.example",
)

ATTEMPTS = [
    Attempt("put a script into a search", lambda on: _page(on, "/catalogue", q=_SCRIPT), 200, _ESCAPED),
    Attempt(
        "put a script into the sign-in's target", lambda on: _page(on, "/sign-in", next=f"/{_SCRIPT}"), 200, _ESCAPED
    ),
    Attempt("put a script into a search of terms", lambda on: _page(on, "/terms", q=_SCRIPT), (200, 422)),
    Attempt("put a script into a search of objects", lambda on: _page(on, "/objects", q=_SCRIPT), (200, 422)),
    Attempt("put a script into a path that is not there", lambda on: _page(on, f"/doc/dataset/{_SCRIPT}"), 404),
    Attempt(
        "put a script into a query to producers", lambda on: _page(on, "/ask", query=_SCRIPT), (200, 303, 400, 422)
    ),
    Attempt(
        "put a script into a problem document",
        lambda on: on.http.get(on.north.home + "/api/v1/catalogue", params={"limit": _SCRIPT}),
        422,
    ),
    *(
        Attempt(
            f"forge a form from another site: {path}",
            partial(_forged, path, {"Origin": "https://evil.example"}),
            403,
            "portal",
        )
        for path in _FORMS
    ),
    Attempt("forge a form whose origin is null", partial(_forged, "/inbox/decision", {"Origin": "null"}), 403),
    Attempt(
        "forge a form that the browser calls cross-site",
        partial(_forged, "/inbox/decision", {"Sec-Fetch-Site": "cross-site"}),
        403,
    ),
    Attempt(
        "forge a form from a sister site", partial(_forged, "/inbox/decision", {"Sec-Fetch-Site": "same-site"}), 403
    ),
    *(
        Attempt(f"lead elsewhere after signing in: {target!r}", lambda on, target=target: _sign_in(on, target), 303)  # type: ignore[misc]
        for target in _TARGETS
    ),
    Attempt(
        "see the inbox without signing in",
        lambda on: on.http.get(f"{on.north.home}/inbox", headers=_PAGE, follow_redirects=False),
        303,
    ),
    Attempt(
        "see another's inbox with one's own session",
        lambda on: on.http.get(
            f"{on.north.home}/inbox",
            headers={**_PAGE, "Cookie": f"virtuales-{on.node('north').port}={on.dale.token(on.north.home)}"},
            follow_redirects=False,
        ),
        (303, 403),
    ),
]
