"""Who may talk to the server: this machine's own programs, or who holds the token.

A browser on this machine can be made to call any port of it by any page that
it shows. So every route refuses a `Host` that is not the server's (DNS
rebinding), an `Origin` that is not the server's, and writes from other sites.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from eupnea.web.ticket import is_ticket

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

COOKIE = "eupnea"
"""What a browser bears the token in, once it was typed or opened with it."""

LOGIN = "/login"

OPEN_ROUTES = ("/auth/", "/auth/token", LOGIN)
"""Where a client learns that it needs a token, and gets in for a password."""

OPEN_FOLDER = "/static/"
"""Scripts and styles, the same for everybody."""

IMAGE_ROUTE = "/datastore/image"
"""Where a ticket does instead of the token."""

LARGEST_BODY = 2 * 1024**3
"""Bytes of one request."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

POLICY = "Content-Security-Policy"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses what must not reach the application; adds the headers of caution to the rest.

    Args:
        app: What is guarded.
        hosts: Names under which the server may be called, without port.
        token: What a client must bear; `None` on loopback.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], token: str | None) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refusal, or pass the request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refuse(scope, Headers(scope=scope))

        async def send_carefully(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault(POLICY, "default-src 'none'; frame-ancestors 'none'")
            await send(message)

        await (refusal or self._app)(scope, receive, send_carefully)

    def _refuse(self, scope: Scope, headers: Headers) -> Response | None:
        if _host(headers.get("host", "")) not in self._hosts:
            return _answer(HTTPStatus.BAD_REQUEST, "this server is not called by that name")
        if self._is_foreign(headers):
            return _answer(HTTPStatus.FORBIDDEN, "calls from other sites are refused")
        if not self._may_pass(scope, headers):
            if "text/html" in headers.get("accept", ""):
                return RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
            return _answer(HTTPStatus.UNAUTHORIZED, "a token is needed")
        method = scope["method"]
        return None if method in SAFE_METHODS else _refuse_body(method, headers)

    def _is_foreign(self, headers: Headers) -> bool:
        """Whether a browser says that another site's page makes the call."""
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers['host']}":
            return True
        return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")

    def _may_pass(self, scope: Scope, headers: Headers) -> bool:
        """Whether the client bears the token, or a ticket where one does."""
        if self._token is None or _is_open(scope["path"]):
            return True
        if is_token(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""), self._token):
            return True
        if scope["path"] == IMAGE_ROUTE and scope["method"] in SAFE_METHODS:
            name = QueryParams(scope["query_string"]).get("image", "")
            if is_ticket(name, self._token):
                return True
        _, _, borne = headers.get("authorization", "").partition(" ")
        return is_token(borne, self._token)


def _is_open(path: str) -> bool:
    """Whether a route answers everybody."""
    return path in OPEN_ROUTES or path.startswith(OPEN_FOLDER)


def _refuse_body(method: str, headers: Headers) -> Response | None:
    """Refuse what a form of any page could send unasked, and what is too large."""
    if headers.get("content-type", "").startswith("text/plain"):
        return _answer(HTTPStatus.FORBIDDEN, "text/plain is refused")
    length = headers.get("content-length", "0" if method == "DELETE" else "")
    if not length.isdigit():
        return _answer(HTTPStatus.LENGTH_REQUIRED, "the length must be told")
    if int(length) > LARGEST_BODY:
        return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the file is too large")
    return None


def is_token(given: str, token: str | None) -> bool:
    """Whether a text is the token; takes as long for a wrong one as for the right one."""
    return token is not None and secrets.compare_digest(given.encode(), token.encode())


def _host(header: str) -> str:
    """The name in a `Host` header, without its port."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0].lower()


def _answer(status: HTTPStatus, text: str) -> Response:
    return JSONResponse({"detail": text}, status_code=status)
