"""A server's application: what it answers, guarded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

import eupnea
from eupnea.errors import EupneaError, Refusal
from eupnea.web.guard import LOOPBACK, Guard


def _nothing() -> None:
    """What most servers need before they begin, or after they end."""


def create_app(
    routers: Sequence[APIRouter],
    *,
    host: str = LOOPBACK[0],
    token: str | None = None,
    begin: Callable[[], None] = _nothing,
    close: Callable[[], None] = _nothing,
    openapi_url: str | None = None,
) -> Guard:
    """An ASGI application that answers guarded calls.

    Args:
        routers: What it answers.
        host: The address or name under which it is called, beside loopback.
        token: What clients must bear; needed on any other address than loopback.
        begin: Called before the first call is answered.
        close: Called after the last one.
        openapi_url: Where it describes itself, if it does.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        begin()
        yield
        close()

    app = FastAPI(
        title="Eupnea",
        version=eupnea.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=openapi_url,
    )
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(EupneaError, _explain)
    return Guard(app, hosts={*LOOPBACK, host.lower()}, token=token)


async def _explain(_: Request, error: Exception) -> JSONResponse:
    """An error raised on purpose, as an answer."""
    if isinstance(error, Refusal):
        return JSONResponse({"code": error.code, "detail": str(error)}, status_code=422)
    return JSONResponse({"detail": str(error)}, status_code=500)
