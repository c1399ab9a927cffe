"""The web application on loopback; the name of an order says what becomes of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from eupnea.analysis import Analysis, RefusedScan
from eupnea.errors import Refusal, RefusalCode
from eupnea.progress import Progress, Step
from eupnea.web.analyses import create_analyses_app
from eupnea.web.order import Order
from eupnea.write import write_analysis
from support.hand_made import hand_made_analysis
from support.monai import Client, Reply, listening

PATIENT = "DOE^JANE"
"""A message that must not be told."""

ANALYSES = "/api/v1/analyses"


def measure_by_name(
    order: Order, sources: Sequence[Path], out: Path, progress: Progress
) -> Analysis:
    """The hand-made patient, unless the name says otherwise."""
    progress(Step(name=f"reading {len(sources)} sources", done=1, total=4))
    if order.name == "refused":
        raise Refusal(RefusalCode.NO_CT, expected="CT", found="none")
    if order.name == "breaks":
        raise ValueError(PATIENT)
    if order.name == "dies":
        os._exit(9)
    if order.name == "slow":
        time.sleep(3600)
    analysis = hand_made_analysis()
    if order.name == "partly":
        left_out = RefusedScan(source="b", code=RefusalCode.SLICES_MISSING, text="SLICES_MISSING")
        analysis = replace(analysis, refused=(left_out,))
    write_analysis(analysis, out)
    return analysis


@contextmanager
def measuring(data: Path, *, token: str | None = None) -> Iterator[Client]:
    """A real server for the time of the block."""
    with listening(create_analyses_app(data, measure_by_name, token=token)) as client:
        yield client


def send(client: Client, key: str, number: int, content: bytes, name: str = "") -> Reply:
    """One file of an analysis."""
    return client.call("PUT", f"{ANALYSES}/{key}/sources/{number}?name={name}", content)


def ask_for(client: Client, **order: object) -> str:
    """An analysis of one small file, started; its id."""
    key: str = client.call("POST", ANALYSES, order).json()["id"]
    assert send(client, key, 0, b"DICM").status == 204
    assert client.call("POST", f"{ANALYSES}/{key}/start", {}).status == 202
    return key


def wait_for(client: Client, key: str, *states: str) -> Mapping[str, Any]:
    """What is told of an analysis, once it is so far."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        told: Mapping[str, Any] = client.call("GET", f"{ANALYSES}/{key}").json()
        if told["state"] in states:
            return told
        time.sleep(0.05)
    raise TimeoutError(f"expected {states}, found {told}")
