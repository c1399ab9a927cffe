"""The pages of the web application: the list, one analysis, and the way in."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment
from pydantic import BaseModel

from eupnea.version import __version__
from eupnea.web.api import PREFIX
from eupnea.web.guard import COOKIE, LOGIN, POLICY, is_token
from eupnea.web.jobs import Job, Jobs
from eupnea.write.document import DISCLAIMER, AnalysisDocument
from eupnea.write.folder import DOCUMENT
from eupnea.write.html import page_style, template_environment
from eupnea.write.report import words
from eupnea.write.report.summary import summary

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self' data: blob:; worker-src blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Pages load nothing but what this server holds, and run no script that stands in a page."""

SCRIPTS = ("list.js", "login.js", "niivue.umd.js", "send.js", "viewer.js", "waiting.js", "words.js")


class Password(BaseModel):
    """What a reader types to get in."""

    token: str


@dataclass(frozen=True, kw_only=True)
class Pane:
    """One picture of a page, and the scan that it shows first."""

    label: str
    scan: int


def page_routes(jobs: Jobs, *, token: str | None) -> APIRouter:
    """All pages, and what they load.

    Args:
        jobs: Where analyses lie.
        token: What clients must bear, if any.
    """
    router, environment = APIRouter(include_in_schema=False), _environment()
    _add_static(router)
    _add_login(router, environment, token)

    @router.get("/")
    def listing() -> HTMLResponse:
        return _page(environment, "list.html.j2", analyses=len(jobs.all()))

    @router.get("/analyses/{key}")
    def analysis(key: str) -> HTMLResponse:
        job = jobs.find(key)
        if job is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no analysis of that id")
        return _analysis_page(environment, job)

    return router


def _add_static(router: APIRouter) -> None:
    style = page_style(str(__package__), "web.css")

    @router.get("/static/eupnea.css")
    def css() -> Response:
        return Response(style, media_type="text/css")

    @router.get("/static/{name}")
    def script(name: str) -> Response:
        if name not in SCRIPTS:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no script of that name")
        content = (files(str(__package__)) / "static" / name).read_bytes()
        return Response(content, media_type="text/javascript")


def _add_login(router: APIRouter, environment: Environment, token: str | None) -> None:
    @router.get(LOGIN)
    def ask(password: str = "") -> Response:
        if token is not None and not is_token(password, token):
            return _page(environment, "login.html.j2")
        return _let_in(RedirectResponse("/", HTTPStatus.SEE_OTHER), token)

    @router.post(LOGIN)
    def enter(password: Password) -> Response:
        if token is not None and not is_token(password.token, token):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, "not the password")
        return _let_in(Response(status_code=HTTPStatus.NO_CONTENT), token)


def _let_in(answer: Response, token: str | None) -> Response:
    """Give a browser what it bears from now on; scripts and other sites cannot use it."""
    if token is not None:
        answer.set_cookie(COOKIE, token, httponly=True, samesite="strict")
    return answer


def _analysis_page(environment: Environment, job: Job) -> HTMLResponse:
    told = job.document()
    if not told.has_result:
        return _page(environment, "waiting.html.j2", job=told)
    document = AnalysisDocument.model_validate_json((job.result / DOCUMENT).read_bytes())
    return _page(
        environment,
        "analysis.html.j2",
        job=told,
        document=document,
        summary=summary(document),
        panes=_panes(len(document.scans)),
        files=f"{PREFIX}/analyses/{job.id}/files",
    )


def _panes(scans: int) -> tuple[Pane, ...]:
    """One scan, or the first and the last."""
    if scans == 1:
        return (Pane(label="Scan", scan=0),)
    return Pane(label="Earlier", scan=0), Pane(label="Later", scan=scans - 1)


def _page(environment: Environment, template: str, **shown: object) -> HTMLResponse:
    content = environment.get_template(template).render(
        version=__version__, disclaimer=DISCLAIMER, **shown
    )
    return HTMLResponse(content, headers={POLICY: PAGE_POLICY})


def _environment() -> Environment:
    environment = template_environment(str(__package__))
    environment.filters["day"] = words.day
    return environment
