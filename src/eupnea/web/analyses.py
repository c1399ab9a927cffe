"""The web application: patients are sent, measured and looked at."""

from __future__ import annotations

from pathlib import Path

from eupnea.web.api import OPENAPI, api_routes
from eupnea.web.app import create_app
from eupnea.web.guard import LOOPBACK, Guard
from eupnea.web.jobs import Jobs
from eupnea.web.pages import page_routes
from eupnea.web.worker import Measure, Worker


def create_analyses_app(
    data: Path, measure: Measure, *, host: str = LOOPBACK[0], token: str | None = None
) -> Guard:
    """An ASGI application of pages and `/api/v1`.

    Args:
        data: Where analyses are kept.
        measure: Runs one of them; must be importable by another process.
        host: The address or name under which it is called, beside loopback.
        token: What clients must bear; needed on any other address than loopback.

    Raises:
        OutputError: When the folder cannot be made.
    """
    jobs = Jobs(data)
    worker = Worker(jobs, measure)
    return create_app(
        [api_routes(jobs, worker), page_routes(jobs, token=token)],
        host=host,
        token=token,
        begin=worker.start,
        close=worker.close,
        openapi_url=OPENAPI,
    )
