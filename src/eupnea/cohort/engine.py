"""Where cases are measured: in processes of this machine, or on a running Dask cluster."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from eupnea.errors import ExtraMissing, UsageError

try:
    import dask
    from distributed import Client, KilledWorker, LocalCluster, as_completed
    from distributed.system import MEMORY_LIMIT
except ImportError as error:
    raise ExtraMissing("cohort", needed_for="a cohort") from error

Answer = TypeVar("Answer")

CORES_PER_CASE = 2
"""What one analysis keeps busy."""

ISOLATED = {
    "distributed.scheduler.allowed-failures": 1,
    "distributed.scheduler.worker-saturation": 1.0,
}
"""A case that its process died of is tried once more, in another process; and no case waits in
the process of another, for it would be blamed for that one's death, too."""

ANY_OWN_PORT = "127.0.0.1:0"
"""Of the scheduler's own pages: this machine's alone, whichever is free."""

PATIENCE = "10s"
"""For a scheduler to answer."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """How many cases at once, and where.

    Each case has a process of its own, with its share of the memory: one that
    needs more, or crashes, loses that case and no other.
    """

    workers: int | None = None
    """Cases at once on this machine; one for every two cores if `None`."""
    scheduler: str | None = None
    """Address of a running cluster (`tcp://host:8786`), which sees the same files."""

    def each_done(
        self, calls: Mapping[str, Callable[[], Answer]]
    ) -> Iterator[tuple[str, Answer | BaseException]]:
        """Runs calls, and yields each with its answer, or its error, as it is done.

        Raises:
            UsageError: The cluster does not answer.
        """
        with self._client() as client:
            named = {
                client.submit(call, key=name, pure=False): name for name, call in calls.items()
            }
            for future in as_completed(list(named)):
                error = future.exception()
                yield named[future], future.result() if error is None else error
                future.release()

    @contextmanager
    def _client(self) -> Iterator[Client]:
        if self.scheduler is not None:
            with _connected(self.scheduler) as client:
                yield client
            return
        workers = self.workers or max(1, (os.cpu_count() or 1) // CORES_PER_CASE)
        with (
            dask.config.set(ISOLATED),
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=MEMORY_LIMIT // workers,
                dashboard_address=ANY_OWN_PORT,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise UsageError(f"expected a Dask scheduler at {address}, found none") from error
    with client:
        yield client


def is_death(error: BaseException) -> bool:
    """Whether a call's process did not survive it."""
    return isinstance(error, KilledWorker)
