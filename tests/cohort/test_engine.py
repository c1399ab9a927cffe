"""Calls in processes of their own, by a real Dask cluster."""

from __future__ import annotations

import operator
import os
from functools import partial
from typing import Any

import pytest

from eupnea.cohort import Engine
from eupnea.cohort.engine import ANY_OWN_PORT, is_death
from eupnea.errors import UsageError


def test_each_call_is_answered_whatever_becomes_of_the_others() -> None:
    """Answers, errors, and a process that dies on its call, twice."""
    calls = {
        "sum": partial(operator.add, 1, 2),
        "death": partial(os._exit, 9),
        "error": partial(operator.truediv, 1, 0),
        "late": partial(operator.mul, 6, 7),
    }
    answers: dict[str, Any] = dict(Engine(workers=1).each_done(calls))
    assert answers["sum"] == 3
    assert answers["late"] == 42
    assert isinstance(answers["error"], ZeroDivisionError)
    assert {name for name in ("error", "death") if is_death(answers[name])} == {"death"}


def test_a_running_cluster_takes_the_calls() -> None:
    """It is asked by its address, and goes on afterwards."""
    from distributed import LocalCluster  # noqa: PLC0415 - it needs the extra

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=ANY_OWN_PORT) as cluster:
        engine = Engine(scheduler=cluster.scheduler_address)
        for _ in range(2):
            assert dict(engine.each_done({"pid": os.getpid}))["pid"] != os.getpid()


def test_no_cluster_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Soon, and by its address."""
    monkeypatch.setattr("eupnea.cohort.engine.PATIENCE", "1s")
    with pytest.raises(UsageError, match=r"Dask scheduler at tcp://127\.0\.0\.1:9"):
        list(Engine(scheduler="tcp://127.0.0.1:9").each_done({"pid": os.getpid}))
