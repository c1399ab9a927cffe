"""`/api/v1`: ask for an analysis, send its scans, watch it, fetch the answer.

A client opens an analysis with an `Order`, sends each file with one call, starts it, and asks
how far it is until it has ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from http import HTTPStatus
from pathlib import Path
from shutil import disk_usage

from anyio import open_file
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, StreamingResponse

from eupnea.errors import Refusal, RefusalCode
from eupnea.web.archive import zipped
from eupnea.web.guard import POLICY
from eupnea.web.jobs import LIMITS, Job, Jobs
from eupnea.web.order import JobDocument, Order, State
from eupnea.web.worker import Worker

PREFIX = "/api/v1"

OPENAPI = f"{PREFIX}/openapi.json"

Find = Callable[[str], Job]
"""The analysis of an id; answers not found when there is none."""

SPARED_BYTES = 1024**3
"""Of the disk, that sent files do not take."""

REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""The report states its own, which is narrower; a browser obeys both."""


def api_routes(jobs: Jobs, worker: Worker) -> APIRouter:
    """All routes of the interface.

    Args:
        jobs: Where analyses lie.
        worker: What measures them.
    """
    router = APIRouter(prefix=PREFIX)

    def found(key: str) -> Job:
        job = jobs.find(key)
        if job is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no analysis of that id")
        return job

    _add_orders(router, jobs, worker, found)
    _add_sources(router, found)
    _add_answers(router, found)
    return router


def _add_orders(router: APIRouter, jobs: Jobs, worker: Worker, found: Find) -> None:
    @router.get("/analyses")
    def analyses() -> list[JobDocument]:
        """All of them, newest first."""
        return [job.document() for job in jobs.all()]

    @router.post("/analyses", status_code=HTTPStatus.CREATED)
    def open_analysis(order: Order) -> JobDocument:
        """A new one, to which files may be sent."""
        return jobs.open(order).document()

    @router.get("/analyses/{key}")
    def analysis(key: str) -> JobDocument:
        """How far it is."""
        job = found(key)
        return job.document()

    @router.post("/analyses/{key}/start", status_code=HTTPStatus.ACCEPTED)
    def start(key: str) -> JobDocument:
        """All files are sent: measure it when its turn comes."""
        job = found(key)
        _refuse_unless_open(job)
        _refuse_size(job.size())
        worker.submit(job)
        return job.document()

    @router.delete("/analyses/{key}", status_code=HTTPStatus.NO_CONTENT)
    def remove(key: str) -> None:
        """Stop it, if it runs, and remove all that is kept of it."""
        job = found(key)
        jobs.remove(job)
        worker.stop(job)
        jobs.remove(job)


def _add_sources(router: APIRouter, found: Find) -> None:
    @router.put("/analyses/{key}/sources/{number}", status_code=HTTPStatus.NO_CONTENT)
    async def send(request: Request, key: str, number: int, name: str = "") -> None:
        """Send one file; of its name only the ending is used, numbers keep the order."""
        job = found(key)
        _refuse_unless_open(job)
        rest = disk_usage(job.folder).free - SPARED_BYTES
        await _store(request.stream(), job.source(number, name), most=min(LIMITS.file_bytes, rest))


def _add_answers(router: APIRouter, found: Find) -> None:
    @router.get("/analyses/{key}/files")
    def files(key: str) -> list[str]:
        """Names of the files of the answer."""
        job = found(key)
        return sorted(_files(job))

    @router.get("/analyses/{key}/files/{name:path}")
    def file(key: str, name: str) -> FileResponse:
        """One file of the answer."""
        job = found(key)
        path = _files(job).get(name)
        if path is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no file of that name")
        policy = {POLICY: REPORT_POLICY} if path.suffix == ".html" else {}
        return FileResponse(path, headers=policy)

    @router.get("/analyses/{key}/result.zip")
    def result(key: str) -> StreamingResponse:
        """All files of the answer."""
        job = found(key)
        content = zipped(_files(job))
        headers = {"Content-Disposition": f'attachment; filename="eupnea-{job.id}.zip"'}
        return StreamingResponse(content, media_type="application/zip", headers=headers)

    @router.get("/analyses/{key}/scans/{index}/ct.nii.gz")
    def scan(key: str, index: int) -> FileResponse:
        """A scan as one image, on the grid of its masks."""
        job = found(key)
        path = job.view(index)
        if not path.exists():
            raise HTTPException(HTTPStatus.NOT_FOUND, "no scan of that index")
        return FileResponse(path, media_type="application/gzip")


def _refuse_unless_open(job: Job) -> None:
    if job.state is not State.OPEN:
        raise HTTPException(HTTPStatus.CONFLICT, "its files were sent already")


def _refuse_size(size: int) -> None:
    if size == 0:
        raise HTTPException(HTTPStatus.CONFLICT, "no file was sent")
    if size > LIMITS.archive_bytes:
        raise _too_large(LIMITS.archive_bytes)


def _too_large(most: int) -> Refusal:
    expected = f"at most {most} bytes"
    return Refusal(RefusalCode.SOURCE_TOO_LARGE, expected=expected, found="more")


def _files(job: Job) -> dict[str, Path]:
    """The files of an answer by their names; a path that a client makes up is none of them."""
    told = job.document()
    if not told.has_result:
        raise HTTPException(HTTPStatus.CONFLICT, f"there is no answer: {told.state}")
    paths = (path for path in job.result.rglob("*") if path.is_file())
    return {path.relative_to(job.result).as_posix(): path for path in paths}


async def _store(chunks: AsyncIterable[bytes], path: Path, *, most: int) -> None:
    """Write a stream beside a path, then rename; nothing is left of what was cut off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside, size = path.with_name(f".{path.name}.partial"), 0
    try:
        async with await open_file(aside, "wb") as opened:
            async for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                await opened.write(chunk)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
