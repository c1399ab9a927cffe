"""`eupnea serve`: the web application; or, of a labelling plan, drawing in 3D Slicer."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eupnea.cli.methods import NormalMethod, Weights
from eupnea.errors import ExtraMissing, UsageError

if TYPE_CHECKING:
    from eupnea.analysis import Analysis
    from eupnea.progress import Progress
    from eupnea.web.guard import Guard
    from eupnea.web.order import Order

WILDCARDS = ("0.0.0.0", "::", "[::]", "")  # noqa: S104 - refused, not bound


def serve(
    *,
    data: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Where analyses are kept. A folder that eupnea label plan wrote is handed out to "
            "3D Slicer instead.",
        ),
    ] = Path("eupnea-data"),
    labels: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Of a plan: where drawn labels go (DATA-labels)."),
    ] = None,
    reader: Annotated[
        str, typer.Option(help="Of a plan: who draws, when a client does not say.")
    ] = "reader",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(help="What clients must bear; a new one is made and shown when absent."),
    ] = None,
    no_token: Annotated[
        bool, typer.Option("--no-token", help="Let every program of this machine in.")
    ] = False,
    normal: NormalMethod = None,
    model: Weights = None,
) -> None:
    """Measure patients in a browser, or by programs through /api/v1.

    Of a folder that `eupnea label plan` wrote, it hands out the images to 3D Slicer's MONAI
    Label module instead, and collects what is drawn. Listens on this machine alone unless
    told otherwise, and asks for a password: the token that is shown here.

    Example: `eupnea serve`

    Example: `eupnea serve --data to-label --reader AB`
    """
    try:
        import uvicorn

        from eupnea.web.guard import LOOPBACK
    except ImportError:
        raise ExtraMissing("web", needed_for="eupnea serve") from None
    from eupnea.label.worklist import is_plan
    from eupnea.write.alone import alone_in

    if host in WILDCARDS:
        raise UsageError("--host is one address of this machine, not all of them")
    if no_token and (host not in LOOPBACK or token is not None):
        raise UsageError("--no-token is for this machine alone, and without --token")
    borne = None if no_token else token or secrets.token_urlsafe(16)
    told = borne if token is None else None
    if is_plan(data):
        kept = labels or data.with_name(f"{data.resolve().name}-labels")
        app = _drawing(data, kept, reader, normal, model, host=host, token=borne)
        _say(f"MONAI Label server at http://{host}:{port}", told)
    else:
        app = _measuring(data, normal, model, host=host, token=borne)
        way_in = f"/login?password={told}" if told else ""
        _say(f"Eupnea at http://{host}:{port}{way_in}", told)
    with alone_in(data, work="server"):
        uvicorn.run(app, host=host.strip("[]"), port=port, log_level="warning", server_header=False)


def _say(where: str, told: str | None) -> None:
    sys.stderr.write(f"{where}, stop with Ctrl-C\n")
    if told is not None:
        sys.stderr.write(f"password: {told}\n")


def _drawing(
    plan: Path,
    labels: Path,
    reader: str,
    normal: str | None,
    model: Path | None,
    *,
    host: str,
    token: str | None,
) -> Guard:
    """A plan's images, for 3D Slicer."""
    from eupnea.label.learning_set import check_reader
    from eupnea.segment import find_organ
    from eupnea.web.app import create_app
    from eupnea.web.desk import Desk
    from eupnea.web.monai import routes

    organ = find_organ(normal=normal, weights=model)
    desk = Desk(plan=plan, labels=labels, organ=organ, reader=check_reader(reader))
    return create_app([routes(desk, token=token)], host=host, token=token, close=desk.close)


def _measuring(
    data: Path, normal: str | None, model: Path | None, *, host: str, token: str | None
) -> Guard:
    """The web application; a model that cannot be used is told before it starts."""
    from eupnea.segment import find_organ
    from eupnea.web.analyses import create_analyses_app

    find_organ(normal=normal, weights=model)
    chosen = partial(measure, normal=normal, model=model.resolve() if model else None)
    return create_analyses_app(data, chosen, host=host, token=token)


def measure(
    order: Order,
    sources: Sequence[Path],
    out: Path,
    progress: Progress,
    *,
    normal: str | None,
    model: Path | None,
) -> Analysis:
    """Analyze what a client sent, as `eupnea analyze` does, in a process of its own."""
    from eupnea.cli.arguments import DEFAULT_KEY, read_options
    from eupnea.cli.run import run
    from eupnea.deidentify import Key

    return run(
        sources,
        out,
        dates=[day.isoformat() for day in order.dates],
        normal=normal,
        weights=model,
        reading=read_options(
            fill_gaps=order.fill_gaps, same_patient=order.same_patient, harmonise=order.harmonise
        ),
        key=Key.of_file(DEFAULT_KEY) if order.deidentify else None,
        quiet=True,
        told=progress,
    )
