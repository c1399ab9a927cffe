"""`eupnea info` and `doctor`: facts about the installation, fast."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from eupnea import __version__
from eupnea.cli import app
from eupnea.cli.info import requirements

doctor = importlib.import_module("eupnea.cli.doctor")
"""The module: the package names the command so."""

LIGHT = {"typer", "rich", "pydantic"}
"""What every command needs to be called at all: typer, and what typer reads arguments with."""

IMPORTED_AS = {
    "connected-components-3d": "cc3d",
    "simpleitk": "SimpleITK",
    "fill-voids": "fill_voids",
    "pillow": "PIL",
}


def test_info_names_version_models_libraries_and_extras() -> None:
    """The JSON holds what a bug report needs."""
    result = CliRunner().invoke(app, ["info", "--json"])
    facts = json.loads(result.stdout)
    assert facts["eupnea"] == __version__
    assert "density-baseline" in [model["name"] for model in facts["models"]]
    assert facts["libraries"]["numpy"]
    assert "train" in facts["extras"]


def test_info_imports_nothing_heavy() -> None:
    """A fresh interpreter that runs `info --json` says JSON alone, and loads no other library."""
    core, extras = requirements()
    names = {*core, *(name for group in extras.values() for name in group)} - LIGHT
    modules = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}
    code = (
        "import sys\nfrom eupnea.cli import main\nsys.argv = ['eupnea', 'info', '--json']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(repr(sorted({modules!r} & sys.modules.keys())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120
    )
    assert json.loads(done.stdout)["eupnea"] == __version__
    assert done.stderr == "[]"
    assert {"numpy", "torch", "SimpleITK", "pydicom"} <= modules


def test_info_is_read_by_people_too() -> None:
    """Without `--json` one fact a line, and no braces."""
    result = CliRunner().invoke(app, ["info"])
    assert f"eupnea: {__version__}" in result.stdout.splitlines()
    assert "{" not in result.stdout


def test_doctor_says_how_to_get_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library of the core ends with 1; a missing extra is only named."""
    monkeypatch.setattr(
        doctor, "installed", lambda name: None if name in {"numpy", "fastapi"} else "1.0"
    )
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "MISSING numpy: pip install numpy" in result.stdout
    assert "absent  fastapi: pip install 'eupnea[web]'" in result.stdout


def test_doctor_finds_a_complete_installation_healthy() -> None:
    """Nothing that `analyze` needs is missing where the tests run."""
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0
    assert "MISSING" not in result.stdout


COMMANDS = [one.callback.__name__ for one in app.registered_commands if one.callback]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_shows_an_example(command: str) -> None:
    """Nobody has to guess how a command is called."""
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"eupnea {command}" in result.stdout
