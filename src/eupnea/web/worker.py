"""Measures what was asked for, one after another, each in a process of its own."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

from eupnea.analysis import Analysis, ScanAnalysis
from eupnea.nifti_file import nifti_bytes
from eupnea.outcome import DIED, Outcome
from eupnea.progress import Progress, Step
from eupnea.web.jobs import Job, Jobs
from eupnea.web.order import Doing, Ended, Order, State
from eupnea.write.whole import write_whole

Measure = Callable[[Order, Sequence[Path], Path, Progress], Analysis]
"""Analyzes sources as ordered and writes everything to an output folder; importable by name."""


class Worker:
    """A queue, and the thread that empties it.

    What is queued is remembered on disk: a server that is stopped goes on where it was.
    """

    def __init__(self, jobs: Jobs, measure: Measure) -> None:
        self._jobs = jobs
        self._measure = measure
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._running: tuple[str, BaseProcess] | None = None
        self._lock = Lock()
        self._is_closing = False
        self._thread = Thread(target=self._work, name="worker", daemon=True)

    def start(self) -> None:
        """Go on with what is queued; uploads that a stopped server left are dropped."""
        for job in reversed(self._jobs.all()):
            if job.state is State.OPEN:
                self._jobs.remove(job)
            elif job.ended is None:
                job.begin_again()
                self._queue.put(job.id)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Measure it when its turn comes."""
        job.enqueue()
        self._queue.put(job.id)

    def stop(self, job: Job) -> None:
        """Stop measuring it, if it runs; after that nothing writes in its folder."""
        with self._lock:
            running = self._running
        if running and running[0] == job.id:
            running[1].kill()
            wait([running[1].sentinel])

    def close(self) -> None:
        """Stop; what runs is begun again by the next server."""
        with self._lock:
            self._is_closing = True
            if self._running:
                self._running[1].kill()
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (key := self._queue.get()) is not None and not self._is_closing:
            if job := self._jobs.find(key):
                self._run(job)

    def _run(self, job: Job) -> None:
        process = get_context("spawn").Process(
            target=measure_job, args=(job, self._measure), daemon=True
        )
        with self._lock:
            if self._is_closing:
                return
            process.start()
            self._running = (job.id, process)
        process.join()
        with self._lock:
            self._running = None
        if job.ended is None and self._jobs.find(job.id) and not self._is_closing:
            job.end(Ended(outcome=Outcome.FAILED, code=DIED, text="its process died"))
            job.drop_sources()


def measure_job(job: Job, measure: Measure) -> None:
    """Measures one analysis, and remembers how that ended; runs in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    began = time.perf_counter()
    ended = _measured(job, measure)
    seconds = round(time.perf_counter() - began, 1)
    job.end(ended.model_copy(update={"seconds": seconds}))
    job.drop_sources()


def _measured(job: Job, measure: Measure) -> Ended:
    def tell(step: Step) -> None:
        job.tell(Doing(name=step.name, done=step.done, total=step.total))

    try:
        analysis = measure(job.placed.order, job.sources(), job.result, tell)
        for found in analysis.scans:
            write_whole(job.view(found.index), _view(found))
    except Exception as error:  # noqa: BLE001 - whatever broke, the queue goes on
        return Ended.by(error)
    return Ended.of(analysis)


def _view(found: ScanAnalysis) -> bytes:
    """The scan itself on its source's grid, as its masks are."""
    return nifti_bytes(found.scan.to_native(found.scan.hu), found.scan.native)
