"""`eupnea serve`: draw in 3D Slicer, through MONAI Label's protocol."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from eupnea.cli.methods import NormalMethod, Weights
from eupnea.errors import ExtraMissing, UsageError

WILDCARDS = ("0.0.0.0", "::", "[::]", "")  # noqa: S104 - refused, not bound


def serve(
    *,
    data: Annotated[
        Path,
        typer.Option(metavar="DIR", help="A folder that eupnea label plan wrote."),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where drawn labels are collected (DATA-labels)."),
    ] = None,
    reader: Annotated[str, typer.Option(help="Who draws, when a client does not say.")] = "reader",
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
    """Hand out a plan's images to 3D Slicer's MONAI Label module, and collect what is drawn.

    Listens on this machine alone unless told otherwise. Slicer asks for a name and a
    password: the password is the token that is shown here.

    Example: `eupnea serve --data to-label --reader AB`
    """
    from eupnea.label.learning_set import check_reader
    from eupnea.segment import find_organ

    try:
        import uvicorn

        from eupnea.web.app import create_app
        from eupnea.web.desk import Desk
        from eupnea.web.guard import LOOPBACK
    except ImportError:
        raise ExtraMissing("web", needed_for="eupnea serve") from None
    if host in WILDCARDS:
        raise UsageError("--host is one address of this machine, not all of them")
    if no_token and (host not in LOOPBACK or token is not None):
        raise UsageError("--no-token is for this machine alone, and without --token")
    borne = None if no_token else token or secrets.token_urlsafe(16)
    desk = Desk(
        plan=data,
        labels=labels or data.with_name(f"{data.resolve().name}-labels"),
        organ=find_organ(normal=normal, weights=model),
        reader=check_reader(reader),
    )
    sys.stderr.write(f"MONAI Label server at http://{host}:{port}, stop with Ctrl-C\n")
    if borne is not None and token is None:
        sys.stderr.write(f"password: {borne}\n")
    app = create_app(desk, host=host, token=borne)
    uvicorn.run(app, host=host.strip("[]"), port=port, log_level="warning", server_header=False)
