"""The `eupnea` command: one thin file per subcommand."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import typer

from eupnea.cli.align import align
from eupnea.cli.analyze import analyze
from eupnea.cli.arguments import spread_dates
from eupnea.cli.check import check
from eupnea.cli.cohort import cohort_app
from eupnea.cli.deidentify import deidentify
from eupnea.cli.demo import demo
from eupnea.cli.doctor import doctor
from eupnea.cli.evaluate import evaluate
from eupnea.cli.export import export
from eupnea.cli.info import info
from eupnea.cli.label import label_app
from eupnea.cli.phantom import phantom
from eupnea.cli.pull import pull
from eupnea.cli.push import push
from eupnea.cli.serve import serve
from eupnea.cli.train import train
from eupnea.cli.watch import watch
from eupnea.errors import EupneaError

TERMINATED = 128 + signal.SIGTERM

app = typer.Typer(
    name="eupnea",
    help="Measures what is no longer normal in the lungs, over time, in chest CT. "
    "Not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for command in (
    analyze,
    demo,
    phantom,
    check,
    align,
    train,
    evaluate,
    export,
    pull,
    push,
    watch,
    deidentify,
    serve,
    info,
    doctor,
):
    app.command()(command)
app.add_typer(label_app, name="label")
app.add_typer(cohort_app, name="cohort")


def main() -> None:
    """Run the command; exit with the code that the contract gives each outcome."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        app(spread_dates(sys.argv[1:]))
    except EupneaError as error:
        sys.stderr.write(f"eupnea: {error}\n")
        sys.exit(error.exit_code)


def _stop(_signum: int, _frame: FrameType | None) -> None:
    """Leave through the normal exit, so that nothing half-written stays."""
    sys.exit(TERMINATED)
