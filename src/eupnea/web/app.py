"""The server's application: the protocol, guarded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from eupnea.errors import EupneaError, Refusal
from eupnea.web.desk import Desk
from eupnea.web.guard import LOOPBACK, Guard
from eupnea.web.monai import routes


def create_app(desk: Desk, *, host: str = LOOPBACK[0], token: str | None = None) -> Guard:
    """An ASGI application that serves one plan.

    Args:
        desk: What it serves.
        host: The address or name under which it is called, beside loopback.
        token: What clients must bear; needed on any other address than loopback.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="Eupnea", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.include_router(routes(desk, token=token))
    app.add_exception_handler(EupneaError, _explain)
    return Guard(app, hosts={*LOOPBACK, host.lower()}, token=token)


async def _explain(_: Request, error: Exception) -> JSONResponse:
    """An error raised on purpose, as an answer."""
    if isinstance(error, Refusal):
        return JSONResponse({"code": error.code, "detail": str(error)}, status_code=422)
    return JSONResponse({"detail": str(error)}, status_code=500)
